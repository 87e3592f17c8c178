// The drives of the signed-in person: which there are, and what lies where one looks. No React
// here. The space that is open is watched, so that another's change is seen at once.

import type { Cards } from '../../kit/cards';
import type {
  AccountId, DriveLink, DriveListing, DriveNode, DriveVersion, ErrorBody, FileRef, Page, Receipt, SpaceCard, SpaceCommand, SpaceMember, StreamId,
} from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import type { Hub } from '../../wire/hub';
import { Observable } from '../../wire/observable';
import type { Upload, Uploads } from '../../wire/upload';
import { uuid7 } from '../../wire/uuid7';

export const TOP = 0;
export type Step = { node: number; name: string };
export type Look = {
  space: StreamId | null;
  /** From the top down; empty at the top. */
  path: readonly Step[];
  bin: boolean;
  nodes: readonly DriveNode[];
  next?: string;
  loaded: boolean;
  failure: ErrorBody | null;
};

const NEWS_MS = 120;
const PAGE = 200;

export class DriveModel {
  readonly spaces = new Observable<readonly SpaceCard[]>([]);
  readonly look = new Observable<Look>({ space: null, path: [], bin: false, nodes: [], loaded: false, failure: null });

  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private active = false;

  constructor(
    readonly http: Http,
    private readonly hub: Hub,
    readonly cards: Cards,
    readonly uploads: Uploads,
    readonly me: AccountId,
  ) {
    uploads.onDone = (upload, file) => this.uploaded(upload, file);
    hub.state.subscribe(() => { if (hub.state.get().kind === 'connected' && this.active) this.news(); });
  }

  open(): () => void {
    this.active = true;
    void this.start();
    return () => { this.active = false; };
  }

  /** The own space exists from the first time it is looked at. */
  private async start(): Promise<void> {
    try {
      await this.loadSpaces();
      if (!this.spaces.get().some((one) => one.kind === 'personal')) {
        await this.hub.command({ type: 'drive.open_personal', body: {} }).outcome;
        await this.loadSpaces();
      }
      const { space } = this.look.get();
      const first = this.spaces.get().find((one) => one.kind === 'personal');
      if (space === null && first !== undefined) this.show(first.stream);
      else await this.load();
    } catch (cause) {
      this.look.update((now) => ({ ...now, loaded: true, failure: errorBodyOf(cause) }));
    }
  }

  async loadSpaces(): Promise<void> {
    const answer = await this.http.call<SpaceCard[]>('GET', '/v1/drive');
    this.spaces.set(answer);
  }

  /** For a dialog elsewhere that offers one's spaces. */
  async loadOwn(): Promise<void> { if (this.spaces.get().length === 0) await this.start(); }

  async loadCards(accounts: readonly AccountId[]): Promise<void> { await this.cards.load(this.http, accounts); }

  card(space: StreamId | null): SpaceCard | undefined { return this.spaces.get().find((one) => one.stream === space); }

  show(space: StreamId, path: readonly Step[] = [], bin = false): void {
    const before = this.look.get().space;
    this.look.set({ space, path, bin, nodes: [], loaded: false, failure: null });
    if (before !== space) {
      if (before !== null) this.hub.unwatch(before);
      this.hub.watch(space, this.card(space)?.head ?? 0, {
        event: () => this.news(), hole: () => this.news(), gone: () => this.left(space),
      });
    }
    void this.load();
  }

  news(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.load();
      this.loadSpaces().catch(() => undefined);
    }, NEWS_MS);
  }

  async load(more = false): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const { space, next } = this.look.get();
    if (space === null) return;
    try {
      const page = await this.read(more ? next : undefined);
      if (mine !== this.turn) return;
      this.look.update(({ next: _, ...now }) => ({
        ...now, ...page, nodes: more ? [...now.nodes, ...page.nodes] : page.nodes, loaded: true, failure: null,
      }));
    } catch (cause) {
      if (mine === this.turn) this.look.update((now) => ({ ...now, loaded: true, failure: errorBodyOf(cause) }));
    }
  }

  /** A page of a folder, and the way to it as it is called now. */
  list(space: StreamId, folder: number, after?: string): Promise<DriveListing> {
    return this.http.call('GET', `/v1/drive/${idOf(space)}/nodes`, {
      folder: folder === TOP ? undefined : folder, after, limit: PAGE,
    });
  }

  private async read(after?: string): Promise<{ nodes: readonly DriveNode[]; path: readonly Step[]; next?: string }> {
    const { space, path, bin } = this.look.get();
    if (bin) {
      const page = await this.http.call<Page<DriveNode>>('GET', `/v1/drive/${idOf(space!)}/bin`, { after, limit: PAGE });
      return { nodes: page.items, path, ...(page.next === undefined ? {} : { next: page.next }) };
    }
    const page = await this.list(space!, path.at(-1)?.node ?? TOP, after);
    return { nodes: page.items, path: page.path, ...(page.next === undefined ? {} : { next: page.next }) };
  }

  versions(space: StreamId, node: number): Promise<DriveVersion[]> {
    return this.http.call('GET', `/v1/drive/${idOf(space)}/nodes/${node}/versions`);
  }

  links(space: StreamId): Promise<DriveLink[]> { return this.http.call('GET', `/v1/drive/${idOf(space)}/links`); }

  members(space: StreamId): Promise<SpaceMember[]> { return this.http.call('GET', `/v1/drive/${idOf(space)}/members`); }

  async run(space: StreamId, command: SpaceCommand): Promise<Receipt> {
    const receipt = await this.hub.command(command, space).outcome;
    if (space === this.look.get().space) await this.load();
    return receipt;
  }

  async createSpace(name: string, members: readonly AccountId[]): Promise<void> {
    const stream: StreamId = `drive:${uuid7()}`;
    const body = { name, ...(members.length === 0 ? {} : { members: members.map((account) => ({ account, role: 'writer' as const })) }) };
    await this.hub.command({ type: 'drive.create_space', body }, stream).outcome;
    await this.loadSpaces();
    this.show(stream);
  }

  /** Into the folder that is open now, wherever one goes meanwhile. */
  upload(files: Iterable<File>): void {
    const { space, path } = this.look.get();
    if (space === null) return;
    for (const file of files) this.uploads.begin(file, `${space}/${path.at(-1)?.node ?? TOP}`);
  }

  uploadVersion(node: number, file: File): void {
    const { space } = this.look.get();
    if (space !== null) this.uploads.begin(file, `${space}/v${node}`);
  }

  /** Puts a file that one has, from a chat or from another space. */
  async save(space: StreamId, parent: number, file: FileRef): Promise<void> {
    await this.run(space, { type: 'drive.add_file', body: { parent, file } });
  }

  async send(room: StreamId, file: FileRef): Promise<void> {
    const part = { kind: 'document' as const, file };
    await this.hub.command({ type: 'room.send_message', body: { text: '', part } }, room).outcome;
  }

  private uploaded(upload: Upload, file: FileRef): void {
    const to = /^(drive:[0-9a-f-]{36})\/(v?)(\d+)$/u.exec(upload.purpose);
    if (to === null) return;
    const [, space, version, number] = to;
    const node = Number(number);
    const command: SpaceCommand = version === 'v'
      ? { type: 'drive.add_version', body: { node, file } }
      : { type: 'drive.add_file', body: { parent: node, file } };
    this.run(space!, command).catch((cause: unknown) => this.uploads.fail(upload.key, errorBodyOf(cause)));
  }

  private left(space: StreamId): void {
    if (this.look.get().space === space) this.look.set({ space: null, path: [], bin: false, nodes: [], loaded: false, failure: null });
    if (this.active) void this.start();
  }
}

export function idOf(stream: StreamId): string { return stream.slice(stream.indexOf(':') + 1); }

/** Where a file of a space is read; images also come small. */
export function fileUrl(space: StreamId, node: DriveNode, size?: 'thumb'): string {
  const query = new URLSearchParams({ drive: idOf(space), node: String(node.node), ...(size ? { size } : {}) });
  return `/v1/blobs/${node.file?.blob ?? ''}?${query.toString()}`;
}

export function versionUrl(space: StreamId, version: DriveVersion): string {
  const query = new URLSearchParams({ stream: space, seq: String(version.seq) });
  return `/v1/blobs/${version.file.blob}?${query.toString()}`;
}

export function isImage(file: FileRef | undefined): boolean {
  return file !== undefined && /^image\/(png|jpeg|gif|webp)$/u.test(file.type);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

export function sizeWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
