import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Cards } from '../../kit/cards';
import { Http } from '../../wire/http';
import { Hub } from '../../wire/hub';
import type { SocketLike } from '../../wire/socket';
import { Peer } from '../../wire/test/peer';
import { MemoryUnsent } from '../../wire/unsent';
import { type UploadStore, Uploads } from '../../wire/upload';
import { DriveModel, fileUrl, isImage, sizeWords } from './model';

const SPACE = 'drive:0195e3a4-7c1a-7000-8000-000000000001';
const file = { blob: 'b', name: '甲.txt', bytes: 3, type: 'text/plain' };
const nothing: UploadStore = { load: () => [], save: () => undefined };

let peer: Peer;
let hub: Hub;
let model: DriveModel;
let asked: string[];

beforeEach(async () => {
  peer = new Peer();
  await peer.start();
  asked = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path}`);
    if (path === '/v1/drive') {
      return Response.json([{ stream: SPACE, kind: 'personal', name: '', role: 'owner', members: 1, used_bytes: 0, quota_bytes: 1, head: 0 }]);
    }
    if (path.startsWith('/v1/uploads')) {
      return Response.json(path.endsWith('/finish') ? file
        : { upload: 'u', name: file.name, bytes: 0, offset: 0, piece_bytes: 1, expires_at: 0 });
    }
    return Response.json({ path: [], items: [{ node: 5, parent: 0, name: '甲', file, versions: 1, changed_at: 0 }] });
  });
  hub = new Hub({
    url: peer.url, unsent: new MemoryUnsent(),
    open: (url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike,
  });
  const http = new Http();
  model = new DriveModel(http, hub, new Cards(), new Uploads(http, nothing), 'me');
  hub.start();
  await vi.waitFor(() => expect(hub.state.get().kind).toBe('connected'));
});
afterEach(async () => {
  hub.stop();
  await peer.stop();
  vi.unstubAllGlobals();
});

it('opens the own space first, watches it, and reads again when something happens there', async () => {
  model.open();
  await vi.waitFor(() => expect(model.look.get().loaded).toBe(true));
  expect(model.look.get()).toMatchObject({ space: SPACE, nodes: [{ name: '甲' }] });
  await vi.waitFor(() => expect(peer.watched.map((one) => one.stream)).toContain(SPACE));
  const before = asked.length;
  peer.append(SPACE, 1);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before));
});

it('puts an upload into the folder that was open when it began', async () => {
  model.open();
  await vi.waitFor(() => expect(model.look.get().loaded).toBe(true));
  model.show(SPACE, [{ node: 7, name: '归档' }]);
  model.upload([new File([], '甲.txt')]);
  model.show(SPACE, []);
  await vi.waitFor(() => expect(peer.commands).toHaveLength(1));
  expect(peer.commands[0]).toMatchObject({ stream: SPACE, type: 'drive.add_file', body: { parent: 7, file } });
  model.uploadVersion(5, new File([], '甲.txt'));
  await vi.waitFor(() => expect(peer.commands).toHaveLength(2));
  expect(peer.commands[1]).toMatchObject({ type: 'drive.add_version', body: { node: 5 } });
});

it('says at the upload why its place refused it, and leaves those of a chat alone', async () => {
  peer.answer = ({ id }) => ({ t: 'error', id, error: { code: 'drive.space_full', kind: 'conflict', message: '' } });
  model.open();
  await vi.waitFor(() => expect(model.look.get().loaded).toBe(true));
  model.upload([new File([], '甲.txt')]);
  await vi.waitFor(() => expect(model.uploads.all.get()[0]).toMatchObject({ phase: 'failed', error: { code: 'drive.space_full' } }));
  await model.uploads.begin(new File([], '乙.txt'), 'room:1').done;
  expect(peer.commands).toHaveLength(1);
});

it('names files and sizes', () => {
  const node = { node: 5, parent: 0, name: '甲', file, versions: 1, changed_at: 0 };
  expect(fileUrl(SPACE, node, 'thumb')).toBe('/v1/blobs/b?drive=0195e3a4-7c1a-7000-8000-000000000001&node=5&size=thumb');
  expect([0, 1023, 1024, 1536, 5 * 1024 ** 3, 200 * 1024 ** 2].map(sizeWords))
    .toEqual(['0 B', '1023 B', '1.0 KB', '1.5 KB', '5.0 GB', '200 MB']);
  expect([isImage({ ...file, type: 'image/png' }), isImage({ ...file, type: 'image/svg+xml' }), isImage(undefined)])
    .toEqual([true, false, false]);
});
