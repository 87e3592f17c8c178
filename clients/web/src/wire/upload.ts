// Files on their way to the hub, in pieces, so that nothing is lost to a broken network, a
// pause or a reload. What is told to the hub is in `hub/protocol/src/file.rs`. No framework
// here: a page shows `all`, the chat composer waits for `begin(…).done`.
//
// A page that was reloaded no longer has the file's bytes, only its name, size and date: such
// an upload is `lost` until the same file is handed in again, and goes on where it stopped.

import type { BeginUpload, ErrorBody, FileRef, UploadState } from './generated';
import { ApiError, type Http, errorBodyOf } from './http';
import { Observable } from './observable';
import { uuid7 } from './uuid7';

/** What is sent in one request: short enough to be lost without regret. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
const REQUEST_BYTES_MIN = 256 * 1024;
/** A request should take about this long, so that progress is seen. */
const REQUEST_MS = 1_000;
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

export type UploadPhase = 'waiting' | 'sending' | 'paused' | 'lost' | 'done' | 'failed';

export type Upload = {
  /** Of this browser; the hub's own id is `id`. */
  key: string;
  id?: string;
  name: string;
  bytes: number;
  /** The file's own date, to know it again. */
  modified: number;
  /** Whose it is, in the words of who began it: `drive:…` or `room:…`. */
  purpose: string;
  sent: number;
  phase: UploadPhase;
  error?: ErrorBody;
  file?: FileRef;
};

export type Begun = { key: string; done: Promise<FileRef> };

/** What of a File is needed: a recording is a Blob that was given a name. */
export type Source = Blob & { name: string; lastModified?: number };

type Running = {
  source?: Source;
  stop: AbortController;
  resolve: (file: FileRef) => void;
  reject: (error: ApiError) => void;
};

export interface UploadStore {
  load(): Upload[];
  save(uploads: readonly Upload[]): void;
}

/** The hub holds more or less than was thought: where it stands is asked, and it goes on. */
const ASKED_AGAIN = ['drive.wrong_offset', 'drive.upload_busy'];
/** At most this many at once: the others wait their turn. */
const SENDING_MAX = 2;

export class Uploads {
  readonly all = new Observable<readonly Upload[]>([]);
  /** Told of every finished upload, also of one that an earlier page began. */
  onDone: (upload: Upload, file: FileRef) => void = () => undefined;

  private readonly running = new Map<string, Running>();

  constructor(private readonly http: Http, private readonly store: UploadStore) {
    const left = store.load().map((one): Upload => ({ ...one, phase: 'lost' }));
    this.all.set(left);
  }

  begin(source: Source, purpose: string): Begun {
    const key = uuid7();
    const one: Upload = {
      key, name: source.name, bytes: source.size, modified: source.lastModified ?? 0, purpose,
      sent: 0, phase: 'waiting',
    };
    const done = new Promise<FileRef>((resolve, reject) => {
      this.running.set(key, { source, stop: new AbortController(), resolve, reject });
    });
    // Whoever does not wait for it reads the outcome from the list.
    done.catch(() => undefined);
    this.all.update((now) => [...now, one]);
    this.next();
    return { key, done };
  }

  pause(key: string): void {
    this.running.get(key)?.stop.abort();
    this.patch(key, { phase: 'paused' });
    this.next();
  }

  /** Goes on. After a reload the file has to be handed in again: answers whether it is the one. */
  resume(key: string, source?: Source): boolean {
    const one = this.get(key);
    if (one === undefined) return false;
    const held = this.running.get(key);
    const bytes = source ?? held?.source;
    if (bytes === undefined) return false;
    if (source !== undefined && !isSame(one, source)) return false;
    this.running.set(key, {
      source: bytes, stop: new AbortController(),
      resolve: held?.resolve ?? (() => undefined), reject: held?.reject ?? (() => undefined),
    });
    this.patch(key, { phase: 'waiting' }, ['error']);
    this.next();
    return true;
  }

  /** Gives it up, or takes a finished one off the list. */
  drop(key: string): void {
    const held = this.running.get(key);
    held?.stop.abort();
    held?.reject(new ApiError({ code: 'hub.given_up', kind: 'conflict', message: 'given up' }, 0));
    this.running.delete(key);
    const one = this.get(key);
    if (one?.id !== undefined && one.phase !== 'done') {
      // The hub forgets it by itself, later.
      this.http.call('DELETE', `/v1/uploads/${one.id}`).catch(() => undefined);
    }
    this.all.update((now) => now.filter((other) => other.key !== key));
    this.keep();
    this.next();
  }

  /** The file is there, but what it was for was refused. */
  fail(key: string, error: ErrorBody): void { this.patch(key, { phase: 'failed', error }); }

  get(key: string): Upload | undefined { return this.all.get().find((one) => one.key === key); }

  private next(): void {
    const list = this.all.get();
    let free = SENDING_MAX - list.filter((one) => one.phase === 'sending').length;
    for (const one of list) {
      if (free <= 0) return;
      if (one.phase !== 'waiting') continue;
      free -= 1;
      this.patch(one.key, { phase: 'sending' });
      void this.run(one.key);
    }
  }

  private async run(key: string): Promise<void> {
    const held = this.running.get(key);
    if (held?.source === undefined) return;
    const { source, stop } = held;
    try {
      const state = await this.persistently(stop.signal, () => this.send(key, source, stop.signal));
      this.patch(key, { phase: 'done', sent: source.size, file: state });
      this.running.delete(key);
      held.resolve(state);
      const one = this.get(key);
      if (one !== undefined) this.onDone(one, state);
    } catch (cause) {
      if (stop.signal.aborted) return;
      const error = errorBodyOf(cause);
      this.patch(key, { phase: 'failed', error });
      held.reject(cause instanceof ApiError ? cause : new ApiError(error, 0));
    } finally {
      this.keep();
      this.next();
    }
  }

  /** A lost network is waited out; what the hub refuses is not asked again. */
  private async persistently(signal: AbortSignal, send: () => Promise<FileRef>): Promise<FileRef> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await send();
      } catch (cause) {
        const error = errorBodyOf(cause);
        const passing = error.kind === 'unavailable' || error.kind === 'busy' || error.kind === 'rate_limited'
          || ASKED_AGAIN.includes(error.code);
        if (signal.aborted || !passing) throw cause;
        await waited(error.retry ?? AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)]!, signal);
      }
    }
  }

  private async send(key: string, source: Source, signal: AbortSignal): Promise<FileRef> {
    let state = await this.open(key, source);
    // The answer to the end was lost, not the end.
    if (state.file !== undefined) return state.file;
    let size = REQUEST_BYTES_MIN;
    while (state.offset < source.size) {
      signal.throwIfAborted();
      const end = Math.min(source.size, state.offset + size);
      const began = performance.now();
      const answer = await this.http.call<UploadState>(
        'PATCH', `/v1/uploads/${state.upload}`, {}, source.slice(state.offset, end),
        { headers: { 'Upload-Offset': String(state.offset) }, signal },
      );
      if (answer.offset <= state.offset) throw stalled();
      state = answer;
      this.patch(key, { sent: state.offset });
      const pace = REQUEST_MS / Math.max(1, performance.now() - began);
      size = paced(size * pace, state.piece_bytes);
    }
    signal.throwIfAborted();
    return this.http.call<FileRef>('POST', `/v1/uploads/${state.upload}/finish`, {}, {});
  }

  /** Where it stands at the hub; one that the hub has forgotten begins anew. */
  private async open(key: string, source: Source): Promise<UploadState> {
    const id = this.get(key)?.id;
    if (id !== undefined) {
      try {
        const state = await this.http.call<UploadState>('GET', `/v1/uploads/${id}`);
        this.patch(key, { sent: state.offset });
        return state;
      } catch (cause) {
        if (errorBodyOf(cause).kind !== 'not_found') throw cause;
      }
    }
    const body: BeginUpload = { name: source.name, bytes: source.size };
    const state = await this.http.call<UploadState>('POST', '/v1/uploads', {}, body);
    this.patch(key, { id: state.upload, sent: state.offset });
    this.keep();
    return state;
  }

  private patch(key: string, change: Partial<Upload>, without: (keyof Upload)[] = []): void {
    this.all.update((now) => now.map((one) => {
      if (one.key !== key) return one;
      const next = { ...one, ...change };
      for (const field of without) delete next[field];
      return next;
    }));
  }

  private keep(): void {
    this.store.save(this.all.get().filter((one) => one.id !== undefined && one.phase !== 'done'));
  }
}

export function isSame(one: Upload, source: Source): boolean {
  return one.name === source.name && one.bytes === source.size && one.modified === (source.lastModified ?? 0);
}

/** Whole pieces, within the bounds. */
function paced(wanted: number, piece: number): number {
  const bounded = Math.min(REQUEST_BYTES_MAX, Math.max(REQUEST_BYTES_MIN, wanted));
  return Math.max(1, Math.floor(bounded / piece)) * piece;
}

function stalled(): ApiError {
  return new ApiError({ code: 'hub.unavailable', kind: 'unavailable', message: 'nothing was kept' }, 0);
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }, { once: true });
  });
}

/** In this browser, for one account. */
export class LocalUploads implements UploadStore {
  private readonly key: string;

  constructor(account: string, private readonly storage: Storage = localStorage) {
    this.key = `hub.uploads.${account}`;
  }

  load(): Upload[] {
    try {
      return JSON.parse(this.storage.getItem(this.key) ?? '[]') as Upload[];
    } catch {
      return [];
    }
  }

  save(uploads: readonly Upload[]): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(uploads));
    } catch {
      // Storage is full or forbidden: the upload lives as long as the page does.
    }
  }
}
