// The order of conversations, and which of them a few letters fit. Pure.

import type { Conversation } from '../../wire/generated';

export function byLast(a: Conversation, b: Conversation): number {
  return b.last_at - a.last_at || (a.stream < b.stream ? 1 : -1);
}

/** Pinned ones above the others, then by the newest message. */
export function byPlace(a: Conversation, b: Conversation): number {
  return Number(b.pinned === true) - Number(a.pinned === true) || byLast(a, b);
}

export function fits({ name, peer }: Conversation, query: string): boolean {
  const words = query.trim().toLowerCase();
  return words === '' || [name, peer?.username, peer?.names.zh, peer?.names.ug, peer?.names.en]
    .join(' ').toLowerCase().includes(words);
}
