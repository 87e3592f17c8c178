import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Cards } from '../../kit/cards';
import type { SearchAnswer } from '../../wire/generated';
import { Http } from '../../wire/http';
import { SearchModel } from './model';

const EMPTY: SearchAnswer = { people: [], rooms: [], tasks: [], notices: [], files: [], apps: [], hits: [], authors: [], places: [] };
const hit = (seq: number) => ({ kind: 'message' as const, stream: 'room:a', seq, at: seq, snippet: [] });

/** A server under the real client: what was asked, and answers that are let go by hand. */
function server() {
  const asked: { url: URL; answer: (body: SearchAnswer) => void }[] = [];
  vi.stubGlobal('fetch', (url: string) => new Promise((resolve) => {
    asked.push({
      url: new URL(url, 'http://hub'),
      answer: (body) => resolve(new Response(JSON.stringify(body))),
    });
  }));
  return asked;
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks once for what was typed, and passes over an answer to an earlier question', async () => {
  const asked = server();
  const model = new SearchModel(new Http(), new Cards());
  model.ask({ q: '社' });
  model.ask({ q: '社保' });
  await vi.advanceTimersByTimeAsync(250);
  expect(asked.map(({ url }) => url.searchParams.get('q'))).toEqual(['社保']);
  model.ask({ tab: 'file' });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked[1]!.url.searchParams.get('kinds')).toBe('file');
  asked[1]!.answer({ ...EMPTY, hits: [hit(2)] });
  asked[0]!.answer({ ...EMPTY, hits: [hit(1)] });
  await vi.advanceTimersByTimeAsync(0);
  expect(model.found.get().answer?.hits.map((one) => one.seq)).toEqual([2]);
  expect(model.found.get().asking).toBe(false);
});

it('puts the next page after the one before, and stops at the last', async () => {
  const asked = server();
  const model = new SearchModel(new Http(), new Cards());
  model.ask({ q: '补贴', room: 'room:0195e3a4' });
  await vi.advanceTimersByTimeAsync(250);
  expect(asked[0]!.url.searchParams.get('room')).toBe('0195e3a4');
  asked[0]!.answer({ ...EMPTY, hits: [hit(9)], next: 'c' });
  await vi.advanceTimersByTimeAsync(0);
  void model.more();
  expect(asked[1]!.url.searchParams.get('cursor')).toBe('c');
  asked[1]!.answer({ ...EMPTY, hits: [hit(8)] });
  await vi.advanceTimersByTimeAsync(0);
  expect(model.found.get().answer?.hits.map((one) => one.seq)).toEqual([9, 8]);
  await model.more();
  expect(asked).toHaveLength(2);
});

it('forgets the answer with the question', () => {
  server();
  const model = new SearchModel(new Http(), new Cards());
  model.ask({ q: '材料' });
  model.ask({ q: ' ' });
  expect(model.found.get()).toMatchObject({ answer: null, asking: false });
});
