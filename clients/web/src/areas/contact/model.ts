// What holds between the signed-in person and others: who may be written to, requests that wait,
// permissions that run, people who are blocked. No React here.

import type {
  AccountCard, AccountId, ContactCommand, ContactInfo, ContactRule, ContactRules, EventFrame,
  Receipt, StreamId, UnitId, UnitNode, Visibility,
} from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Cards } from '../../kit/cards';

export const TABS = ['units', 'recent', 'colleagues', 'groups', 'requests'] as const;
export type Tab = (typeof TABS)[number];

/** How many others wait for an answer. */
export function waitingOf(lines: readonly ContactInfo[]): number {
  return lines.filter((line) => line.state === 'asking').length;
}

export class ContactModel {
  /** Requests, permissions and blocked people. */
  readonly lines = new Observable<readonly ContactInfo[]>([]);
  /** Rises with whatever changes between the person and somebody else. */
  readonly news = new Observable(0);

  constructor(private readonly http: Http, private readonly hub: Hub, private readonly cards: Cards) {}

  ownEvent(event: EventFrame): void {
    if (event.type !== 'account.contact_moved') return;
    this.news.set(this.news.get() + 1);
    void this.load();
  }

  async load(): Promise<void> {
    try {
      const lines = await this.http.call<ContactInfo[]>('GET', '/v1/contacts');
      this.cards.add(lines.map((line) => line.card));
      this.lines.set(lines);
    } catch {
      // The connection's own state tells what is wrong; the next news asks again.
    }
  }

  info(account: AccountId): Promise<ContactInfo> {
    return this.http.call<ContactInfo>('GET', `/v1/contacts/${account}`);
  }

  /** Who works in the same department: a counter is a place of one, so its department is meant. */
  async colleagues(unit: UnitId): Promise<AccountCard[]> {
    const own = (await this.http.units()).find((one) => one.unit === unit);
    const counter = own?.kind === 'counter' && own.parent !== undefined;
    const asked = counter ? { unit: own.parent, limit: 200 } : { unit, here: 'true', limit: 200 };
    const page = await this.http.call<{ items: AccountCard[] }>('GET', '/v1/people', asked);
    this.cards.add(page.items);
    return page.items;
  }

  async run(command: ContactCommand): Promise<Receipt> {
    const receipt = await this.hub.command(command).outcome;
    await this.load();
    this.news.set(this.news.get() + 1);
    return receipt;
  }

  units(): Promise<UnitNode[]> {
    return this.http.units();
  }

  rules(): Promise<ContactRules> {
    return this.http.call<ContactRules>('GET', '/v1/contact-rules');
  }

  setRule(rule: ContactRule): Promise<Receipt> {
    return this.hub.command({ type: 'contact_rules.set', body: { rule } }).outcome;
  }

  removeRule(rule: string): Promise<Receipt> {
    return this.hub.command({ type: 'contact_rules.remove', body: { rule } }).outcome;
  }

  /** Who sees a unit, what stands below it and who works there. */
  setVisibility(unit: UnitId, visible: Visibility): Promise<Receipt> {
    return this.hub.command({ type: 'unit.set_visibility', body: { visible } }, `unit:${unit}`).outcome;
  }

  /** Sends somebody's name card into a conversation. */
  shareCard(room: StreamId, account: AccountId): Promise<Receipt> {
    return this.hub.command({ type: 'room.send_message', body: { text: '', part: { kind: 'card', account } } }, room).outcome;
  }

  setGrant(hours: number): Promise<Receipt> {
    const grant_seconds = Math.round(hours * 3600);
    return this.hub.command({ type: 'contact_rules.set_grant', body: { grant_seconds } }).outcome;
  }
}
