// Pictures of people, by account: whoever shows a face asks here, and whoever hears of people
// says so here.

import type { AccountCard, AccountId } from '../wire/generated';
import { Observable } from '../wire/observable';

export const avatars = new Observable<ReadonlyMap<AccountId, string>>(new Map());

export function avatarUrl(account: AccountId, blob: string): string {
  return `/v1/people/${account}/avatar?blob=${blob}`;
}

export function heardOf(cards: readonly AccountCard[]): void {
  const known = avatars.get();
  const changed = cards.filter((card) => known.get(card.account) !== card.avatar);
  if (changed.length === 0) return;
  const next = new Map(known);
  for (const { account, avatar } of changed) {
    if (avatar === undefined) next.delete(account);
    else next.set(account, avatar);
  }
  avatars.set(next);
}
