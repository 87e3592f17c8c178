// One message, and one that is still under way.

import MoreOutlined from '@ant-design/icons/es/icons/MoreOutlined';
import App from 'antd/es/app';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { inMain } from '../../kit/popup';
import { clockTime, fullTime } from '../../kit/time';
import type { EventFrame } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { Outgoing } from './outgoing';

export type Quote = { seq: number; name: string; text: string };

type Props = {
  event: EventFrame; text: string; name: string; mine: boolean; joined: boolean; showName: boolean;
  quote: Quote | null;
  menuOpen: boolean;
  onMenu: (open: boolean) => void;
  onReply: () => void; onRecall: () => Promise<unknown>; onJump: (seq: number) => void;
};

export function Message(props: Props) {
  const { event, text, name, mine, joined, showName, quote } = props;
  const i18n = useI18n();
  return (
    <div className={`msg${mine ? ' msg-mine' : ''}${joined ? ' msg-joined' : ''}`} data-message={event.seq}>
      {!mine && (joined ? <span className="face face-none" /> : <Face id={event.by ?? ''} name={name} />)}
      <div className="msg-body">
        {!mine && showName && !joined ? <bdi className="msg-name">{name}</bdi> : <span className="sr">{name}</span>}
        <div className="msg-row">
          <div className="bubble">
            {quote !== null && (
              <button type="button" className="quote" tabIndex={-1} onClick={() => props.onJump(quote.seq)}>
                <bdi><strong>{quote.name}</strong></bdi> <bdi>{quote.text}</bdi>
              </button>
            )}
            <div className="msg-text" dir="auto">{text}</div>
          </div>
          <span className="msg-meta">
            <time className="msg-time" dateTime={new Date(event.at).toISOString()} title={fullTime(event.at, i18n)}>
              {clockTime(event.at)}
            </time>
            <Menu {...props} />
          </span>
        </div>
      </div>
    </div>
  );
}

/** The menu proper exists only while it is open: a long conversation has many messages. */
function Menu({ text, mine, menuOpen, onMenu, onReply, onRecall }: Props) {
  const { t, error } = useI18n();
  const { message: toast } = App.useApp();
  const items = [
    { key: 'reply', label: t('chat.reply') },
    { key: 'copy', label: t('chat.copy') },
    ...(mine ? [{ key: 'recall', label: t('chat.recall'), danger: true }] : []),
  ];
  function act(key: string) {
    onMenu(false);
    if (key === 'reply') onReply();
    else if (key === 'copy') void navigator.clipboard?.writeText(text);
    else onRecall().catch((cause: unknown) => void toast.error(error(errorBodyOf(cause))));
  }
  const button = (
    <Button
      className={`msg-menu${menuOpen ? ' msg-menu-open' : ''}`}
      type="text"
      size="small"
      tabIndex={-1}
      icon={<MoreOutlined />}
      aria-label={t('chat.menu')}
      aria-haspopup="menu"
      aria-expanded={menuOpen}
      onClick={() => onMenu(true)}
    />
  );
  if (!menuOpen) return button;
  return (
    <Dropdown
      open
      autoFocus
      trigger={['click']}
      getPopupContainer={inMain}
      menu={{ items, onClick: ({ key }) => act(key) }}
      onOpenChange={(open) => { if (!open) onMenu(false); }}
    >
      {button}
    </Dropdown>
  );
}

export function OutgoingMessage({ outgoing, offline, onRetry, onDiscard }: {
  outgoing: Outgoing; offline: boolean; onRetry: () => void; onDiscard: () => void;
}) {
  const { t, error } = useI18n();
  return (
    <li className="row msg msg-mine msg-out" data-id={outgoing.id}>
      <div className="msg-body">
        <span className="sr">{t('chat.you')}</span>
        <div className="msg-row">
          <div className="bubble"><div className="msg-text" dir="auto">{outgoing.text}</div></div>
          {outgoing.failed === undefined && outgoing.acked === undefined && (
            <span className="msg-time">{t(offline ? 'chat.waiting' : 'chat.sending')}</span>
          )}
        </div>
        {outgoing.failed !== undefined && (
          <div className="msg-failed" role="alert">
            <span>{t('chat.failed', { reason: error(outgoing.failed) })}</span>
            <Button size="small" onClick={onRetry}>{t('app.retry')}</Button>
            <Button size="small" onClick={onDiscard}>{t('chat.discard')}</Button>
          </div>
        )}
      </div>
    </li>
  );
}
