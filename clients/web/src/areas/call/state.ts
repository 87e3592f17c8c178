// What is known of one room's calls: the answer of the hub, moved on by events and signals. Pure;
// it follows `hub/domain/src/call`, which decides.

import type {
  AccountId, CallEnded, CallInfo, CallLeave, CallPerson, CallPublication, CallStand, EventFrame, LegId, LiveCall,
  PastCall,
} from '../../wire/generated';

export type CallState = {
  room: string;
  head: number;
  live: LiveCall | null;
  publications: readonly CallPublication[];
  speaker: AccountId | undefined;
  past: readonly PastCall[];
  /** How the last one ended that was followed here. */
  over: CallEnded | null;
};

/** Where this device stands in a call. */
export type Phase = 'calling' | 'alone' | 'talking' | 'door' | 'elsewhere' | 'removed' | 'gone' | 'over';

export function stateOf(info: CallInfo): CallState {
  return {
    room: info.room, head: info.head, live: info.live ?? null, publications: info.publications,
    speaker: info.speaker, past: info.past, over: null,
  };
}

export function personOf(live: LiveCall, account: AccountId): CallPerson | undefined {
  return live.people.find((one) => one.account === account);
}

export function standing(live: LiveCall, stand: CallStand): CallPerson[] {
  return live.people.filter((one) => one.stand === stand);
}

export function isHost(live: LiveCall, account: AccountId): boolean {
  const person = personOf(live, account);
  return person?.stand === 'inside' && person.host;
}

export function phaseOf({ live }: CallState, me: AccountId, leg: LegId): Phase {
  if (live === null) return 'over';
  const mine = personOf(live, me);
  if (mine?.stand === 'inside') {
    if (mine.leg !== undefined && mine.leg !== leg) return 'elsewhere';
    if (live.people.some((one) => one.stand === 'inside' && one.account !== me)) return 'talking';
    return live.people.some((one) => one.stand === 'ringing') ? 'calling' : 'alone';
  }
  if (mine?.stand === 'waiting') return 'door';
  return mine?.stand === 'removed' ? 'removed' : 'gone';
}

/** Since when two are inside: as long as that, people have talked. */
export function talkSince(live: LiveCall): number | null {
  return standing(live, 'inside').map((one) => one.since).sort((a, b) => a - b)[1] ?? null;
}

/** The state after an event, or null where the hub has to be asked again. */
export function withEvent(state: CallState, event: EventFrame): CallState | null {
  if (event.seq <= state.head) return state;
  const next = { ...state, head: event.seq };
  if (event.type === 'call.started') return null;
  if (event.type === 'call.ended') {
    return { ...next, live: null, publications: [], speaker: undefined, over: event.body ?? null };
  }
  if (next.live === null) return next;
  return { ...next, live: liveAfter(next.live, event) };
}

function liveAfter(live: LiveCall, event: EventFrame): LiveCall {
  const { at, by } = event;
  const person = (account: AccountId | undefined, change: Partial<CallPerson>) => withPerson(live, account, at, change);
  if (event.body === undefined) return live;
  switch (event.type) {
    case 'call.rung':
      return event.body.accounts.reduce((now, one) => withPerson(now, one, at, { stand: 'ringing' }), live);
    case 'call.joined': return person(by, { stand: 'inside', leg: event.body.leg });
    case 'call.waits': return person(by, { stand: 'waiting', leg: event.body.leg });
    case 'call.admitted':
      return event.body.yes
        ? person(event.body.account, { stand: 'inside', ...(event.body.leg === undefined ? {} : { leg: event.body.leg }) }) : goes(live, event.body.account, at, 'removed');
    case 'call.declined': return goes(live, by, at, event.body.busy ? 'busy' : 'declined');
    case 'call.unanswered':
      return event.body.accounts.reduce((now, one) => goes(now, one, at, 'unanswered'), live);
    case 'call.left': return goes(live, event.body.account, at, STAND_AFTER[event.body.why]);
    case 'call.hand_raised': return person(event.body.account, { hand: event.body.on });
    case 'call.host_set': return person(event.body.account, { host: event.body.on });
    case 'call.locked': return { ...live, locked: event.body.on };
    case 'call.waiting_room_set': return { ...live, waiting_room: event.body.on };
    default: return live;
  }
}

const STAND_AFTER: Readonly<Record<CallLeave, CallStand>> = {
  left: 'left', lost: 'left', removed: 'removed', shut_out: 'removed',
};

function withPerson(live: LiveCall, account: AccountId | undefined, at: number, change: Partial<CallPerson>): LiveCall {
  if (account === undefined) return live;
  const known = personOf(live, account) ?? { account, stand: 'left' as const, since: at, host: false, hand: false };
  const moved = change.stand !== undefined && change.stand !== known.stand;
  const next = { ...known, ...change, ...(moved ? { since: at } : {}) };
  const others = live.people.filter((one) => one.account !== account);
  // Whoever comes inside comes last; whoever only changes keeps the place.
  if (moved && next.stand === 'inside') return { ...live, people: [...others, next] };
  return personOf(live, account) === undefined ? { ...live, people: [...others, next] }
    : { ...live, people: live.people.map((one) => (one.account === account ? next : one)) };
}

function goes(live: LiveCall, account: AccountId | undefined, at: number, stand: CallStand): LiveCall {
  const next = withPerson(live, account, at, { stand, host: false, hand: false });
  return {
    ...next,
    people: next.people.map((one) => {
      if (one.account !== account) return one;
      const { leg: _leg, ...rest } = one;
      return rest;
    }),
  };
}
