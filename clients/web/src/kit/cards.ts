// People seen so far, by account: areas meet here instead of importing one another.

import type { AccountCard, AccountId } from '../wire/generated';
import { Observable } from '../wire/observable';

export class Cards {
  readonly all = new Observable<ReadonlyMap<AccountId, AccountCard>>(new Map());

  add(cards: readonly AccountCard[]): void {
    if (cards.length === 0) return;
    this.all.update((known) => {
      const next = new Map(known);
      for (const card of cards) next.set(card.account, card);
      return next;
    });
  }

  get(account: AccountId): AccountCard | undefined { return this.all.get().get(account); }
}
