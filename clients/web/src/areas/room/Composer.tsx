// Where a message is written. Enter sends and Shift+Enter breaks the line, but never while
// an input method is still composing: pinyin is confirmed with Enter.

import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import SendOutlined from '@ant-design/icons/es/icons/SendOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { MESSAGE_CHARS_MAX, type StreamId } from '../../wire/generated';
import type { RoomModel } from './model';

export type ReplyTo = { seq: number; name: string; text: string };

export function Composer({ model, stream, reply, onReplyDone, onSent }: {
  model: RoomModel; stream: StreamId; reply: ReplyTo | null; onReplyDone: () => void; onSent: () => void;
}) {
  const { t } = useI18n();
  const [text, setText] = useState(() => model.drafts.get().get(stream) ?? '');
  const area = useRef<TextAreaRef>(null);

  useEffect(() => {
    if (reply !== null) area.current?.focus();
  }, [reply]);
  useEffect(() => {
    if (matchMedia('(min-width: 768px)').matches) area.current?.focus();
  }, [stream]);

  function write(next: string) {
    setText(next);
    model.draft(stream, next);
    if (next.trim() !== '') model.attention.type(stream);
  }

  function send() {
    const trimmed = text.trim();
    if (trimmed === '') return;
    model.send(stream, trimmed, reply?.seq);
    model.attention.sent();
    setText('');
    model.draft(stream, '');
    onReplyDone();
    onSent();
    area.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // 229: an older browser's way to say that the input method has the key.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && reply !== null) {
      onReplyDone();
    }
  }

  return (
    <div className="composer">
      {reply !== null && (
        <div className="composer-reply">
          <span className="composer-quote" dir="auto">
            <strong>{t('chat.replying', { name: reply.name })}</strong> {reply.text.slice(0, 120)}
          </span>
          <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('chat.cancelReply')} onClick={onReplyDone} />
        </div>
      )}
      <div className="composer-row">
        <Input.TextArea
          ref={area}
          value={text}
          dir="auto"
          autoSize={{ minRows: 1, maxRows: 8 }}
          maxLength={MESSAGE_CHARS_MAX}
          placeholder={t('chat.write')}
          aria-label={t('chat.write')}
          aria-describedby="composer-hint"
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <Button
          type="primary"
          icon={<SendOutlined className="flip" />}
          disabled={text.trim() === ''}
          onClick={send}
        >
          {t('chat.send')}
        </Button>
      </div>
      <p className="composer-hint small soft" id="composer-hint">{t('chat.hint')}</p>
    </div>
  );
}
