// The tasks that one looks at: a window of days, one's own or somebody's who shares them. Day,
// week and month are views of the same list. No React here. Every task in the window is
// watched, so that what somebody else changes is seen at once.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, CalendarCommand, CalendarShares, CreateTask, Day, ErrorBody, StreamId, TaskCommand, TaskItem, Zone,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import { uuid7 } from '../../wire/uuid7';
import { DAY_MS, dayOf, instantOf, mondayOf, monthOf, plusDays, zoneHere } from './days';

export type Look = 'day' | 'week' | 'month';
export type Shown = { look: Look; day: Day; of: AccountId | null };
export type Tasks = { shown: Shown; items: readonly TaskItem[]; failure: ErrorBody | null; loaded: boolean };

/** News that come together are answered by one reading. */
const NEWS_MS = 120;
/** How much older than the reading an event may be and still be news: clocks differ. */
const SLACK_MS = 2_000;
/** A hub bound: `WATCHES_MAX` is for all areas together. */
const WATCHED_MAX = 300;

export class TaskModel {
  readonly zone: Zone = zoneHere();
  readonly tasks: Observable<Tasks>;
  /** A task that somebody wants to see, found elsewhere. */
  readonly seek = new Observable<StreamId | null>(null);
  readonly shares = new Observable<CalendarShares | null>(null);

  private readonly watched = new Set<StreamId>();
  private turn = 0;
  private readAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private active = false;

  constructor(
    readonly http: Http,
    private readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
  ) {
    const shown: Shown = { look: 'day', day: this.today(), of: null };
    this.tasks = new Observable<Tasks>({ shown, items: [], failure: null, loaded: false });
    hub.state.subscribe(() => { if (hub.state.get().kind === 'connected') this.news(); });
  }

  today(): Day { return dayOf(this.now(), this.zone); }
  now(): number { return Date.now() + this.hub.clockSkew.get(); }

  /** Somebody looks: what was missed meanwhile is read. */
  open(): () => void {
    this.active = true;
    void this.load();
    return () => {
      this.active = false;
      clearTimeout(this.timer);
    };
  }

  show(change: Partial<Shown>): void {
    const { shown } = this.tasks.get();
    const next = { ...shown, ...change };
    const other = next.of !== shown.of;
    this.tasks.update((now) => ({ ...now, shown: next, ...(other ? { items: [], loaded: false } : {}) }));
    void this.load();
  }

  /** The days that the view covers, the last one not included. */
  window(shown = this.tasks.get().shown): [from: Day, to: Day] {
    const { look, day } = shown;
    if (look === 'month') {
      const days = monthOf(day);
      return [days[0]!, plusDays(days.at(-1)!, 1)];
    }
    // A day is shown within its week: the strip above it tells where something is.
    const monday = mondayOf(day);
    return [monday, plusDays(monday, 7)];
  }

  /** Something may be different: a task came, went, or changed. */
  news(): void {
    if (!this.active) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), NEWS_MS);
  }

  async load(): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const { shown } = this.tasks.get();
    const [from, to] = this.window(shown);
    const began = this.now();
    try {
      const items = await this.http.call<TaskItem[]>('GET', '/v1/tasks', {
        from: instantOf(from, 0, this.zone), to: instantOf(to, 0, this.zone), of: shown.of ?? undefined,
      });
      if (mine !== this.turn) return;
      this.readAt = began;
      this.tasks.update((now) => ({ ...now, items, failure: null, loaded: true }));
      if (shown.of === null) this.follow(items);
    } catch (cause) {
      if (mine === this.turn) this.tasks.update((now) => ({ ...now, failure: errorBodyOf(cause), loaded: true }));
    }
  }

  async loadShares(): Promise<void> {
    const shares = await this.http.call<CalendarShares>('GET', '/v1/calendar');
    this.cards.add([...shares.with, ...shares.from]);
    this.shares.set(shares);
  }

  /** The people of a task, or of all in view, as cards. */
  async loadNames(items = this.tasks.get().items): Promise<void> {
    await this.cards.load(this.http, items.flatMap((item) => item.people.map((one) => one.account)));
  }

  async create(body: CreateTask): Promise<StreamId> {
    const stream: StreamId = `task:${uuid7()}`;
    await this.run(stream, { type: 'task.create', body });
    return stream;
  }

  async run(stream: StreamId, command: TaskCommand): Promise<void> {
    await this.hub.command(command, stream).outcome;
    await this.load();
  }

  async calendar(command: CalendarCommand): Promise<void> {
    await this.hub.command(command).outcome;
    if (command.type === 'calendar.write_note') await this.load();
    else await this.loadShares();
  }

  /** Seen at once where it was put, and back where it was if the hub refuses. A repeating task
   *  moves with all its occurrences. */
  async move(item: TaskItem, starts_at: number, ends_at: number): Promise<void> {
    const by = starts_at - item.starts_at;
    const same = (one: TaskItem) => one.task === item.task;
    this.tasks.update((now) => ({
      ...now,
      items: now.items.map((one) => (same(one)
        ? { ...one, starts_at: one.starts_at + by, ends_at: one.ends_at + (ends_at - item.ends_at) } : one)),
    }));
    try {
      const first = item.repeat === undefined ? item : await this.rule(item.task);
      const body = { starts_at: first.starts_at + by, ends_at: first.ends_at + (ends_at - item.ends_at) };
      await this.run(item.task, { type: 'task.move', body });
    } catch (cause) {
      await this.load();
      throw cause;
    }
  }

  /** Shows the day on which a task begins. */
  async goTo(task: StreamId): Promise<void> {
    const { starts_at } = await this.rule(task);
    this.show({ look: 'day', day: dayOf(starts_at, this.zone), of: null });
  }

  /** The task itself, with when its series begins: the list tells occurrences only. */
  private rule(task: StreamId): Promise<TaskItem> {
    return this.http.call('GET', `/v1/tasks/${task.slice(task.indexOf(':') + 1)}`);
  }

  /** The room in which the task's people talk; opened when first asked for. */
  async room(item: Pick<TaskItem, 'task' | 'room'>): Promise<StreamId> {
    if (item.room !== undefined) return `room:${item.room}`;
    return (await this.hub.command({ type: 'room.open_task', body: { task: item.task } }).outcome).stream;
  }

  private follow(items: readonly TaskItem[]): void {
    for (const { task } of items) {
      if (this.watched.has(task) || this.watched.size >= WATCHED_MAX) continue;
      this.watched.add(task);
      this.hub.watch(task, 0, {
        event: (event) => { if (event.at >= this.readAt - SLACK_MS) this.news(); },
        hole: () => this.news(),
        gone: () => {
          this.watched.delete(task);
          this.news();
        },
      });
    }
  }
}

export function keyOf(item: TaskItem): string { return `${item.task} ${item.on ?? ''}`; }

export function isOwner(item: TaskItem, me: AccountId): boolean {
  return item.people.some((one) => one.account === me && one.part === 'owner');
}

/** Longer than this it is shown above the hours. */
export function isLong(item: TaskItem): boolean { return item.ends_at - item.starts_at >= DAY_MS; }
