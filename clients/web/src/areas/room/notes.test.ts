import { describe, expect, it } from 'vitest';
import type { EventFrame } from '../../wire/generated';
import { NOTHING, eventAt, withEvents, withHidden } from './history';
import { notesOf } from './notes';
import { rowsOf } from './rows';

const ROOM = 'room:1';

function event(seq: number, type: string, body: object, by = 'a'): EventFrame {
  return { stream: ROOM, seq, at: seq * 1_000, by, type, body } as EventFrame;
}

const say = (seq: number, by = 'a') => event(seq, 'room.message_sent', { text: `n${seq}` }, by);

describe('what later events say of a message', () => {
  const edit = event(3, 'room.message_edited', { seq: 1, text: 'new' });
  const later = event(4, 'room.message_edited', { seq: 1, text: 'newer' });

  it('is the same in whichever order the events come', () => {
    for (const events of [[say(1), edit, later], [later, say(1), edit], [edit, later, edit, say(1)]]) {
      const history = events.reduce((now, one) => withEvents(now, [one]), NOTHING);
      expect(notesOf(history.noted.get(1)).edits.map(({ text }) => text)).toEqual(['new', 'newer']);
    }
  });

  it('counts who reacts, and forgets who has taken it back', () => {
    const react = (seq: number, by: string, on: boolean) => event(seq, 'room.reacted', { seq: 1, emoji: '👍', on }, by);
    const history = withEvents(NOTHING, [say(1), react(2, 'a', true), react(3, 'b', true), react(4, 'a', false)]);
    expect(notesOf(history.noted.get(1)).reactions).toEqual([{ emoji: '👍', by: ['b'] }]);
    const none = withEvents(history, [react(5, 'b', false)]);
    expect(notesOf(none.noted.get(1)).reactions).toEqual([]);
  });

  it('leaves no text of a message that was recalled or has burnt', () => {
    for (const type of ['room.message_recalled', 'room.message_burnt']) {
      const gone = withEvents(NOTHING, [say(1), edit, event(9, type, { seq: 1 })]);
      expect(eventAt(gone, 1)).not.toHaveProperty('body');
      expect(notesOf(gone.noted.get(1))).toMatchObject({ edits: [], burnt: type === 'room.message_burnt' });
    }
  });

  it('shows nothing of what was deleted for oneself, also when its page comes later', () => {
    const before = withHidden(withEvents(NOTHING, [say(1)]), 1);
    const after = withEvents(withHidden(NOTHING, 1), [say(1)]);
    for (const history of [before, after]) expect(eventAt(history, 1)).toEqual({ stream: ROOM, seq: 1, at: 1_000, withheld: true });
  });

  it('does not part messages that go on from one another', () => {
    const withheld: EventFrame = { stream: ROOM, seq: 3, at: 3_000, withheld: true };
    const history = withEvents(NOTHING, [say(1), event(2, 'room.reacted', { seq: 1, emoji: '👍', on: true }), withheld, say(4)]);
    expect(rowsOf(history, 4, 4)[0]).toMatchObject({ joined: true });
  });
});
