// Everything that lives as long as one sign-in: the connection and the areas' models.

import { AccountModel } from '../../areas/account/model';
import { RoomModel } from '../../areas/room/model';
import { Cards } from '../../kit/cards';
import type { Me } from '../../wire/generated';
import { ApiError, type Http } from '../../wire/http';
import { Hub } from '../../wire/hub';
import { LocalUnsent } from '../../wire/unsent';

export class Session {
  readonly hub: Hub;
  readonly cards = new Cards();
  readonly account: AccountModel;
  readonly room: RoomModel;
  private readonly ends: (() => void)[] = [];
  private loading: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly http: Http, me: Me) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.hub = new Hub({
      url: `${scheme}://${location.host}/v1/ws`,
      unsent: new LocalUnsent(me.card.account),
      signedIn: () => http.me().then(
        () => 'yes' as const,
        (error: unknown) => (error instanceof ApiError && error.status === 401 ? 'no' : 'unknown'),
      ),
    });
    this.account = new AccountModel(http, this.hub, this.cards, me);
    this.room = new RoomModel(http, this.hub, this.cards, me.card.account);
  }

  start(): void {
    this.room.adopt(this.hub.start());
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
    void this.load(0);
  }

  stop(): void {
    clearTimeout(this.loading);
    for (const end of this.ends) end();
    this.hub.stop();
  }

  /** The own stream's head is read before the list: nothing joined in between is missed. */
  private async load(attempt: number): Promise<void> {
    try {
      const head = await this.account.head();
      await this.room.load();
      this.account.watch(
        head,
        (stream) => { if (stream.startsWith('room:')) void this.room.reload(); },
        (stream) => this.room.left(stream),
        () => void this.room.reload(),
      );
    } catch {
      if (this.hub.state.get().kind === 'signed_out') return;
      this.loading = setTimeout(() => void this.load(attempt + 1), Math.min(15_000, 500 * 2 ** attempt));
    }
  }
}
