// A message that is still under way: its file first, then its command.

import Button from 'antd/es/button';
import Progress from 'antd/es/progress';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { Uploads } from '../../wire/upload';
import type { Outgoing } from './outgoing';
import { partLine } from './words';

export function OutgoingMessage({ outgoing, uploads, offline, onRetry, onDiscard }: {
  outgoing: Outgoing; uploads: Uploads; offline: boolean; onRetry: () => void; onDiscard: () => void;
}) {
  const i18n = useI18n();
  const { t, error } = i18n;
  const { body, file, failed, acked } = outgoing;
  const upload = useObservable(uploads.all).find((one) => one.key === file?.key);
  const line = body.part === undefined ? body.forward?.title : partLine(body.part, i18n);
  return (
    <li className="row msg msg-mine msg-out" data-id={outgoing.id}>
      <div className="msg-body">
        <span className="sr">{t('chat.you')}</span>
        <div className="msg-row">
          <div className="bubble">
            {file !== undefined && (
              <span className="out-file">
                <bdi>{t('file.sending', { name: file.name })}</bdi>
                {upload !== undefined && failed === undefined && (
                  <Progress size="small" percent={Math.floor((upload.sent / Math.max(1, upload.bytes)) * 100)} aria-label={t('file.progress')} />
                )}
              </span>
            )}
            {line !== undefined && <span className="soft">{line}</span>}
            {body.text !== '' && <div className="msg-text" dir="auto">{body.text}</div>}
          </div>
          {failed === undefined && acked === undefined && (
            <span className="msg-time">{t(offline ? 'chat.waiting' : 'chat.sending')}</span>
          )}
        </div>
        {failed !== undefined && (
          <div className="msg-failed" role="alert">
            <span>{t('chat.failed', { reason: error(failed) })}</span>
            <Button size="small" onClick={onRetry}>{t('app.retry')}</Button>
            <Button size="small" onClick={onDiscard}>{t('chat.discard')}</Button>
          </div>
        )}
      </div>
    </li>
  );
}
