// One number of a room: a message, a line about the room, or a place kept for what loads.

import { memo } from 'react';
import { useI18n } from '../../i18n';
import { dayName } from '../../kit/time';
import type { ReplyTo } from './Composer';
import { messageOf } from './history';
import { Message, type Quote } from './Message';
import type { RoomModel } from './model';
import type { RowItem } from './rows';
import { eventLine, personName } from './words';

export type RowActions = {
  onReply: (reply: ReplyTo) => void;
  onRecall: (seq: number) => Promise<unknown>;
  onJump: (seq: number) => void;
  onMenu: (seq: number, open: boolean) => void;
};

type Props = RowActions & {
  model: RoomModel; item: RowItem; group: boolean; count: number;
  /** `named`: changes when names arrive. */
  named: unknown;
  unreadFrom: boolean; sought: boolean; current: boolean; menuOpen: boolean;
};

export const Row = memo(function Row(props: Props) {
  const { item, count, current, sought, unreadFrom } = props;
  const i18n = useI18n();
  const { seq, event, message } = item;
  const state = `${event === undefined ? ' row-wait' : ''}${sought ? ' row-sought' : ''}`;
  return (
    <li
      className={`row${state}`}
      data-seq={seq}
      aria-posinset={seq}
      aria-setsize={count}
      {...(message === undefined ? {} : { tabIndex: current ? 0 : -1 })}
    >
      {item.newDay && event !== undefined && (
        <p className="log-day"><span>{dayName(event.at, Date.now(), i18n)}</span></p>
      )}
      {unreadFrom && <p className="log-unread"><span>{i18n.t('chat.unreadFrom')}</span></p>}
      {event === undefined ? <span className="wait-bar" /> : <Content {...props} />}
    </li>
  );
}, same);

function Content({ model, item, group, menuOpen, onReply, onRecall, onJump, onMenu }: Props) {
  const i18n = useI18n();
  const { event, message } = item;
  if (event === undefined) return null;
  if (message === undefined) {
    const text = eventLine(event, model.cards, model.me, i18n);
    return text === null ? null : <p className="log-event"><bdi>{text}</bdi></p>;
  }
  const nameOf = (by: string | undefined) => personName(by, model.cards, model.me, i18n);
  const name = nameOf(event.by);
  const quote: Quote | null = message.reply_to === undefined ? null : {
    seq: message.reply_to,
    name: item.quoted === undefined ? '' : nameOf(item.quoted.by),
    text: item.quoted === undefined
      ? i18n.t('chat.quoted', { n: message.reply_to })
      : messageOf(item.quoted)?.text ?? i18n.t('chat.quotedGone'),
  };
  return (
    <Message
      event={event}
      text={message.text}
      name={name}
      mine={event.by === model.me}
      joined={item.joined}
      showName={group}
      quote={quote}
      menuOpen={menuOpen}
      onMenu={(open) => onMenu(item.seq, open)}
      onReply={() => onReply({ seq: item.seq, name, text: message.text })}
      onRecall={() => onRecall(item.seq)}
      onJump={onJump}
    />
  );
}

/** Items are made anew at every scroll; their contents decide. */
function same(a: Props, b: Props): boolean {
  const { item: x, ...rest } = a;
  const { item: y, ...other } = b;
  return (Object.keys(rest) as (keyof typeof rest)[]).every((key) => Object.is(rest[key], other[key]))
    && x.seq === y.seq && x.event === y.event && x.quoted === y.quoted
    && x.newDay === y.newDay && x.joined === y.joined;
}
