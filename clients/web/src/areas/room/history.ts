// What is held of one room's events: pages by number, with holes. Pure functions over one
// value; `histories.ts` owns the values and loads what is missing.

import type { CommandId, EventFrame, MessageSent } from '../../wire/generated';
import { type Noted, noted, withoutGone } from './notes';

/** Events in one page; pages begin at 1, 101, 201 … */
export const PAGE = 100;
/** Pages kept of the room on screen, and of one that is not. */
export const PAGES_MAX = 30;
export const PAGES_UNSEEN = 2;

type Page = readonly (EventFrame | undefined)[];

export type History = {
  /** The number of the last event. */
  head: number;
  pages: ReadonlyMap<number, Page>;
  /** Recalled or burnt while we watched: a page that was asked for before may still hold the
   *  text. */
  recalled: ReadonlySet<number>;
  /** Deleted for oneself while we watched. */
  hidden: ReadonlySet<number>;
  /** What is said of messages further down, by their number. */
  noted: Noted;
};

export const NOTHING: History = {
  head: 0, pages: new Map(), recalled: new Set(), hidden: new Set(), noted: new Map(),
};

export function pageOf(seq: number): number { return Math.floor((seq - 1) / PAGE); }

export function eventAt(history: History, seq: number): EventFrame | undefined {
  return history.pages.get(pageOf(seq))?.[(seq - 1) % PAGE];
}

function withheld({ stream, seq, at }: EventFrame): EventFrame { return { stream, seq, at, withheld: true }; }

function emptied(event: EventFrame): EventFrame {
  const { body: _body, ...rest } = event;
  return rest;
}

/** Events from a page of the store or live, in any order, known ones included. */
export function withEvents(history: History, events: readonly EventFrame[]): History {
  let { head } = history;
  const recalled = new Set(history.recalled);
  for (const event of events) {
    head = Math.max(head, event.seq);
    const gone = event.type === 'room.message_recalled' || event.type === 'room.message_burnt';
    if (gone && event.body !== undefined) recalled.add(event.body.seq);
  }
  const fresh = new Map<number, (EventFrame | undefined)[]>();
  const put = (event: EventFrame) => {
    const number = pageOf(event.seq);
    let page = fresh.get(number);
    if (page === undefined) {
      page = [...(history.pages.get(number) ?? new Array<undefined>(PAGE).fill(undefined))];
      fresh.set(number, page);
    }
    page[(event.seq - 1) % PAGE] = history.hidden.has(event.seq) ? withheld(event)
      : recalled.has(event.seq) ? emptied(event) : event;
  };
  for (const seq of recalled) {
    const held = history.recalled.has(seq) ? undefined : eventAt(history, seq);
    if (held !== undefined) put(held);
  }
  events.forEach(put);
  return {
    ...history, head, recalled,
    pages: new Map([...history.pages, ...fresh]),
    noted: withoutGone(noted(history.noted, events), recalled),
  };
}

/** The owner has deleted the message for themself: nothing is left of it but its number. */
export function withHidden(history: History, seq: number): History {
  const hidden = new Set(history.hidden).add(seq);
  const held = eventAt(history, seq);
  return held === undefined ? { ...history, hidden } : withEvents({ ...history, hidden }, [held]);
}

/** What events that are not held themselves say of messages that are. */
export function withNotes(history: History, events: readonly EventFrame[]): History {
  const next = withoutGone(noted(history.noted, events), history.recalled);
  return next === history.noted ? history : { ...history, noted: next };
}

export function withHead(history: History, head: number): History {
  return head > history.head ? { ...history, head } : history;
}

/** Pages of which something in `from`–`to` is not held, those nearest to the middle first. */
export function missing(history: History, from: number, to: number): number[] {
  const found: number[] = [];
  const last = Math.min(to, history.head);
  for (let number = pageOf(Math.max(1, from)); number <= pageOf(Math.max(1, last)); number += 1) {
    const page = history.pages.get(number);
    const begin = Math.max(from, number * PAGE + 1);
    const end = Math.min(last, (number + 1) * PAGE);
    for (let seq = begin; seq <= end; seq += 1) {
      if (page?.[(seq - 1) % PAGE] === undefined) {
        found.push(number);
        break;
      }
    }
  }
  const middle = pageOf(Math.max(1, Math.round((from + last) / 2)));
  return found.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
}

/** Forgets what is far from `seq`, but never the newest page: live events continue it. */
export function kept(history: History, seq: number, most: number): History {
  if (history.pages.size <= most) return history;
  const middle = pageOf(seq);
  const newest = pageOf(Math.max(1, history.head));
  const near = [...history.pages.keys()]
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    .filter((number) => number !== newest)
    .slice(0, most - 1);
  const keep = new Set([...near, newest]);
  const held = (seq: number) => keep.has(pageOf(seq));
  return {
    ...history,
    pages: new Map([...history.pages].filter(([number]) => keep.has(number))),
    noted: new Map([...history.noted].filter(([target, events]) => (
      held(target) || events.some((event) => held(event.seq))))),
  };
}

/** Too much was missed to be told one by one: what is held may be out of date. */
export function forgotten(history: History, head: number): History {
  return { ...NOTHING, head: Math.max(history.head, head) };
}

export function messageOf(event: EventFrame): MessageSent | undefined {
  return event.type === 'room.message_sent' ? event.body : undefined;
}

/** The commands whose events are among these. */
export function commandsOf(events: readonly EventFrame[]): ReadonlySet<CommandId> {
  return new Set(events.flatMap((event) => (event.cmd === undefined ? [] : [event.cmd])));
}
