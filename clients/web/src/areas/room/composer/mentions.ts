// Calling somebody by name while writing. Pure: what is typed after an @, who fits, and whom a
// finished text calls.

import type { AccountId, RoomMember } from '../../../wire/generated';

/** A name longer than this is no name any more. */
const WORD_MAX = 20;
const SHOWN = 6;

export type Called = { account: AccountId | 'all'; name: string };

/** The word after the @ that the caret stands in. */
export function wordAt(text: string, caret: number): { from: number; word: string } | null {
  const from = text.lastIndexOf('@', caret - 1);
  if (from < 0) return null;
  const word = text.slice(from + 1, caret);
  if (word.length > WORD_MAX || /\s/u.test(word)) return null;
  // An address of mail is no call.
  if (/[A-Za-z0-9]$/u.test(text.slice(0, from))) return null;
  return { from, word };
}

export function fitting(
  word: string, members: readonly RoomMember[], me: AccountId, all: string, nameOf: (member: RoomMember) => string,
): Called[] {
  const wanted = word.toLowerCase();
  const fits = (...names: (string | undefined)[]) => names.some((name) => name?.toLowerCase().includes(wanted));
  const found: Called[] = fits(all, 'all') ? [{ account: 'all', name: all }] : [];
  for (const member of members) {
    if (found.length >= SHOWN) break;
    const { names, username } = member.card;
    if (member.account === me || !fits(names.zh, names.ug, names.en, username)) continue;
    found.push({ account: member.account, name: nameOf(member) });
  }
  return found;
}

/** Whom the text still calls, of those who were chosen. */
export function calledIn(text: string, chosen: readonly Called[]): { mentions: AccountId[]; all: boolean } {
  const left = chosen.filter((one) => text.includes(`@${one.name}`));
  const mentions = [...new Set(left.flatMap(({ account }) => (account === 'all' ? [] : [account])))];
  return { mentions, all: left.some(({ account }) => account === 'all') };
}
