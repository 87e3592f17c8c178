// What each number of a room looks like: a message, a line about the room, or nothing yet.
// Pure; the view only draws it.

import { sameDay } from '../../kit/time';
import type { Conversation, EventFrame, MessageSent } from '../../wire/generated';
import { type History, eventAt, messageOf } from './history';
import { type Notes, notesOf, targetOf } from './notes';

/** Messages of one person within this time share a face and a name. */
const TOGETHER = 5 * 60_000;
/** Events passed over to find what a message goes on from. */
const LOOKED_BACK = 20;

export type RowItem = {
  seq: number;
  /** Absent: not loaded. */
  event?: EventFrame;
  message?: MessageSent;
  notes: Notes;
  quoted?: EventFrame;
  /** The present text of what is quoted. */
  quotedText?: string;
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
  if (event === undefined) return { seq, newDay: false, joined: false, notes: notesOf(undefined) };
  const before = seq > 1 ? eventAt(history, seq - 1) : undefined;
  const newDay = seq === 1 || (before !== undefined && !sameDay(before.at, event.at));
  const message = messageOf(event);
  const quoted = message?.reply_to === undefined ? undefined : eventAt(history, message.reply_to);
  const last = shownBefore(history, seq);
  const joined = !newDay && message !== undefined && last !== undefined && last.by === event.by && messageOf(last)?.hook?.seq === message.hook?.seq
    && messageOf(last) !== undefined && sameDay(last.at, event.at) && event.at - last.at < TOGETHER;
  const quotedMessage = quoted === undefined ? undefined : messageOf(quoted);
  const quotedText = quotedMessage === undefined ? undefined
    : notesOf(history.noted.get(quoted!.seq)).edits.at(-1)?.text ?? quotedMessage.text;
  return {
    seq, event, newDay, joined, notes: notesOf(history.noted.get(seq)),
    ...(message === undefined ? {} : { message }), ...(quoted === undefined ? {} : { quoted }),
    ...(quotedText === undefined ? {} : { quotedText }),
  };
}

/** What stands above on the page: events that only speak of a message are passed over. */
function shownBefore(history: History, seq: number): EventFrame | undefined {
  for (let at = seq - 1; at >= Math.max(1, seq - LOOKED_BACK); at -= 1) {
    const event = eventAt(history, at);
    if (event === undefined || (event.withheld !== true && targetOf(event) === undefined)) return event;
  }
  return undefined;
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
