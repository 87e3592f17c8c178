// How numbers become rows, and where unread messages begin.

import { describe, expect, it } from 'vitest';
import type { Conversation, EventFrame } from '../../wire/generated';
import { NOTHING, withEvents, withHead } from './history';
import { firstUnread, rowsOf, unreadOf } from './rows';

const NOON = new Date(2026, 10, 24, 12).getTime();
const MINUTE = 60_000;
const say = (seq: number, by: string, at = NOON, reply?: number): EventFrame => ({
  stream: 'room:1', seq, at, by, type: 'room.message_sent',
  body: { text: `m${seq}`, ...(reply === undefined ? {} : { reply_to: reply }) },
});
const left = (seq: number): EventFrame =>
  ({ stream: 'room:1', seq, at: NOON, by: 'a', type: 'room.member_removed', body: { account: 'a', left: true } });

describe('rows', () => {
  it('join what one person says within minutes', () => {
    const history = withEvents(NOTHING, [
      say(1, 'a'), say(2, 'a', NOON + MINUTE), say(3, 'b', NOON + 2 * MINUTE),
      say(4, 'b', NOON + 9 * MINUTE), left(5), say(6, 'b', NOON + 10 * MINUTE),
    ]);
    expect(rowsOf(history, 1, 6).map((row) => row.joined)).toEqual([false, true, false, false, false, false]);
  });

  it('begin a day where it is known to begin', () => {
    const next = NOON + 24 * 60 * MINUTE;
    const history = withEvents(NOTHING, [say(1, 'a'), say(2, 'a', next), say(150, 'a', next)]);
    expect(rowsOf(history, 1, 2).map((row) => row.newDay)).toEqual([true, true]);
    expect(rowsOf(history, 150, 150)[0]?.newDay).toBe(false);
  });

  it('keep places for what is not loaded, and find what is quoted if it is', () => {
    const history = withEvents(NOTHING, [say(1, 'a'), say(3, 'b', NOON, 1), say(4, 'b', NOON, 2)]);
    const rows = rowsOf(history, 1, 4);
    expect(rows.map((row) => row.event?.seq)).toEqual([1, undefined, 3, 4]);
    expect(rows.map((row) => row.quoted?.seq)).toEqual([undefined, undefined, 1, undefined]);
  });
});

describe('unread', () => {
  const conversation = (unread: number, read: number, head: number) =>
    ({ unread, read, head } as Conversation);

  it('begins after what was read', () => {
    expect(unreadOf(conversation(0, 7, 9))).toBeNull();
    expect(firstUnread(unreadOf(conversation(2, 7, 9))!, NOTHING)).toBe(8);
  });

  it('is counted back for who has read nothing, over what is no message', () => {
    const history = withEvents(NOTHING, [say(1, 'a'), say(2, 'a'), say(3, 'b'), left(4), left(5)]);
    expect(firstUnread({ read: 0, count: 2, head: 5 }, history)).toBe(2);
    expect(firstUnread({ read: 0, count: 9, head: 5 }, history)).toBe(1);
  });

  it('is not far off where pages are missing', () => {
    const history = withEvents(withHead(NOTHING, 500), [say(499, 'a'), say(500, 'a')]);
    expect(firstUnread({ read: 0, count: 100, head: 500 }, history)).toBe(401);
  });
});
