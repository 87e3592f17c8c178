// What can be sent or set beside the text: one row of buttons under the field.

import AlertOutlined from '@ant-design/icons/es/icons/AlertOutlined';
import AudioOutlined from '@ant-design/icons/es/icons/AudioOutlined';
import EnvironmentOutlined from '@ant-design/icons/es/icons/EnvironmentOutlined';
import FireOutlined from '@ant-design/icons/es/icons/FireOutlined';
import IdcardOutlined from '@ant-design/icons/es/icons/IdcardOutlined';
import LinkOutlined from '@ant-design/icons/es/icons/LinkOutlined';
import LockOutlined from '@ant-design/icons/es/icons/LockOutlined';
import MailOutlined from '@ant-design/icons/es/icons/MailOutlined';
import PaperClipOutlined from '@ant-design/icons/es/icons/PaperClipOutlined';
import PictureOutlined from '@ant-design/icons/es/icons/PictureOutlined';
import SmileOutlined from '@ant-design/icons/es/icons/SmileOutlined';
import Button from 'antd/es/button';
import Popover from 'antd/es/popover';
import { type ReactNode, useRef, useState } from 'react';
import { useI18n } from '../../../i18n';
import { inMain } from '../../../kit/popup';
import { EmojiPicker } from './EmojiPicker';

export type Tool = 'voice' | 'location' | 'card' | 'link' | 'whisper' | 'burn' | 'urgent' | 'mail' | 'note';
const SWITCHES: ReadonlySet<Tool> = new Set<Tool>(['whisper', 'burn', 'urgent', 'note']);

type Props = {
  /** How a message is kept from some. */
  secret: 'whisper' | 'burn' | 'note' | null;
  /** Set: shown as pressed. */
  on: ReadonlySet<Tool>;
  onEmoji: (emoji: string) => void;
  onFiles: (files: File[], asDocument: boolean) => void;
  onTool: (tool: Tool) => void;
  extra?: ReactNode;
};

export function Tools({ secret, on, onEmoji, onFiles, onTool, extra }: Props) {
  const { t } = useI18n();
  const [emoji, setEmoji] = useState(false);
  const pictures = useRef<HTMLInputElement>(null);
  const documents = useRef<HTMLInputElement>(null);
  const tools: [Tool, ReactNode, string][] = [
    ['voice', <AudioOutlined key="voice" />, t('tool.voice')],
    ['location', <EnvironmentOutlined key="location" />, t('tool.location')],
    ['card', <IdcardOutlined key="card" />, t('tool.card')],
    ['mail', <MailOutlined key="mail" />, t('tool.mail')],
    ['link', <LinkOutlined key="link" />, t('tool.link')],
    ...(secret === null ? [] : [[secret, secret === 'burn' ? <FireOutlined key="burn" /> : <LockOutlined key={secret} />, t(`tool.${secret}`)] as [Tool, ReactNode, string]]),
    ['urgent', <AlertOutlined key="urgent" />, t('tool.urgent')],
  ];
  const chooser = (field: typeof pictures, accept: string, asDocument: boolean) => (
    <input
      ref={field}
      type="file"
      multiple
      hidden
      {...(accept === '' ? {} : { accept })}
      data-kind={asDocument ? 'document' : 'image'}
      onChange={(event) => {
        onFiles([...(event.target.files ?? [])], asDocument);
        event.target.value = '';
      }}
    />
  );
  return (
    <div className="tools" role="group" aria-label={t('tool.label')}>
      <Popover
        trigger="click"
        placement="topLeft"
        getPopupContainer={inMain}
        open={emoji}
        onOpenChange={setEmoji}
        destroyOnHidden
        content={<div role="dialog" aria-label={t('tool.emoji')}><EmojiPicker onPick={onEmoji} /></div>}
      >
        <Button type="text" icon={<SmileOutlined />} aria-label={t('tool.emoji')} title={t('tool.emoji')} aria-expanded={emoji} aria-haspopup="dialog" />
      </Popover>
      <Button type="text" icon={<PictureOutlined />} aria-label={t('tool.image')} title={t('tool.image')} onClick={() => pictures.current?.click()} />
      <Button type="text" icon={<PaperClipOutlined />} aria-label={t('tool.document')} title={t('tool.document')} onClick={() => documents.current?.click()} />
      {tools.map(([tool, icon, label]) => (
        <Button
          key={tool}
          type="text"
          className={on.has(tool) ? 'tool-on' : ''}
          icon={icon}
          aria-label={label}
          title={label}
          data-tool={tool}
          {...(SWITCHES.has(tool) ? { 'aria-pressed': on.has(tool) } : {})}
          onClick={() => onTool(tool)}
        />
      ))}
      {extra}
      {chooser(pictures, 'image/*,video/mp4,video/webm', false)}
      {chooser(documents, '', true)}
    </div>
  );
}
