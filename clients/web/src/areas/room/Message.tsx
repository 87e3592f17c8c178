// One message, and one that is still under way.

import MoreOutlined from '@ant-design/icons/es/icons/MoreOutlined';
import App from 'antd/es/app';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import { memo } from 'react';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { clockTime } from '../../kit/time';
import type { EventFrame } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { Outgoing } from './timeline';

type Props = {
  event: EventFrame; text: string; name: string; mine: boolean; joined: boolean; showName: boolean;
  quote: { name: string; text: string } | null;
  onReply: () => void; onRecall: () => Promise<unknown>;
};

export const Message = memo(function Message(props: Props) {
  const { event, text, name, mine, joined, showName, quote } = props;
  const i18n = useI18n();
  const { t } = i18n;
  const { message: toast } = App.useApp();

  const items = [
    { key: 'reply', label: t('chat.reply') },
    { key: 'copy', label: t('chat.copy') },
    ...(mine ? [{ key: 'recall', label: t('chat.recall'), danger: true }] : []),
  ];
  function act(key: string) {
    if (key === 'reply') props.onReply();
    else if (key === 'copy') void navigator.clipboard?.writeText(text);
    else props.onRecall().catch((error: unknown) => void toast.error(i18n.error(errorBodyOf(error))));
  }

  return (
    <li className={`msg${mine ? ' msg-mine' : ''}${joined ? ' msg-joined' : ''}`} data-seq={event.seq}>
      {!mine && (joined ? <span className="face face-none" /> : <Face id={event.by ?? ''} name={name} />)}
      <div className="msg-body">
        {!mine && showName && !joined ? <bdi className="msg-name">{name}</bdi> : <span className="sr">{name}</span>}
        <div className="msg-row">
          <div className="bubble">
            {quote !== null && <div className="quote" dir="auto"><strong>{quote.name}</strong> {quote.text}</div>}
            <div className="msg-text" dir="auto">{text}</div>
          </div>
          <time className="msg-time" dateTime={new Date(event.at).toISOString()}>{clockTime(event.at, i18n)}</time>
          <Dropdown menu={{ items, onClick: ({ key }) => act(key) }} trigger={['click']}>
            <Button className="msg-menu" type="text" size="small" icon={<MoreOutlined />} aria-label={t('chat.menu')} aria-haspopup="menu" />
          </Dropdown>
        </div>
      </div>
    </li>
  );
});

export function OutgoingMessage({ outgoing, offline, onRetry, onDiscard }: {
  outgoing: Outgoing; offline: boolean; onRetry: () => void; onDiscard: () => void;
}) {
  const { t, error } = useI18n();
  return (
    <li className="msg msg-mine msg-out" data-id={outgoing.id}>
      <div className="msg-body">
        <span className="sr">{t('chat.you')}</span>
        <div className="msg-row">
          <div className="bubble"><div className="msg-text" dir="auto">{outgoing.text}</div></div>
          {outgoing.failed === undefined && !outgoing.acked && (
            <span className="msg-time">{t(offline ? 'chat.waiting' : 'chat.sending')}</span>
          )}
        </div>
        {outgoing.failed !== undefined && (
          <div className="msg-failed" role="alert">
            <span>{t('chat.failed')}: {error(outgoing.failed)}</span>
            <Button size="small" onClick={onRetry}>{t('app.retry')}</Button>
            <Button size="small" onClick={onDiscard}>{t('chat.discard')}</Button>
          </div>
        )}
      </div>
    </li>
  );
}
