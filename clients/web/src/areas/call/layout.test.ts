import { expect, it } from 'vitest';
import type { CallPublication, LiveCall, MediaClass } from '../../wire/generated';
import { type Picture, arrange, layerFor, picturesOf, wishesOf } from './layout';

const inside = (account: string) => ({ account, stand: 'inside' as const, since: 1, host: false, hand: false });
const live: LiveCall = {
  room: 'r', room_kind: 'group', room_name: '', call: 1, mode: 'video', by: 'me', began_at: 1, locked: false,
  waiting_room: false, people: [inside('me'), inside('ann'), { ...inside('bea'), stand: 'ringing' }, inside('cat')],
};
const sent = (id: number, by: string, kind: MediaClass, on = true): CallPublication => ({ id, by, class: kind, on });
const publications = [
  sent(1, 'ann', 'audio'), sent(2, 'ann', 'camera'), sent(3, 'ann', 'screen'), sent(4, 'cat', 'camera', false), sent(5, 'me', 'camera'),
];
const keys = (pictures: readonly Picture[]) => pictures.map((one) => one.key);
const none: ReadonlySet<string> = new Set();

it('shows everybody inside, oneself last, and each screen', () => {
  const pictures = picturesOf(live, publications, 'me');
  expect(keys(pictures)).toEqual(['ann screen', 'ann face', 'cat face', 'me face']);
  expect(pictures.map((one) => one.publication)).toEqual([3, 2, undefined, 5]);
  expect(pictures.map((one) => one.heard)).toEqual([true, true, false, false]);
});

it('puts a shared screen before faces, and what is pinned before that', () => {
  const pictures = picturesOf(live, publications, 'me');
  expect(keys(arrange(pictures, { layout: 'grid', pinned: none, speaker: 'cat' }).main)).toEqual(['ann screen']);
  const pinned = arrange(pictures, { layout: 'grid', pinned: new Set(['cat face', 'ann face']), speaker: 'cat' });
  expect(keys(pinned.main)).toEqual(['ann face', 'cat face']);
  expect(keys(pinned.strip)).toEqual(['ann screen', 'me face']);
});

it('shows the speaker large, never oneself while others are there', () => {
  const faces = picturesOf(live, publications.filter((one) => one.class !== 'screen'), 'me');
  expect(keys(arrange(faces, { layout: 'speaker', pinned: none, speaker: 'me' }).main)).toEqual(['ann face']);
  expect(keys(arrange(faces, { layout: 'speaker', pinned: none, speaker: 'cat' }).main)).toEqual(['cat face']);
  expect(keys(arrange(faces, { layout: 'grid', pinned: none, speaker: 'cat' }).main)).toHaveLength(3);
});

it('keeps hands that sign among the large pictures, whatever else is', () => {
  const pictures = picturesOf(live, [...publications, sent(6, 'cat', 'sign')], 'me');
  expect(keys(arrange(pictures, { layout: 'speaker', pinned: none, speaker: 'ann' }).main)).toEqual(['ann screen', 'cat face']);
});

it('asks for what is seen at its size, the important first', () => {
  const pictures = picturesOf(live, [...publications, sent(6, 'cat', 'sign')], 'me');
  const heights = new Map([['ann face', 200], ['ann screen', 700], ['cat face', 300], ['me face', 400]]);
  expect(wishesOf(pictures, heights)).toEqual([
    { publication: 6, layer: 2 }, { publication: 3, layer: 2 }, { publication: 2, layer: 0 },
  ]);
  expect(wishesOf(pictures, new Map())).toEqual([]);
  expect([180, 241, 481].map(layerFor)).toEqual([0, 1, 2]);
});
