// The run of events that a room shows.

import { describe, expect, it } from 'vitest';
import type { EventFrame } from '../../wire/generated';
import { EMPTY, appended, prepended, withOutgoing } from './timeline';

const message = (seq: number, cmd?: string): EventFrame => ({
  stream: 'room:1', seq, at: 0, type: 'room.message_sent', body: { text: `m${seq}` },
  ...(cmd ? { cmd } : {}),
});
const mine = (id: string) => ({ id, text: 'x', at: 0, acked: false });

describe('timeline', () => {
  it('replaces a pending message by its event, in whichever order they come', () => {
    const first = appended(withOutgoing(EMPTY, mine('c1')), message(1, 'c1'), true);
    expect(first.outgoing).toEqual([]);
    const second = withOutgoing(appended(EMPTY, message(1, 'c1'), true), mine('c1'));
    expect(second.outgoing).toEqual([]);
    expect(prepended(withOutgoing(EMPTY, mine('c1')), [message(1, 'c1')]).outgoing).toEqual([]);
  });

  it('joins history and live events without doubling', () => {
    const live = appended(EMPTY, message(3), true);
    const all = prepended(live, [message(1), message(2), message(3)]);
    expect(all.events.map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(appended(all, message(3), true)).toBe(all);
  });

  it('empties a recalled message wherever the recall stands', () => {
    const recall: EventFrame = { stream: 'room:1', seq: 2, at: 0, type: 'room.message_recalled', body: { seq: 1 } };
    const live = appended(appended(EMPTY, message(1), true), recall, true);
    expect(live.events[0]).not.toHaveProperty('body');
    const later = prepended(appended(EMPTY, recall, true), [message(1)]);
    expect(later.events[0]).not.toHaveProperty('body');
  });

  it('starts anew rather than show a run with a hole', () => {
    const now = appended(appended(EMPTY, message(1), true), message(5), true);
    expect(now.events.map((event) => event.seq)).toEqual([5]);
  });
});
