// What later events say of a message: its edits, the emoji under it, whether it burns. Pure.
// The frames are kept as they came; what they add up to is worked out once a list of them.

import type { AccountId, EventFrame } from '../../wire/generated';

export type Reaction = { emoji: string; by: readonly AccountId[] };

export type Notes = {
  /** The texts it has had since it was sent, the present one last. */
  edits: readonly { text: string; at: number }[];
  reactions: readonly Reaction[];
  /** Opened by its reader, and gone then. */
  burnsAt: number | null;
  burnt: boolean;
  acknowledged: readonly AccountId[];
};

export const NO_NOTES: Notes = { edits: [], reactions: [], burnsAt: null, burnt: false, acknowledged: [] };

export type Noted = ReadonlyMap<number, readonly EventFrame[]>;

/** The message that the event says something of, where it does nothing else. */
export function targetOf(event: EventFrame): number | undefined {
  if (event.body === undefined) return undefined;
  switch (event.type) {
    case 'room.message_edited':
    case 'room.reacted':
    case 'room.message_opened':
    case 'room.message_burnt':
    case 'room.message_acknowledged':
      return event.body.seq;
    default:
      return undefined;
  }
}

/** With these events, known ones included, each list in the order of numbers. */
export function noted(known: Noted, events: readonly EventFrame[]): Noted {
  let next: Map<number, readonly EventFrame[]> | undefined;
  for (const event of events) {
    const target = targetOf(event);
    if (target === undefined) continue;
    const held = (next ?? known).get(target) ?? [];
    if (held.some((one) => one.seq === event.seq)) continue;
    next ??= new Map(known);
    next.set(target, [...held, event].sort((a, b) => a.seq - b.seq));
  }
  return next ?? known;
}

/** Of what was recalled or burnt only that is left. */
export function withoutGone(known: Noted, gone: ReadonlySet<number>): Noted {
  if (![...gone].some((seq) => known.has(seq))) return known;
  return new Map([...known].map(([target, events]) => [target, !gone.has(target) ? events
    : events.filter((event) => event.type === 'room.message_burnt')]));
}

const worked = new WeakMap<readonly EventFrame[], Notes>();

export function notesOf(events: readonly EventFrame[] | undefined): Notes {
  if (events === undefined) return NO_NOTES;
  let found = worked.get(events);
  if (found === undefined) worked.set(events, (found = work(events)));
  return found;
}

function work(events: readonly EventFrame[]): Notes {
  const edits: { text: string; at: number }[] = [];
  const reactions = new Map<string, AccountId[]>();
  const acknowledged: AccountId[] = [];
  let burnsAt: number | null = null;
  let burnt = false;
  for (const event of events) {
    if (event.body === undefined) continue;
    if (event.type === 'room.message_edited') edits.push({ text: event.body.text, at: event.at });
    else if (event.type === 'room.message_opened') burnsAt = event.body.burns_at;
    else if (event.type === 'room.message_burnt') burnt = true;
    else if (event.by === undefined) continue;
    else if (event.type === 'room.message_acknowledged') acknowledged.push(event.by);
    else if (event.type === 'room.reacted') react(reactions, event.body.emoji, event.by, event.body.on);
  }
  const shown = [...reactions].flatMap(([emoji, by]) => (by.length === 0 ? [] : [{ emoji, by }]));
  return { edits, reactions: shown, burnsAt, burnt, acknowledged };
}

function react(reactions: Map<string, AccountId[]>, emoji: string, by: AccountId, on: boolean): void {
  const others = (reactions.get(emoji) ?? []).filter((one) => one !== by);
  reactions.set(emoji, on ? [...others, by] : others);
}
