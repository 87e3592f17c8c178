// The app square, and what its managers do. No React here.

import type {
  AppCommand, AppInfo, ErrorBody, Receipt, Scope, SquareApp, StreamId, WebhookTopic,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Uploads } from '../../wire/upload';
import { uuid7 } from '../../wire/uuid7';
import { newSecret } from '../../kit/secret';

export type Square = { apps: readonly SquareApp[]; loaded: boolean; failure: ErrorBody | null };

/** Room between neighbours, so that one can be put between two without moving the others. */
const STEP = 10;

export class AppModel {
  readonly square = new Observable<Square>({ apps: [], loaded: false, failure: null });
  /** `null`: not asked for yet, or not this person's to manage. */
  readonly managed = new Observable<readonly AppInfo[] | null>(null);

  constructor(private readonly http: Http, private readonly hub: Hub, private readonly uploads: Uploads) {}

  async load(): Promise<void> {
    try {
      const apps = await this.http.call<SquareApp[]>('GET', '/v1/apps/square');
      this.square.set({ apps, loaded: true, failure: null });
    } catch (cause) {
      this.square.update((now) => ({ ...now, loaded: true, failure: errorBodyOf(cause) }));
    }
  }

  /** Refused to whoever manages a part of the organisation only: then there is nothing to show. */
  async loadManaged(): Promise<void> {
    try {
      this.managed.set(await this.http.call<AppInfo[]>('GET', '/v1/apps'));
    } catch (cause) {
      if (errorBodyOf(cause).kind === 'forbidden') this.managed.set(null);
    }
  }

  async register(name: string, account: string): Promise<StreamId> {
    const app: StreamId = `app:${uuid7()}`;
    const last = Math.max(0, ...(this.managed.get() ?? []).map((one) => one.order));
    await this.hub.command({ type: 'app.create', body: { name, account } }, app).outcome;
    await this.run(app, { type: 'app.change', body: { order: last + STEP } });
    return app;
  }

  async run(app: StreamId, command: AppCommand): Promise<Receipt> {
    const receipt = await this.hub.command(command, app).outcome;
    await Promise.all([this.load(), this.loadManaged()]);
    return receipt;
  }

  /** A square picture, as `squareOf` cuts it. */
  async setPicture(app: StreamId, picture: Blob): Promise<void> {
    const { key, done } = this.uploads.begin(new File([picture], 'icon.png', { type: 'image/png' }), 'icon');
    try {
      await this.run(app, { type: 'app.change', body: { icon: { kind: 'picture', file: await done } } });
    } finally {
      this.uploads.drop(key);
    }
  }

  /** The secret is told here and nowhere else. */
  async issueToken(app: StreamId, label: string, scopes: readonly Scope[]): Promise<string> {
    const { secret, hash } = await newSecret('app_');
    await this.run(app, { type: 'app.issue_token', body: { token: uuid7(), label, scopes: [...scopes], hash } });
    return secret;
  }

  async setWebhook(app: StreamId, url: string, topics: readonly WebhookTopic[]): Promise<string> {
    const { result } = await this.run(app, { type: 'app.set_webhook', body: { url, topics: [...topics] } });
    return (result as { secret: string }).secret;
  }

  /** Puts an application to another place of the list. */
  async place(app: StreamId, to: number): Promise<void> {
    const moves = placed(this.managed.get() ?? [], app, to);
    for (const { app: one, order } of moves) {
      await this.hub.command({ type: 'app.change', body: { order } }, one).outcome;
    }
    await Promise.all([this.load(), this.loadManaged()]);
  }

  async openChat(app: StreamId): Promise<StreamId> {
    return (await this.hub.command({ type: 'room.open_app', body: { app } }).outcome).stream;
  }
}

export function idOf(app: StreamId): string { return app.slice(app.indexOf(':') + 1); }

/** Typed letters fit a name, its pinyin from any character on, or the initials. */
export function fits(app: Pick<SquareApp, 'keys' | 'summary'>, query: string): boolean {
  const words = query.trim().toLowerCase();
  return words === '' || app.keys.includes(words) || app.summary.toLowerCase().includes(words);
}

/** The new numbers of those whose number changes when one goes to another place. */
export function placed(apps: readonly Pick<AppInfo, 'app' | 'order'>[], app: StreamId, to: number): { app: StreamId; order: number }[] {
  const moved = apps.find((one) => one.app === app);
  if (moved === undefined) return [];
  const rest = apps.filter((one) => one.app !== app);
  const next = [...rest.slice(0, to), moved, ...rest.slice(to)];
  return next
    .map((one, n) => ({ app: one.app, order: (n + 1) * STEP, before: one.order }))
    .filter((one) => one.order !== one.before)
    .map(({ app: id, order }) => ({ app: id, order }));
}
