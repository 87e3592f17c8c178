// Uploads against a server that keeps whole pieces only, as the hub does.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Http } from './http';
import { type Source, type Upload, type UploadStore, Uploads } from './upload';

const PIECE = 64 * 1024;

class MemoryStore implements UploadStore {
  kept: Upload[] = [];
  load(): Upload[] { return this.kept; }
  save(uploads: readonly Upload[]): void { this.kept = structuredClone([...uploads]); }
}

/** What the hub does with uploads, and how it can be made to fail. */
class Server {
  readonly stored = new Map<string, { name: string; bytes: number; data: Uint8Array; file?: unknown }>();
  readonly offsets: number[] = [];
  /** Called before a request is answered; may throw (the network) or answer. */
  before: (method: string, path: string) => Response | undefined | Promise<Response | undefined> = () => undefined;

  readonly fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const method = init.method ?? 'GET';
    const early = await this.before(method, path);
    if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError');
    if (early !== undefined) return early;
    const [, , , id = '', last] = path.split('/');
    if (method === 'POST' && id === '') {
      const { name, bytes } = JSON.parse(init.body as string) as { name: string; bytes: number };
      const upload = `u${this.stored.size + 1}`;
      this.stored.set(upload, { name, bytes, data: new Uint8Array() });
      return this.state(upload);
    }
    const one = this.stored.get(id);
    if (one === undefined) return refusal(404, 'drive.upload_not_found', 'not_found');
    if (method === 'PATCH') {
      const offset = Number(new Headers(init.headers).get('Upload-Offset'));
      this.offsets.push(offset);
      if (offset !== one.data.length) return refusal(409, 'drive.wrong_offset', 'conflict');
      const all = new Uint8Array(await new Blob([one.data as BlobPart, init.body as Blob]).arrayBuffer());
      one.data = all.length === one.bytes ? all : all.slice(0, Math.floor(all.length / PIECE) * PIECE);
    } else if (method === 'DELETE') {
      this.stored.delete(id);
      return new Response(null, { status: 204 });
    } else if (last === 'finish') {
      one.file = { blob: id, name: one.name, bytes: one.bytes, type: 'application/octet-stream' };
      return Response.json(one.file);
    }
    return this.state(id);
  };

  private state(upload: string): Response {
    const one = this.stored.get(upload)!;
    return Response.json({
      upload, name: one.name, bytes: one.bytes, offset: one.data.length, piece_bytes: PIECE, expires_at: 0,
      ...(one.file === undefined ? {} : { file: one.file }),
    });
  }
}

function refusal(status: number, code: string, kind: string): Response {
  return Response.json({ code, kind, message: code }, { status });
}

function source(bytes: number, name = '材料.bin'): Source {
  const data = Uint8Array.from({ length: bytes }, (_, index) => index % 251);
  return Object.assign(new Blob([data]), { name, lastModified: 7 });
}

let server: Server;
let store: MemoryStore;
let uploads: Uploads;

beforeEach(() => {
  server = new Server();
  vi.stubGlobal('fetch', server.fetch);
  store = new MemoryStore();
  uploads = new Uploads(new Http(), store);
});
afterEach(() => { vi.unstubAllGlobals(); });

it('sends every byte once, in order, and tells how far it is', async () => {
  const seen = new Set<number>();
  uploads.all.subscribe(() => seen.add(uploads.all.get()[0]!.sent));
  const bytes = 3 * 1024 * 1024 + 17;
  const file = await uploads.begin(source(bytes), 'room:a').done;
  expect(file).toMatchObject({ bytes, name: '材料.bin' });
  const { data } = server.stored.get('u1')!;
  expect(data.length).toBe(bytes);
  expect(data.every((byte, index) => byte === index % 251)).toBe(true);
  expect(new Set(server.offsets).size).toBe(server.offsets.length);
  expect([...seen].length).toBeGreaterThan(2);
  expect(uploads.all.get()[0]).toMatchObject({ phase: 'done', sent: bytes });
});

it('an empty file is a file', async () => {
  expect(await uploads.begin(source(0), 'room:a').done).toMatchObject({ bytes: 0 });
});

it('waits a lost network out and goes on where the hub stands', async () => {
  vi.useFakeTimers();
  let broken = 0;
  server.before = (method) => {
    if (method !== 'PATCH' || server.offsets.length !== 1 || broken > 2) return undefined;
    broken += 1;
    throw new TypeError('network');
  };
  const { done } = uploads.begin(source(1024 * 1024), 'room:a');
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  await done;
  expect(broken).toBe(3);
  expect(server.offsets.filter((offset) => offset === 0)).toHaveLength(1);
});

it('pauses, survives a reload, takes only the same file, and goes on', async () => {
  let held: (() => void) | undefined;
  server.before = async (method) => {
    if (method === 'PATCH' && server.offsets.length === 1) await new Promise<void>((resolve) => { held = resolve; });
    return undefined;
  };
  const bytes = 1024 * 1024;
  const { key } = uploads.begin(source(bytes), 'drive:a/0');
  await vi.waitFor(() => expect(held).toBeDefined());
  uploads.pause(key);
  held!();
  await vi.waitFor(() => expect(store.kept).toHaveLength(1));
  server.before = () => undefined;

  const later = new Uploads(new Http(), store);
  expect(later.all.get()[0]).toMatchObject({ phase: 'lost', purpose: 'drive:a/0' });
  const done = new Promise((resolve) => { later.onDone = (upload) => resolve(upload.purpose); });
  expect(later.resume(key)).toBe(false);
  expect(later.resume(key, source(bytes, '别的.bin'))).toBe(false);
  expect(later.resume(key, source(bytes))).toBe(true);
  expect(await done).toBe('drive:a/0');
  expect(server.stored.size).toBe(1);
  expect(server.offsets.filter((offset) => offset === 0)).toHaveLength(1);
  expect(store.kept).toEqual([]);
});

it('says why the hub refused, and does not ask again', async () => {
  let asked = 0;
  server.before = (_, path) => {
    if (!path.endsWith('/finish')) return undefined;
    asked += 1;
    return refusal(400, 'drive.type_refused', 'invalid');
  };
  await expect(uploads.begin(source(10), 'room:a').done).rejects.toMatchObject({ body: { code: 'drive.type_refused' } });
  expect(asked).toBe(1);
  expect(uploads.all.get()[0]).toMatchObject({ phase: 'failed' });
});

it('sends two at once; the third waits for its turn; one that is given up is given up at the hub', async () => {
  const gates: (() => void)[] = [];
  server.before = (method, path) => {
    if (method === 'POST' && path === '/v1/uploads') return new Promise((resolve) => { gates.push(() => resolve(undefined)); });
    return undefined;
  };
  const begun = [1, 2, 3].map((n) => uploads.begin(source(n), `room:${n}`));
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  expect(uploads.all.get().map((one) => one.phase)).toEqual(['sending', 'sending', 'waiting']);
  gates.forEach((open) => open());
  await begun[0]!.done;
  await vi.waitFor(() => expect(gates).toHaveLength(3));
  uploads.drop(begun[2]!.key);
  await expect(begun[2]!.done).rejects.toMatchObject({ body: { code: 'hub.given_up' } });
  expect(uploads.all.get()).toHaveLength(2);
});
