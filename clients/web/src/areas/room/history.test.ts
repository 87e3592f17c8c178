// Events of a room by number: pages with holes, recalls, and what is forgotten.

import { describe, expect, it, vi } from 'vitest';
import type { EventFrame } from '../../wire/generated';
import { Histories } from './histories';
import {
  type History, NOTHING, PAGE, PAGES_MAX, eventAt, forgotten, kept, missing, withEvents, withHead, withNotes,
} from './history';
import { arrived, begun, settled } from './outgoing';

const ROOM = 'room:1';
const message = (seq: number, cmd?: string): EventFrame => ({
  stream: ROOM, seq, at: 0, type: 'room.message_sent', body: { text: `m${seq}` },
  ...(cmd ? { cmd } : {}),
});
const recall = (seq: number, of: number): EventFrame =>
  ({ stream: ROOM, seq, at: 0, type: 'room.message_recalled', body: { seq: of } });
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
const held = (history: History) => [...history.pages.keys()].sort((a, b) => a - b);

describe('pages', () => {
  it('read as they are now, whatever was said in between', () => {
    const edit: EventFrame = { stream: ROOM, seq: 900, at: 0, type: 'room.message_edited', body: { seq: 5, text: '新' } };
    const page = withNotes(withEvents(withHead(NOTHING, 900), run(1, 100)), [edit]);
    expect(page.noted.get(5)).toEqual([edit]);
    expect(withNotes(page, [edit]).noted.get(5)).toEqual([edit]);
    expect(withNotes(withEvents(page, [recall(901, 5)]), [edit]).noted.get(5)).toEqual([]);
  });

  it('hold events by number, each once, whatever the order', () => {
    const live = withEvents(NOTHING, [message(250)]);
    const all = withEvents(live, run(201, 250));
    expect(all.head).toBe(250);
    expect(eventAt(all, 201)?.seq).toBe(201);
    expect(eventAt(all, 200)).toBeUndefined();
    expect(held(all)).toEqual([2]);
  });

  it('know what is missing in view, the middle first', () => {
    const history = withEvents(withHead(NOTHING, 1_000_000), run(501, 600));
    expect(missing(history, 510, 590)).toEqual([]);
    expect(missing(history, 350, 750)).toEqual([4, 6, 3, 7]);
    expect(missing(history, 999_990, 1_000_050)).toEqual([9_999]);
    expect(missing(NOTHING, 1, 20)).toEqual([]);
  });

  it('count a half-filled page as missing until its rest came', () => {
    const live = withEvents(withHead(NOTHING, 104), [message(105)]);
    expect(missing(live, 101, 105)).toEqual([1]);
    expect(missing(withEvents(live, run(101, 105)), 101, 105)).toEqual([]);
  });

  it('stay few, near the view, and keep the newest', () => {
    let history = NOTHING;
    for (let page = 0; page < 100; page += 1) history = withEvents(history, run(page * PAGE + 1, (page + 1) * PAGE));
    const near = kept(history, 2_050, 5);
    expect(held(near)).toEqual([18, 19, 20, 21, 99]);
    expect(held(kept(history, history.head, PAGES_MAX))).toHaveLength(PAGES_MAX);
  });

  it('are dropped when too much was missed', () => {
    expect(forgotten(withEvents(NOTHING, run(1, 50)), 9_000)).toEqual({ ...NOTHING, head: 9_000 });
  });
});

describe('a recalled message', () => {
  it('loses its text wherever the recall stands', () => {
    const live = withEvents(withEvents(NOTHING, [message(5)]), [recall(250, 5)]);
    expect(eventAt(live, 5)).not.toHaveProperty('body');
    const later = withEvents(withEvents(NOTHING, [recall(250, 5)]), [message(5)]);
    expect(eventAt(later, 5)).not.toHaveProperty('body');
    const together = withEvents(NOTHING, [message(5), recall(6, 5)]);
    expect(eventAt(together, 5)).not.toHaveProperty('body');
    expect(eventAt(together, 6)).toHaveProperty('body');
  });
});

describe('a message under way', () => {
  const mine = { id: 'c1', body: { text: 'x' }, at: 0 };

  it('gives way to its event, whichever of event and answer comes first', () => {
    const list = begun([], mine);
    expect(arrived(list, new Set(['c1']), 7)).toEqual([]);
    const acked = settled(list, 'c1', { id: 'c1', stream: ROOM, seq: 8 }, 7);
    expect(acked).toEqual([{ ...mine, acked: 8 }]);
    expect(arrived(acked, new Set(), 8)).toEqual([]);
    expect(settled(list, 'c1', { id: 'c1', stream: ROOM, seq: 7 }, 7)).toEqual([]);
  });

  it('stays with its reason when it is refused', () => {
    const error = { code: 'room.not_member', kind: 'forbidden', message: '' } as const;
    expect(settled(begun([], mine), 'c1', error, 7)).toEqual([{ ...mine, failed: error }]);
    expect(settled([], 'c1', error, 7)).toEqual([]);
  });
});

describe('loading', () => {
  const HEAD = 1_000_000;

  function hall() {
    const asked: number[] = [];
    let most = 0;
    let open = 0;
    const events = async (_stream: string, range: { after?: number }) => {
      asked.push(range.after! / PAGE);
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      return { events: run(range.after! + 1, range.after! + PAGE), head: HEAD };
    };
    const histories = new Histories({ events });
    histories.headIs(ROOM, HEAD);
    return { histories, asked, most: () => most };
  }

  it('asks for what is in view, not for what was passed on the way', async () => {
    vi.useFakeTimers();
    const { histories, asked, most } = hall();
    for (let at = 1; at < HEAD; at += 5_000) histories.want(ROOM, at, at + 40);
    histories.want(ROOM, 480_050, 480_340);
    await vi.runAllTimersAsync();
    expect([...asked].sort()).toEqual([4_800, 4_801, 4_802, 4_803]);
    expect(most()).toBe(2);
    vi.useRealTimers();
  });

  it('keeps memory bounded over a long way', async () => {
    vi.useFakeTimers();
    const { histories } = hall();
    for (let at = 1; at < 100 * PAGE; at += PAGE) {
      histories.want(ROOM, at, at + 40);
      await vi.runAllTimersAsync();
    }
    expect(histories.of(ROOM).get().pages.size).toBe(PAGES_MAX);
    histories.leave(ROOM);
    expect(histories.of(ROOM).get().pages.size).toBeLessThanOrEqual(2);
    vi.useRealTimers();
  });

  it('keeps no text of a room that nobody has looked at', () => {
    const { histories } = hall();
    histories.add(message(HEAD + 1));
    expect(histories.of(ROOM).get()).toEqual({ ...NOTHING, head: HEAD + 1 });
  });

  it('tries again when the hub did not answer', async () => {
    vi.useFakeTimers();
    let fail = true;
    const histories = new Histories({
      events: async () => {
        if (fail) throw new Error('no answer');
        return { events: run(1, 3), head: 3 };
      },
    });
    histories.headIs(ROOM, 3);
    histories.want(ROOM, 1, 3);
    await vi.advanceTimersByTimeAsync(100);
    expect(missing(histories.of(ROOM).get(), 1, 3)).toEqual([0]);
    fail = false;
    await vi.advanceTimersByTimeAsync(2_100);
    expect(missing(histories.of(ROOM).get(), 1, 3)).toEqual([]);
    vi.useRealTimers();
  });
});
