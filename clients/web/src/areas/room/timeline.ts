// What one room shows: a contiguous run of its events, and the messages of this person that
// are still under way. Pure functions over one value; the model owns the value.

import type { CommandId, ErrorBody, EventFrame, MessageRecalled, MessageSent } from '../../wire/generated';

export type Outgoing = {
  id: CommandId;
  text: string;
  replyTo?: number;
  at: number;
  /** Durable already; its event is on the way. */
  acked: boolean;
  failed?: ErrorBody;
};

export type Timeline = {
  /** Ascending, without gaps. */
  events: readonly EventFrame[];
  outgoing: readonly Outgoing[];
  /** Older events may exist before the first one held. */
  loading: boolean;
};

export const EMPTY: Timeline = { events: [], outgoing: [], loading: false };
/** A room that is not on screen keeps no more than this. */
const KEPT_UNSEEN = 100;

export function firstSeq(timeline: Timeline): number { return timeline.events[0]?.seq ?? 0; }
export function lastSeq(timeline: Timeline): number { return timeline.events.at(-1)?.seq ?? 0; }

function withoutRecalled(events: readonly EventFrame[]): readonly EventFrame[] {
  const gone = new Set<number>();
  for (const event of events) {
    if (event.type === 'room.message_recalled' && event.body !== undefined) {
      gone.add((event.body as MessageRecalled).seq);
    }
  }
  if (gone.size === 0) return events;
  return events.map((event) => {
    if (!gone.has(event.seq) || event.body === undefined) return event;
    const { body: _body, ...rest } = event;
    return rest;
  });
}

/** A live event; numbers ascend by one, or the run starts anew. */
export function appended(timeline: Timeline, event: EventFrame, onScreen: boolean): Timeline {
  const last = lastSeq(timeline);
  if (event.seq <= last) return timeline;
  let events = last === 0 || event.seq === last + 1 ? [...timeline.events, event] : [event];
  if (!onScreen && events.length > KEPT_UNSEEN * 2) events = events.slice(-KEPT_UNSEEN);
  const outgoing = event.cmd === undefined
    ? timeline.outgoing
    : timeline.outgoing.filter((one) => one.id !== event.cmd);
  return {
    ...timeline, outgoing,
    events: event.type === 'room.message_recalled' ? withoutRecalled(events) : events,
  };
}

/** A page of history that ends where the run begins. */
export function prepended(timeline: Timeline, page: readonly EventFrame[]): Timeline {
  const first = firstSeq(timeline);
  const older = first === 0 ? page : page.filter((event) => event.seq < first);
  const seen = new Set(older.map((event) => event.cmd));
  return {
    ...timeline,
    events: withoutRecalled([...older, ...timeline.events]),
    outgoing: timeline.outgoing.filter((one) => !seen.has(one.id)),
  };
}

export function withOutgoing(timeline: Timeline, one: Outgoing): Timeline {
  if (timeline.events.some((event) => event.cmd === one.id)) return timeline;
  return { ...timeline, outgoing: [...timeline.outgoing.filter((o) => o.id !== one.id), one] };
}

export function changedOutgoing(timeline: Timeline, id: CommandId, change: Partial<Outgoing>): Timeline {
  return {
    ...timeline,
    outgoing: timeline.outgoing.map((one) => (one.id === id ? { ...one, ...change } : one)),
  };
}

export function withoutOutgoing(timeline: Timeline, id: CommandId): Timeline {
  return { ...timeline, outgoing: timeline.outgoing.filter((one) => one.id !== id) };
}

export function messageOf(event: EventFrame): MessageSent | undefined {
  return event.type === 'room.message_sent' ? (event.body as MessageSent | undefined) : undefined;
}
