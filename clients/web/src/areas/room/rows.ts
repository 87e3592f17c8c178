// What each number of a room looks like: a message, a line about the room, or nothing yet.
// Pure; the view only draws it.

import { sameDay } from '../../kit/time';
import type { Conversation, EventFrame, MessageSent } from '../../wire/generated';
import { type History, eventAt, messageOf } from './history';

/** Messages of one person within this time share a face and a name. */
const TOGETHER = 5 * 60_000;

export type RowItem = {
  seq: number;
  /** Absent: not loaded. */
  event?: EventFrame;
  message?: MessageSent;
  quoted?: EventFrame;
  /** The first of its day, as far as the one before is known. */
  newDay: boolean;
  /** Goes on where the row before left off. */
  joined: boolean;
};

export function rowsOf(history: History, from: number, to: number): RowItem[] {
  const rows: RowItem[] = [];
  for (let seq = from; seq <= to; seq += 1) rows.push(rowOf(history, seq));
  return rows;
}

function rowOf(history: History, seq: number): RowItem {
  const event = eventAt(history, seq);
  if (event === undefined) return { seq, newDay: false, joined: false };
  const before = seq > 1 ? eventAt(history, seq - 1) : undefined;
  const newDay = seq === 1 || (before !== undefined && !sameDay(before.at, event.at));
  const message = messageOf(event);
  const quoted = message?.reply_to === undefined ? undefined : eventAt(history, message.reply_to);
  const joined = !newDay && message !== undefined && before !== undefined && before.by === event.by
    && messageOf(before) !== undefined && event.at - before.at < TOGETHER;
  return {
    seq, event, newDay, joined,
    ...(message === undefined ? {} : { message }), ...(quoted === undefined ? {} : { quoted }),
  };
}

/** What was unread at some moment. */
export type Unread = { read: number; count: number; head: number };

export function unreadOf({ unread, read, head }: Conversation): Unread | null {
  return unread === 0 ? null : { read, count: unread, head };
}

/** Where it begins. Who joined late has read nothing: then messages are counted back from the
 *  head, exactly as far as they are held and from there on by numbers. */
export function firstUnread({ read, count, head }: Unread, history: History): number {
  if (read > 0) return Math.min(read + 1, head);
  let left = count;
  for (let seq = head; seq >= 1; seq -= 1) {
    const event = eventAt(history, seq);
    if (event === undefined) return Math.max(1, seq - left + 1);
    if (event.type === 'room.message_sent') left -= 1;
    if (left === 0) return seq;
  }
  return 1;
}
