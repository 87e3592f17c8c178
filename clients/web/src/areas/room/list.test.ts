import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conversation, EventFrame } from '../../wire/generated';
import { changeBy } from './changes';
import { Drafts } from './drafts';
import { byPlace, fits, newer } from './list';

const line = (stream: string, last_at: number, more: Partial<Conversation> = {}): Conversation => ({
  stream, kind: 'group', name: stream, members: 3, head: 5, last_at, unread: 0, read: 5, ...more,
});

it('puts pinned conversations above the others, each by the newest message', () => {
  const all = [line('room:a', 1), line('room:b', 3), line('room:c', 2, { pinned: true }), line('room:d', 1, { pinned: true })];
  expect(all.sort(byPlace).map(({ stream }) => stream)).toEqual(['room:c', 'room:d', 'room:b', 'room:a']);
  expect(fits(line('综合窗口', 1), ' 窗口 ')).toBe(true);
  expect(fits(line('综合窗口', 1), '税务')).toBe(false);
});

it('puts a room with oneself last until something was put in it', () => {
  const own: Partial<Conversation> = { kind: 'direct', members: 1 };
  const last = { stream: 'room:c', seq: 1, at: 9 } as EventFrame;
  const all = [line('room:a', 9, own), line('room:b', 3), line('room:c', 9, { ...own, last })];
  expect(all.sort(byPlace).map(({ stream }) => stream)).toEqual(['room:c', 'room:b', 'room:a']);
});

it('changes a line by what happens in its conversation', () => {
  const sent = { stream: 'room:a', seq: 6, at: 9, by: 'b', type: 'room.message_sent', body: { text: '旧' } } as EventFrame;
  const after = { ...line('room:a', 1), ...changeBy(line('room:a', 1), sent, 'me') };
  expect(after).toMatchObject({ head: 6, unread: 1, last_at: 9, last: sent });
  const edited = { stream: 'room:a', seq: 7, at: 10, by: 'b', type: 'room.message_edited', body: { seq: 6, text: '新' } } as EventFrame;
  expect(changeBy(after, edited, 'me').last?.body).toEqual({ text: '新' });
  const other: EventFrame = { stream: 'room:a', seq: 8, at: 11, withheld: true };
  expect(changeBy(after, other, 'me')).toEqual({ head: 8 });
});

describe('a draft', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('is told when its writer pauses, and taken back once it is sent', async () => {
    const run = vi.fn(async () => undefined);
    const drafts = new Drafts(run);
    drafts.write('room:a', '草');
    drafts.write('room:a', '草稿');
    await vi.advanceTimersByTimeAsync(1_600);
    expect(run.mock.calls).toEqual([[{ type: 'account.set_draft', body: { room: 'a', text: '草稿' } }]]);
    drafts.write('room:a', '');
    await vi.advanceTimersByTimeAsync(10);
    expect(run).toHaveBeenLastCalledWith({ type: 'account.set_draft', body: { room: 'a', text: '' } });
  });

  it('of another device does not take away what is being written here', () => {
    const drafts = new Drafts(async () => undefined);
    drafts.heard('room:a', '手机上写的');
    expect(drafts.get('room:a')).toBe('手机上写的');
    drafts.write('room:a', '电脑上写的');
    drafts.heard('room:a', '');
    expect(drafts.get('room:a')).toBe('电脑上写的');
  });

  it('that was never told is not taken back', async () => {
    const run = vi.fn(async () => undefined);
    const drafts = new Drafts(run);
    drafts.write('room:a', '快');
    drafts.write('room:a', '');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(run).not.toHaveBeenCalled();
  });
});

it('a list that was on its way brings nothing back that was read or said meanwhile', () => {
  const held = { head: 5, read: 5, unread: 0, name: '旧' };
  expect(newer(held, { head: 4, read: 1, unread: 3, name: '新' })).toBe(held);
  expect(newer(held, { head: 5, read: 1, unread: 4, name: '新' })).toEqual({ head: 5, read: 5, unread: 0, name: '新' });
  expect(newer(held, { head: 6, read: 5, unread: 1, name: '新' }).unread).toBe(1);
  expect(newer({ ...held, read: 2, unread: 3 }, { ...held }).unread).toBe(0);
});
