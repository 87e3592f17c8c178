// The order of conversations, and which of them a few letters fit. Pure.

import type { ReactNode } from 'react';
import type { Conversation } from '../../wire/generated';

/** What stands among the conversations without being one: all to-dos, all announcements. */
export type OtherRow = {
  stream: string; name: string; sign: ReactNode; text: string; last_at: number;
  unread: number; pinned: boolean; muted: boolean;
  onOpen: () => void; onSet: (set: RowSet) => Promise<void>;
};
export type RowSet = { pinned?: boolean; muted?: boolean; hidden?: boolean };

type Placed = Pick<Conversation, 'stream' | 'last_at' | 'pinned'>
  & Partial<Pick<Conversation, 'kind' | 'peer' | 'members' | 'last'>>;

export function byLast(a: Placed, b: Placed): number {
  return newest(b) - newest(a) || (a.stream < b.stream ? 1 : -1);
}

/** A room with oneself that nothing was put in is no news, though it was made today. */
function newest(one: Placed): number {
  return one.last === undefined && isAssistant(one) ? 0 : one.last_at;
}

/** What is known and what was just listed: the answer may have been on its way while more was said,
 *  or while what it counts as unread was read. */
export function newer<T extends Pick<Conversation, 'head' | 'read' | 'unread'>>(held: T, listed: T): T {
  if (held.head > listed.head) return held;
  return held.head === listed.head && held.read > listed.read ? { ...listed, read: held.read, unread: held.unread } : listed;
}

/** Pinned ones above the others, then by the newest message. */
export function byPlace(a: Placed, b: Placed): number {
  return Number(b.pinned === true) - Number(a.pinned === true) || byLast(a, b);
}

/** The room with oneself: what is put there on one device is there on the others. */
export function isAssistant({ kind, peer, members }: Partial<Pick<Conversation, 'kind' | 'peer' | 'members'>>): boolean {
  return kind === 'direct' && peer === undefined && members === 1;
}

export function fits({ name, peer }: Pick<Conversation, 'name' | 'peer'>, query: string): boolean {
  const words = query.trim().toLowerCase();
  return words === '' || [name, peer?.username, peer?.names.zh, peer?.names.ug, peer?.names.en]
    .join(' ').toLowerCase().includes(words);
}
