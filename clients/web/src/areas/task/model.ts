// The tasks that one looks at: a window of days, one's own or somebody's who shares them. Day,
// week and month are views of the same list. No React here. Every task in the window is
// watched, so that what somebody else changes is seen at once. What is done to one occurrence
// of a series says to how much of it: that one, it and all that follow, or all.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, CalendarCommand, CalendarShares, CreateTask, Day, ErrorBody, FileRef, Repeat, StreamId, TaskCommand, TaskItem, TaskPerson, Zone,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Follower } from '../../wire/follower';
import { Observable } from '../../wire/observable';
import type { Uploads } from '../../wire/upload';
import { uuid7 } from '../../wire/uuid7';
import { DAY_MS, dayOf, instantOf, minutesOf, mondayOf, monthOf, plusDays, zoneHere } from './days';

export type Look = 'day' | 'week' | 'month';
export type Shown = { look: Look; day: Day; of: AccountId | null };
/** To how much of a series something is done. */
export type Scope = 'one' | 'rest' | 'all';
export type Change = {
  title?: string; note?: string; private?: boolean; repeat?: Repeat; starts_at?: number; ends_at?: number; people?: TaskPerson[];
};
export type Tasks = { shown: Shown; items: readonly TaskItem[]; failure: ErrorBody | null; loaded: boolean };

/** News that come together are answered by one reading. */
const NEWS_MS = 120;
/** So far ahead the next occurrence of a series is looked for. */
const SOON_DAYS = 62;
/** A hub bound: `WATCHES_MAX` is for all areas together. */
const WATCHED_MAX = 300;

export class TaskModel {
  readonly zone: Zone = zoneHere();
  readonly tasks: Observable<Tasks>;
  /** A task that somebody wants to see, found elsewhere. */
  readonly seek = new Observable<StreamId | null>(null);
  readonly shares = new Observable<CalendarShares | null>(null);

  private readonly follower: Follower;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private active = false;

  constructor(
    readonly http: Http,
    private readonly hub: Hub,
    readonly cards: Cards,
    readonly me: AccountId,
    readonly uploads: Uploads,
  ) {
    this.follower = new Follower(hub, WATCHED_MAX, () => this.news());
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
      this.tasks.update((now) => ({ ...now, items, failure: null, loaded: true }));
      if (shown.of === null) this.follower.follow(items.map((item) => item.task), began);
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

  /** Seen at once where it was put, and back where it was if the hub refuses. */
  async move(item: TaskItem, starts_at: number, ends_at: number, scope: Scope = 'all'): Promise<void> {
    const by = starts_at - item.starts_at;
    const same = (one: TaskItem) => one.task === item.task
      && (scope === 'all' || one.on === item.on || (scope === 'rest' && (one.on ?? '') > (item.on ?? '')));
    this.tasks.update((now) => ({
      ...now,
      items: now.items.map((one) => (same(one)
        ? { ...one, starts_at: one.starts_at + by, ends_at: one.ends_at + (ends_at - item.ends_at) } : one)),
    }));
    try {
      await this.change(item, { starts_at, ends_at }, scope);
    } catch (cause) {
      await this.load();
      throw cause;
    }
  }

  /** Answers the task that it is from then on: part of a series becomes one of its own. */
  async change(item: TaskItem, change: Change, scope: Scope): Promise<StreamId> {
    const { on, task } = item;
    const whole = scope === 'all' || on === undefined || (scope === 'rest' && on === await this.firstDay(task));
    if (whole) {
      await this.changeAll(item, change);
      return task;
    }
    // What one occurrence alone cannot have, a task of its own can.
    const { people, private: hidden, repeat, ...altered } = change;
    if (scope === 'one' && people === undefined && hidden === undefined && repeat === undefined) {
      await this.run(task, { type: 'task.alter', body: { on, ...altered } });
      return task;
    }
    const body = { on, ...change, ...(scope === 'one' ? { only: true } : {}) };
    const { result } = await this.hub.command({ type: 'task.split', body }, task).outcome;
    await this.load();
    return (result as { task: StreamId }).task;
  }

  private async changeAll(item: TaskItem, change: Change): Promise<void> {
    const { title, note, private: hidden, repeat, starts_at, ends_at } = change;
    const { task, on } = item;
    if (title !== undefined || note !== undefined || hidden !== undefined) {
      const body = { ...(title === undefined ? {} : { title }), ...(note === undefined ? {} : { note }), ...(hidden === undefined ? {} : { private: hidden }) };
      await this.hub.command({ type: 'task.change', body }, task).outcome;
    }
    if (starts_at !== undefined && ends_at !== undefined) {
      const body = on === undefined ? { starts_at, ends_at } : await this.wholeSpan(item, on, starts_at, ends_at);
      // It is to stand where it was put, not where it was put for itself before.
      if (on !== undefined && item.altered === true) await this.hub.command({ type: 'task.restore', body: { on } }, task).outcome;
      await this.hub.command({ type: 'task.move', body }, task).outcome;
    }
    if (repeat !== undefined) await this.hub.command({ type: 'task.repeat', body: { repeat } }, task).outcome;
    await this.load();
  }

  /** When the series begins so that this occurrence takes place then. */
  private async wholeSpan(item: TaskItem, on: Day, starts_at: number, ends_at: number): Promise<{ starts_at: number; ends_at: number }> {
    const first = await this.rule(item.task);
    const ruled = instantOf(on, minutesOf(first.starts_at, first.zone), first.zone);
    const begins = first.starts_at + (starts_at - ruled);
    return { starts_at: begins, ends_at: begins + (ends_at - starts_at) };
  }

  private async firstDay(task: StreamId): Promise<Day> {
    const first = await this.rule(task);
    return dayOf(first.starts_at, first.zone);
  }

  /** Does away with an occurrence, with it and all that follow, or with the task. */
  async cancel(item: TaskItem, scope: Scope): Promise<void> {
    const { on, task } = item;
    if (scope === 'all' || on === undefined) return this.run(task, { type: 'task.remove', body: {} });
    if (scope === 'one') return this.run(task, { type: 'task.skip', body: { on } });
    const first = on === await this.firstDay(task);
    return this.run(task, first ? { type: 'task.remove', body: {} } : { type: 'task.stop', body: { on } });
  }

  /** Puts files to it: from this device, each as it arrives, or from elsewhere in the hub. */
  async upload(task: StreamId, sources: readonly File[]): Promise<void> {
    for (const source of sources) {
      const { key, done } = this.uploads.begin(source, task);
      const file = await done;
      await this.attach(task, [file]);
      this.uploads.drop(key);
    }
  }

  async attach(task: StreamId, files: FileRef[]): Promise<void> {
    await this.run(task, { type: 'task.attach', body: { files } });
  }

  /** Shows the day on which a task begins. */
  async goTo(task: StreamId): Promise<void> {
    const { starts_at, repeat } = await this.rule(task);
    const next = repeat === undefined ? undefined : await this.nextOf(task);
    this.show({ look: 'day', day: dayOf(next?.starts_at ?? starts_at, this.zone), of: null });
  }

  /** Of a series, the occurrence that comes next is meant, or the one of today. */
  private async nextOf(task: StreamId): Promise<TaskItem | undefined> {
    const from = instantOf(this.today(), 0, this.zone);
    const items = await this.http.call<TaskItem[]>('GET', '/v1/tasks', { from, to: from + SOON_DAYS * DAY_MS });
    return items.find((one) => one.task === task && one.starts_at >= from);
  }

  /** The task itself, with when its series begins: the list tells occurrences only. */
  rule(task: StreamId): Promise<TaskItem> {
    return this.http.call('GET', `/v1/tasks/${task.slice(task.indexOf(':') + 1)}`);
  }

  /** The room in which the task's people talk; opened when first asked for. */
  async room(item: Pick<TaskItem, 'task' | 'room'>): Promise<StreamId> {
    if (item.room !== undefined) return `room:${item.room}`;
    return (await this.hub.command({ type: 'room.open_task', body: { task: item.task } }).outcome).stream;
  }
}

export function keyOf(item: TaskItem): string { return `${item.task} ${item.on ?? ''}`; }

export function isOwner(item: TaskItem, me: AccountId): boolean {
  return item.people.some((one) => one.account === me && one.part === 'owner');
}

/** Longer than this it is shown above the hours. */
export function isLong(item: TaskItem): boolean { return item.ends_at - item.starts_at >= DAY_MS; }
