// Everything that lives as long as one sign-in: the connection and the areas' models, and
// why the hub ended the one or the other.

import { MeModel } from '../../areas/account/me';
import { AccountModel } from '../../areas/account/model';
import { carryOn } from '../../areas/account/push';
import { AppModel } from '../../areas/app/model';
import { CallModel } from '../../areas/call/model';
import { ContactModel } from '../../areas/contact/model';
import { DriveModel } from '../../areas/drive/model';
import { MailModel } from '../../areas/mail/model';
import { NoticeModel } from '../../areas/notice/model';
import { PlanModel } from '../../areas/plan/model';
import { RoomModel } from '../../areas/room/model';
import { ServiceModel } from '../../areas/service/model';
import { SearchModel } from '../../areas/search/model';
import { TaskModel } from '../../areas/task/model';
import { Cards } from '../../kit/cards';
import type { EventFrame, Me } from '../../wire/generated';
import { ApiError, type Http } from '../../wire/http';
import { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import { type SocketLike, comesBack } from '../../wire/socket';
import { LocalUnsent } from '../../wire/unsent';
import { LocalUploads, Uploads } from '../../wire/upload';

/** Why no connection is tried any more (`hub/protocol/src/close.rs`). */
export type Ending = 'signed_out' | 'abusive' | 'version' | 'other';

const ENDINGS: Readonly<Record<number, Ending>> = { 4500: 'signed_out', 4501: 'abusive', 4502: 'version' };

export class Session {
  readonly ending = new Observable<Ending | null>(null);
  readonly hub: Hub;
  readonly cards = new Cards();
  readonly account: AccountModel;
  readonly own: MeModel;
  readonly room: RoomModel;
  readonly mail: MailModel;
  readonly task: TaskModel;
  readonly plan: PlanModel;
  readonly notice: NoticeModel;
  readonly app: AppModel;
  readonly search: SearchModel;
  readonly service: ServiceModel;
  readonly call: CallModel;
  readonly uploads: Uploads;
  readonly drive: DriveModel;
  readonly contact: ContactModel;
  private readonly ends: (() => void)[] = [];
  private loading: ReturnType<typeof setTimeout> | undefined;
  private closedBy: number | undefined;

  constructor(readonly http: Http, me: Me) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.hub = new Hub({
      url: `${scheme}://${location.host}/v1/ws`,
      open: (url, protocol) => this.open(url, protocol),
      unsent: new LocalUnsent(me.card.account),
      signedIn: () => http.me().then(
        () => 'yes' as const,
        (error: unknown) => (error instanceof ApiError && error.status === 401 ? 'no' : 'unknown'),
      ),
    });
    this.ends.push(this.hub.state.subscribe(() => {
      if (this.hub.state.get().kind !== 'signed_out') return;
      this.ending.set(this.closedBy === undefined ? 'signed_out' : ENDINGS[this.closedBy] ?? 'other');
    }));
    this.account = new AccountModel(http, this.hub, this.cards, me);
    this.uploads = new Uploads(http, new LocalUploads(me.card.account));
    this.own = new MeModel(http, this.hub, this.account, this.uploads);
    this.ends.push(() => this.own.stop());
    this.drive = new DriveModel(http, this.hub, this.cards, this.uploads, me.card.account);
    this.room = new RoomModel(http, this.hub, this.cards, me.card.account, this.uploads);
    this.mail = new MailModel(http, this.hub, this.cards, me.card.account, this.uploads);
    this.ends.push(() => this.mail.stop());
    this.contact = new ContactModel(http, this.hub, this.cards);
    this.task = new TaskModel(http, this.hub, this.cards, me.card.account, this.uploads);
    this.plan = new PlanModel(http, this.hub, this.cards, me.card.account);
    this.notice = new NoticeModel(http, this.hub, this.cards, me.card.account);
    this.app = new AppModel(http, this.hub, this.uploads);
    this.search = new SearchModel(http, this.cards);
    this.service = new ServiceModel(http, this.hub, this.cards, me.card.account);
    this.call = new CallModel(http, this.hub, this.cards, me.card.account);
    this.ends.push(() => this.call.stop());
    this.room.heard.add((event) => this.service.heard(event));
    this.room.heard.add((event) => this.call.heardRoom(event));
    this.room.heard.add((event) => this.mail.heard(event));
  }

  start(): void {
    this.room.sending.adopt(this.hub.start());
    const wake = () => this.hub.wake();
    const lost = () => this.hub.networkLost();
    const shown = () => { if (document.visibilityState === 'visible') this.hub.wake(); };
    window.addEventListener('online', wake);
    window.addEventListener('offline', lost);
    document.addEventListener('visibilitychange', shown);
    this.ends.push(() => {
      window.removeEventListener('online', wake);
      window.removeEventListener('offline', lost);
      document.removeEventListener('visibilitychange', shown);
    });
    this.onceAllowed(() => {
      void this.load(0);
      this.own.start();
      this.call.start();
      carryOn(this.own, this.account.me.get().session).catch(() => undefined);
    });
  }

  stop(): void {
    clearTimeout(this.loading);
    for (const end of this.ends) end();
    this.hub.stop();
  }

  private ownEvent(event: EventFrame): void {
    this.own.ownEvent(event);
    this.contact.ownEvent(event);
    this.room.ownEvent(event);
    this.mail.ownEvent(event);
    this.notice.ownEvent(event);
    if (event.type !== 'account.history_cleared' || event.body === undefined) return;
    const { room } = event.body;
    for (const one of this.room.conversations.get().values()) {
      if (room === undefined || one.stream === `room:${room}`) this.room.histories.forget(one.stream, one.head);
    }
    void this.room.reload();
  }

  /** Nothing is asked for while a demanded change of the password is not done: all of it would
   *  be refused. */
  private onceAllowed(run: () => void): void {
    const { me } = this.account;
    if (!me.get().must_change_password) return run();
    const end = me.subscribe(() => {
      if (me.get().must_change_password) return;
      end();
      run();
    });
    this.ends.push(end);
  }

  /** The SDK says only that it will not come back; the number of the close says why. */
  private open(url: string, protocol: string): SocketLike {
    const socket = new WebSocket(url, protocol);
    socket.addEventListener('close', ({ code }) => { if (!comesBack(code)) this.closedBy = code; });
    return socket as unknown as SocketLike;
  }

  /** The own stream's head is read before the list: nothing joined in between is missed. */
  private async load(attempt: number): Promise<void> {
    try {
      const head = await this.account.head();
      await this.room.load();
      await this.service.load();
      this.mail.news();
      void this.contact.load();
      this.account.watch(
        head,
        (stream) => {
          if (stream.startsWith('room:')) this.mail.news();
          if (stream.startsWith('room:')) void this.room.reload().then(() => this.service.joined());
          if (stream.startsWith('task:')) this.task.news();
        },
        (stream) => {
          this.room.left(stream);
          if (stream.startsWith('task:')) this.task.news();
        },
        () => {
          void this.room.reload();
          this.task.news();
        },
        (event) => this.ownEvent(event),
      );
    } catch {
      if (this.ending.get() !== null) return;
      this.loading = setTimeout(() => void this.load(attempt + 1), Math.min(15_000, 500 * 2 ** attempt));
    }
  }
}
