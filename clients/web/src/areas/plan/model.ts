// The week's plans: one's own, those that colleagues share, and for heads those of their units.
// No React here. The tasks of the week are not kept here either: the page is handed the list
// that the schedule shows, so that both are the same at once.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, Day, ErrorBody, PlanCommand, PlanInfo, PlanOverview, PlanPart, PlanRow, PlanState, StreamId, UnitId,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Follower } from '../../wire/follower';
import { Observable } from '../../wire/observable';

export type PlanTab = 'own' | 'shared' | 'review';
export type Filter = { part: PlanPart; state: PlanState | null; unit: UnitId | null };
export type Plans = {
  tab: PlanTab;
  /** Its Monday; empty until the hub has said which week it is. */
  week: Day;
  filter: Filter;
  own: PlanInfo | null;
  shared: readonly PlanRow[];
  overview: PlanOverview | null;
  /** Somebody else's that is read. */
  opened: PlanInfo | null;
  loaded: boolean;
  failure: ErrorBody | null;
};

const NEWS_MS = 150;
/** A hub bound: `WATCHES_MAX` is for all areas together. */
const WATCHED_MAX = 200;
const DAY_MS = 86_400_000;

export function plusWeeks(week: Day, weeks: number): Day {
  return new Date(Date.parse(`${week}T00:00:00Z`) + weeks * 7 * DAY_MS).toISOString().slice(0, 10);
}

export class PlanModel {
  readonly plans = new Observable<Plans>({
    tab: 'own', week: '', filter: { part: 'plan', state: null, unit: null },
    own: null, shared: [], overview: null, opened: null, loaded: false, failure: null,
  });
  /** The week in which the hub is now. */
  readonly current = new Observable<Day>('');

  /** News that came while nobody looked, since this sign-in. */
  readonly unseen = new Observable(0);

  private readonly follower: Follower;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private active = false;

  constructor(
    readonly http: Http,
    private readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
  ) {
    this.follower = new Follower(hub, WATCHED_MAX, () => this.news());
    hub.listen({
      signal: (stream, by) => {
        if (!stream.startsWith('plan:')) return;
        if (!this.active && by !== me) this.unseen.update((n) => n + 1);
        this.news();
      },
    });
    hub.state.subscribe(() => { if (hub.state.get().kind === 'connected') this.news(); });
  }

  /** Somebody looks: what was missed meanwhile is read. */
  open(): () => void {
    this.active = true;
    this.unseen.set(0);
    void this.load();
    return () => {
      this.active = false;
      clearTimeout(this.timer);
    };
  }

  news(): void {
    if (!this.active) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), NEWS_MS);
  }

  show(change: { tab?: PlanTab; week?: Day; filter?: Partial<Filter> }): void {
    this.plans.update((now) => {
      const other = (change.tab ?? now.tab) !== now.tab || (change.week ?? now.week) !== now.week;
      return {
        ...now, ...change, filter: { ...now.filter, ...change.filter },
        ...(other ? { own: null, shared: [], overview: null, opened: null, loaded: false } : {}),
      };
    });
    void this.load();
  }

  async load(): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const { tab, opened } = this.plans.get();
    const began = Date.now() + this.hub.clockSkew.get();
    try {
      const read = await this.read(tab);
      // One that is shared no longer is closed; the list says what else is wrong.
      const again = opened === null ? null : await this.plan(opened.plan).catch(() => null);
      if (mine !== this.turn) return;
      this.plans.update((now) => ({
        // What was opened or closed meanwhile is as the person left it.
        ...now, ...read, opened: now.opened?.plan === opened?.plan ? again : now.opened, loaded: true, failure: null,
      }));
      this.follow(began);
    } catch (cause) {
      if (mine === this.turn) this.plans.update((now) => ({ ...now, loaded: true, failure: errorBodyOf(cause) }));
    }
  }

  private async read(tab: PlanTab): Promise<Partial<Plans>> {
    if (this.current.get() === '') {
      const { week } = await this.http.call<PlanInfo>('GET', '/v1/plans/own');
      this.current.set(week);
    }
    const week = this.plans.get().week || this.current.get();
    const { part, state, unit } = this.plans.get().filter;
    if (tab === 'own') {
      const own = await this.http.call<PlanInfo>('GET', '/v1/plans/own', { week });
      this.cards.add(own.people);
      return { week, own };
    }
    if (tab === 'shared') {
      const shared = await this.http.call<PlanRow[]>('GET', '/v1/plans/shared', { week });
      this.cards.add(shared.map((row) => row.person));
      return { week, shared };
    }
    const overview = await this.http.call<PlanOverview>('GET', '/v1/plans', {
      week, part, state: state ?? undefined, unit: unit ?? undefined, limit: 200,
    });
    this.cards.add(overview.items.map((row) => row.person));
    return { week, overview };
  }

  async more(): Promise<void> {
    const { week, overview, filter: { part, state, unit } } = this.plans.get();
    if (overview?.next === undefined) return;
    const page = await this.http.call<PlanOverview>('GET', '/v1/plans', {
      week, part, state: state ?? undefined, unit: unit ?? undefined, limit: 200, after: overview.next,
    });
    this.cards.add(page.items.map((row) => row.person));
    this.plans.update((now) => ({ ...now, overview: { ...page, items: [...overview.items, ...page.items] } }));
  }

  /** Reads somebody's plan, which is then shown beside the list. */
  async look(plan: StreamId): Promise<void> {
    const began = Date.now() + this.hub.clockSkew.get();
    const opened = await this.plan(plan);
    this.plans.update((now) => ({ ...now, opened }));
    this.follow(began);
  }

  /** Shows one that a reminder is about, in its week among those to review. */
  async goTo(plan: StreamId): Promise<void> {
    const opened = await this.plan(plan);
    this.show({ tab: 'review', week: opened.week });
    this.plans.update((now) => ({ ...now, opened }));
  }

  close(): void { this.plans.update((now) => ({ ...now, opened: null })); }

  private async plan(plan: StreamId): Promise<PlanInfo> {
    const info = await this.http.call<PlanInfo>('GET', `/v1/plans/${plan.slice(plan.indexOf(':') + 1)}`);
    this.cards.add(info.people);
    return info;
  }

  async run(command: PlanCommand, plan?: StreamId): Promise<void> {
    await this.hub.command(command, plan).outcome;
    await this.load();
  }

  /** Where the table of what is listed is fetched; the session's cookie opens it. */
  tableUrl(language: string): string {
    const { week, overview } = this.plans.get();
    const query = new URLSearchParams({ week, language, ...(overview === null ? {} : { unit: overview.unit }) });
    return `/v1/plans.xlsx?${query.toString()}`;
  }

  /** What is in view is watched: a plan taken back or reviewed elsewhere changes here. */
  private follow(readAt: number): void {
    const { own, opened, shared, overview } = this.plans.get();
    const rows = [...shared, ...(overview?.items ?? [])].flatMap((row) => (row.plan === undefined ? [] : [row.plan]));
    this.follower.follow([
      ...(own?.exists === true ? [own.plan] : []), ...(opened === null ? [] : [opened.plan]), ...rows,
    ], readAt);
  }
}
