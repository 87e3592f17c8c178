// People seen so far, by account: areas meet here instead of importing one another.

import type { AccountCard, AccountId } from '../wire/generated';
import type { Http } from '../wire/http';
import { heardOf } from './avatars';
import { Observable } from '../wire/observable';

/** The directory is read in pages until everybody who is wanted is known, and no further than
 *  this; the hub has no query for people by their ids yet. */
const PAGES_MAX = 25;
const PAGE = 200;

export class Cards {
  readonly all = new Observable<ReadonlyMap<AccountId, AccountCard>>(new Map());

  add(cards: readonly AccountCard[]): void {
    if (cards.length === 0) return;
    heardOf(cards);
    this.all.update((known) => {
      const next = new Map(known);
      for (const card of cards) next.set(card.account, card);
      return next;
    });
  }

  /** Those of them that are not known yet. */
  async load(http: Http, accounts: readonly AccountId[]): Promise<void> {
    const unknown = () => accounts.some((one) => this.get(one) === undefined);
    let after: string | undefined;
    for (let page = 0; page < PAGES_MAX && unknown(); page += 1) {
      const { items, next } = await http.people('', undefined, after, PAGE);
      this.add(items);
      after = next;
      if (after === undefined) return;
    }
  }

  get(account: AccountId): AccountCard | undefined { return this.all.get().get(account); }
}
