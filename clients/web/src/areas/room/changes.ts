// What an event makes of its conversation's line in the list. Pure.

import type { AccountId, CallEnd, Conversation, EventFrame, ThreadState } from '../../wire/generated';
import { messageOf } from './history';

/** Calls that nobody answered count as unread, as the hub counts them. */
const MISSED: ReadonlySet<CallEnd> = new Set<CallEnd>(['cancelled', 'busy', 'unanswered']);

export function changeBy(held: Conversation, event: EventFrame, me: AccountId): Partial<Conversation> {
  const change: Partial<Conversation> = { head: event.seq };
  const { last } = held;
  switch (event.type) {
    case 'room.message_sent':
      change.last = event;
      change.last_at = event.at;
      if (event.by !== me && event.seq > held.read) change.unread = held.unread + 1;
      return change;
    case 'room.call_ended':
      if (event.body === undefined || !MISSED.has(event.body.why)) return change;
      return { ...change, last: event, last_at: event.at, ...(event.by !== me && event.seq > held.read ? { unread: held.unread + 1 } : {}) };
    case 'room.renamed':
      return event.body === undefined ? change : { ...change, name: event.body.name };
    case 'room.member_added': return { ...change, members: held.members + 1 };
    case 'room.members_added': return { ...change, members: held.members + (event.body?.accounts.length ?? 0) };
    case 'room.member_removed': return { ...change, members: Math.max(0, held.members - 1) };
    case 'room.muted': return event.body === undefined ? change : { ...change, silenced: event.body.on };
    case 'room.thread_opened': case 'room.thread_assigned': case 'room.thread_closed':
      return held.thread === undefined ? change : { ...change, thread: threadAfter(held.thread, event) };
    case 'room.dissolved': return { ...change, dissolved: true };
    case 'room.message_recalled': case 'room.message_burnt':
      return event.body !== undefined && last?.seq === event.body.seq ? { ...change, last: event } : change;
    case 'room.message_edited': {
      const before = last === undefined ? undefined : messageOf(last);
      if (event.body === undefined || before === undefined || last!.seq !== event.body.seq) return change;
      const body = { ...before, text: event.body.text };
      return { ...change, last: { ...last!, type: 'room.message_sent', body } as EventFrame };
    }
    default: return change;
  }
}

function threadAfter({ agent: _, ...thread }: ThreadState, event: EventFrame): ThreadState {
  if (event.type === 'room.thread_assigned' && event.body !== undefined) return { ...thread, agent: event.body.account };
  if (event.type === 'room.thread_opened') return { ...thread, open: true, asked: true };
  return { ...thread, open: false };
}
