// What the signed-in person keeps on the account, and what the organisation has set for all:
// preferences, picture, own fields, watermark, devices that are pushed to. No React here.

import { adopt, keepChoices, type Prefs } from '../../kit/prefs';
import type {
  AccountCommand, EventFrame, FieldValue, OrganisationCommand, OrganisationInfo, PersonProfile, PushInfo,
  PushLogLine, SetPreferences, StreamId, WatermarkInfo,
} from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Uploads } from '../../wire/upload';
import type { AccountModel } from './model';

const AGAIN = 30_000;

export class MeModel {
  readonly organisation = new Observable<OrganisationInfo | null>(null);
  readonly watermark = new Observable<WatermarkInfo | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly http: Http,
    private readonly hub: Hub,
    private readonly account: AccountModel,
    private readonly uploads: Uploads,
  ) {
    adopt(account.me.get().preferences);
    this.ends.push(keepChoices((change) => void this.keep(change)));
  }

  /** After the sign-in is good for everything. */
  start(): void { void this.load(); }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const end of this.ends) end();
  }

  /** What happened on the person's own stream, on this device or another. */
  ownEvent(event: EventFrame): void {
    if (event.type === 'account.preferences_set' && event.body) adopt(event.body.preferences);
    if (event.type === 'account.avatar_set' || event.type === 'account.fields_set') void this.account.refresh();
    if (event.type === 'account.profile_updated') void this.marks();
  }

  async setAvatar(picture: Blob | null): Promise<void> {
    if (picture === null) {
      await this.run({ type: 'account.set_avatar', body: {} });
    } else {
      const { key, done } = this.uploads.begin(new File([picture], 'avatar.jpg', { type: 'image/jpeg' }), 'avatar');
      try {
        await this.run({ type: 'account.set_avatar', body: { picture: await done } });
      } finally {
        this.uploads.drop(key);
      }
    }
    await this.account.refresh();
  }

  async setFields(values: FieldValue[]): Promise<void> {
    await this.run({ type: 'account.set_fields', body: { values } });
    await this.account.refresh();
  }

  async clearHistory(room: { stream: StreamId; head: number } | null): Promise<void> {
    const body = room === null ? {} : { room: room.stream.slice('room:'.length), seq: room.head };
    await this.run({ type: 'account.clear_history', body });
  }

  person(account: string): Promise<PersonProfile> { return this.http.call('GET', `/v1/people/${account}`); }
  push(): Promise<PushInfo> { return this.http.call('GET', '/v1/push'); }
  pushLog(): Promise<PushLogLine[]> { return this.http.call('GET', '/v1/push/log'); }
  async operate(command: OrganisationCommand): Promise<void> { await this.hub.command(command).outcome; }
  run(command: AccountCommand): Promise<unknown> { return this.account.run(command); }

  private async keep({ language, size, contrast, alerts }: Partial<Prefs>): Promise<void> {
    const body: SetPreferences = {
      ...(language === undefined ? {} : { language }),
      ...(size === undefined ? {} : { text_size: size }),
      ...(contrast === undefined ? {} : { contrast }),
      ...(alerts === undefined ? {} : { alerts }),
    };
    // Not kept on the account: it holds on this device, and the next choice is kept again.
    await this.run({ type: 'account.set_preferences', body }).catch(() => undefined);
  }

  private async load(): Promise<void> {
    try {
      const info = await this.http.call<OrganisationInfo>('GET', '/v1/organisation');
      if (this.stopped) return;
      this.organisation.set(info);
      await this.marks();
      this.hub.watch(info.stream, info.head, { event: () => void this.again(), hole: () => void this.again() });
    } catch {
      if (!this.stopped) this.timer = setTimeout(() => void this.load(), AGAIN);
    }
  }

  private async again(): Promise<void> {
    try {
      this.organisation.set(await this.http.call<OrganisationInfo>('GET', '/v1/organisation'));
    } catch {
      // The next change brings it.
    }
    await this.marks();
  }

  /** Again at midnight: the hidden one says the day. */
  private async marks(): Promise<void> {
    clearTimeout(this.timer);
    let wait = AGAIN;
    try {
      const info = await this.http.call<WatermarkInfo>('GET', '/v1/watermark');
      this.watermark.set(info);
      wait = Math.min(Math.max(info.until - Date.now(), 1_000), 6 * 3_600_000);
    } catch {
      // Whoever looks stays marked by what was there before.
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.marks(), wait);
  }
}
