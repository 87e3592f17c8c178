// One number of a room: a message, a line about the room, or a place kept for what loads.

import { memo } from 'react';
import { useI18n } from '../../i18n';
import { dayName } from '../../kit/time';
import type { CallMode, MemberRole, RoomKind } from '../../wire/generated';
import { CallAgain } from './CallAgain';
import { type Act, actsOf } from './acts';
import { eventLine } from './eventLine';
import { messageOf } from './history';
import { Message, type Quote } from './Message';
import type { RoomModel } from './model';
import type { Opened } from './parts/PartView';
import type { RowItem } from './rows';
import { authorName, messageLine, signsFor } from './words';

export type RowActions = {
  onAct: (act: Act, item: RowItem) => void;
  onReact: (seq: number, emoji: string, on: boolean) => void;
  onChoose: (seq: number) => void;
  onOpen: (opened: Opened) => void;
  onJump: (seq: number) => void;
  onMenu: (seq: number, open: boolean) => void;
};

type Props = RowActions & {
  model: RoomModel; item: RowItem; kind: RoomKind; role: MemberRole; readOnly: boolean; count: number;
  /** `named`: changes when names arrive. */
  named: unknown;
  pinned: boolean; chosen: boolean | null;
  /** Calls here, unless one is in a call here. */
  onCall: ((mode: CallMode) => void) | undefined;
  /** The call that goes on here. */
  callLive: number | null;
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

function Content(props: Props) {
  const { model, item, kind, role, readOnly, pinned, chosen, menuOpen } = props;
  const i18n = useI18n();
  const { event, message, seq } = item;
  if (event === undefined) return null;
  if (message === undefined) {
    const text = eventLine(event, model.cards, model.me, i18n, item.notes.burnt, kind, model.of(event.stream));
    return text === null ? null : <p className="log-event"><bdi>{text}</bdi><CallAgain {...props} /></p>;
  }
  return (
    <Message
      model={model}
      event={event}
      message={message}
      notes={item.notes}
      name={authorName(event, model.cards, model.me, i18n, model.of(event.stream))}
      unnamed={event.by !== model.me && signsFor(model.me, model.of(event.stream))?.shown === 'number'}
      mine={event.by === model.me}
      joined={item.joined}
      showName={kind !== 'direct' && kind !== 'app'}
      pinned={pinned}
      quote={quoteOf(props, i18n)}
      chosen={chosen}
      acts={() => actsOf(item, { me: model.me, role, kind, pinned, readOnly, now: Date.now() })}
      menuOpen={menuOpen}
      onMenu={(open) => props.onMenu(seq, open)}
      onAct={(act) => props.onAct(act, item)}
      onReact={(emoji, on) => props.onReact(seq, emoji, on)}
      onChoose={() => props.onChoose(seq)}
      onOpen={props.onOpen}
      onJump={props.onJump}
    />
  );
}

function quoteOf({ model, item }: Props, i18n: ReturnType<typeof useI18n>): Quote | null {
  const { message, quoted } = item;
  if (message?.reply_to === undefined) return null;
  const seq = message.reply_to;
  if (quoted === undefined) return { seq, name: '', text: i18n.t('chat.quoted', { n: seq }) };
  const body = messageOf(quoted);
  return {
    seq,
    name: authorName(quoted, model.cards, model.me, i18n, model.of(quoted.stream)),
    text: body === undefined ? i18n.t('chat.quotedGone') : messageLine(body, i18n, item.quotedText),
  };
}

/** Items are made anew at every scroll; their contents decide. */
function same(a: Props, b: Props): boolean {
  const { item: x, ...rest } = a;
  const { item: y, ...other } = b;
  return (Object.keys(rest) as (keyof typeof rest)[]).every((key) => Object.is(rest[key], other[key]))
    && x.seq === y.seq && x.event === y.event && x.quoted === y.quoted && x.notes === y.notes
    && x.quotedText === y.quotedText && x.newDay === y.newDay && x.joined === y.joined;
}
