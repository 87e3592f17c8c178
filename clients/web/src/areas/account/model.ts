// The signed-in person, the organisation and the finding of people. No React here.

import type { Cards } from '../../kit/cards';
import type { AccountCard, AccountCommand, EventFrame, Me, Receipt, StreamId, UnitId, UnitNode } from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { WatchListener } from '../../wire/watches';

export type UnitTree = UnitNode & { children: UnitTree[] };

export function treeOf(units: readonly UnitNode[]): UnitTree[] {
  const byId = new Map<UnitId, UnitTree>(units.map((unit) => [unit.unit, { ...unit, children: [] }]));
  const roots: UnitTree[] = [];
  for (const node of byId.values()) {
    const parent = node.parent === undefined ? undefined : byId.get(node.parent);
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/** What changes the answer of `GET /v1/me`. */
const CONCERNS_ME: ReadonlySet<string> = new Set([
  'account.profile_updated', 'account.password_changed', 'account.role_granted', 'account.role_revoked',
  'account.totp_enrolled', 'account.totp_confirmed', 'account.totp_removed', 'account.mail_set', 'account.push_device_added',
  'account.push_device_removed',
]);

export class AccountModel {
  readonly me: Observable<Me>;
  readonly units = new Observable<readonly UnitNode[]>([]);
  readonly stream: StreamId;

  constructor(
    private readonly http: Http,
    private readonly hub: Hub,
    private readonly cards: Cards,
    me: Me,
  ) {
    this.me = new Observable(me);
    this.stream = `account:${me.card.account}`;
    cards.add([me.card]);
  }

  /** The number of the last event of the person's own stream, to watch from. */
  async head(): Promise<number> {
    return (await this.http.events(this.stream, {}, 1)).head;
  }

  /** Follows the person's own stream; other areas hear of joined and left streams. */
  watch(
    from: number, joined: (stream: StreamId) => void, left: (stream: StreamId) => void, missed: () => void,
    other: (event: EventFrame) => void,
  ): void {
    const listener: WatchListener = {
      event: (event) => {
        if (event.type === 'account.stream_joined' && event.body) joined(event.body.stream);
        else if (event.type === 'account.stream_left' && event.body) left(event.body.stream);
        else if (CONCERNS_ME.has(event.type ?? '')) void this.refresh();
        else other(event);
      },
      hole: () => {
        missed();
        void this.refresh();
      },
    };
    this.hub.watch(this.stream, from, listener);
  }

  async refresh(): Promise<void> {
    try {
      const me = await this.http.me();
      this.me.set(me);
      this.cards.add([me.card]);
    } catch {
      // The connection's own state tells what is wrong.
    }
  }

  async loadUnits(): Promise<void> {
    if (this.units.get().length === 0) this.units.set(await this.http.units());
  }

  async find(text: string, unit?: UnitId, after?: string): Promise<{ items: AccountCard[]; next?: string }> {
    const page = await this.http.people(text, unit, after);
    this.cards.add(page.items);
    return page;
  }

  /** Commands that carry secrets: over the open socket, never kept. */
  run(command: AccountCommand): Promise<Receipt> {
    return this.hub.command(command, this.stream).outcome;
  }
}
