import { describe, expect, it, vi } from 'vitest';
import type { Conversation, EventFrame } from '../../wire/generated';
import { Urgents } from './urgent';

const ROOM = 'room:1';

function event(seq: number, type: string, body: object, by = 'boss'): EventFrame {
  return { stream: ROOM, seq, at: seq, by, type, body } as EventFrame;
}

const urgent = (seq: number, by = 'boss') => event(seq, 'room.message_sent', { text: 'x', urgent: true }, by);
const acknowledged = (seq: number, of: number, by: string) => event(seq, 'room.message_acknowledged', { seq: of }, by);

function urgents(events: EventFrame[] = []) {
  const asked = vi.fn(async () => ({ events, head: events.length }));
  const made = new Urgents({ events: asked }, 'me');
  return { made, asked, waiting: () => made.waiting.get().map(({ seq }) => seq) };
}

describe('what is urgent', () => {
  it('stays until it is acknowledged by oneself, wherever, or recalled', () => {
    const { made, waiting } = urgents();
    for (const one of [urgent(1), urgent(2), urgent(2), urgent(3, 'me'), acknowledged(4, 1, 'other')]) made.heard(one);
    expect(waiting()).toEqual([1, 2]);
    made.heard(acknowledged(5, 1, 'me'));
    made.heard(event(6, 'room.message_recalled', { seq: 2 }));
    expect(waiting()).toEqual([]);
  });

  it('is found again by a new page, unless the word was given below it', async () => {
    const line = { stream: ROOM, last: urgent(7) } as unknown as Conversation;
    const open = urgents([urgent(7)]);
    open.made.listed([line]);
    open.made.listed([line]);
    await vi.waitFor(() => expect(open.waiting()).toEqual([7]));
    expect(open.asked).toHaveBeenCalledTimes(1);
    const done = urgents([urgent(7), acknowledged(8, 7, 'me')]);
    done.made.listed([line]);
    await vi.waitFor(() => expect(done.asked).toHaveBeenCalled());
    expect(done.waiting()).toEqual([]);
  });

  it('comes back when the hub repeats it to those who wait', async () => {
    const repeated = (waiting: string[]) => event(9, 'room.urgent_repeated', { seq: 7, times: 1, waiting, last: false });
    const { made, asked, waiting } = urgents([urgent(7)]);
    made.heard(repeated(['other']));
    expect(asked).not.toHaveBeenCalled();
    made.heard(repeated(['me']));
    await vi.waitFor(() => expect(waiting()).toEqual([7]));
  });
});
