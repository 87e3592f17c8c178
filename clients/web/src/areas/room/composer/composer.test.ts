import { describe, expect, it } from 'vitest';
import type { RoomMember } from '../../../wire/generated';
import { sizeText, lengthText } from '../parts/files';
import { CITIES, fromMap, isOnMap, toMap } from '../parts/region';
import { barsOf } from '../parts/VoicePart';
import { named } from './files';
import { calledIn, fitting, wordAt } from './mentions';
import { thinned } from './recording';

const member = (account: string, zh: string, username: string): RoomMember => ({
  account, role: 'member', card: { account, username, names: { zh }, unit: 'u', unit_names: { zh: '' }, post: '', disabled: false },
});
const people = [member('1', '古丽', 'guli'), member('2', '张伟', 'zhangwei'), member('3', '张敏', 'zhangmin')];
const nameOf = (one: RoomMember) => one.card.names.zh;

describe('calling by name', () => {
  it('begins with an @ before the caret, and not within an address', () => {
    expect(wordAt('请@张', 3)).toEqual({ from: 1, word: '张' });
    expect(wordAt('@', 1)).toEqual({ from: 0, word: '' });
    expect(wordAt('写信给 a@example.org', 16)).toBeNull();
    expect(wordAt('@张伟 你好', 6)).toBeNull();
  });

  it('offers who fits, oneself left out, and all', () => {
    const offered = (word: string) => fitting(word, people, '1', '所有人', nameOf).map(({ name }) => name);
    expect(offered('')).toEqual(['所有人', '张伟', '张敏']);
    expect(offered('zhangm')).toEqual(['张敏']);
    expect(offered('古')).toEqual([]);
  });

  it('calls only those whom the text still names', () => {
    const chosen = [{ account: '2', name: '张伟' }, { account: '3', name: '张敏' }, { account: 'all' as const, name: '所有人' }];
    expect(calledIn('@张伟 看一下', chosen)).toEqual({ mentions: ['2'], all: false });
    expect(calledIn('@所有人 @张敏', chosen)).toEqual({ mentions: ['3'], all: true });
  });
});

describe('what is drawn', () => {
  it('finds a place again from where it is drawn', () => {
    for (const city of CITIES) {
      const { x, y } = toMap(city);
      const back = fromMap(x, y);
      expect(isOnMap(city)).toBe(true);
      expect(back.lat).toBeCloseTo(city.lat, 3);
      expect(back.lon).toBeCloseTo(city.lon, 3);
    }
    expect(isOnMap({ lat: 39.9, lon: 116.4 })).toBe(false);
  });

  it('keeps the loudest of each stretch of speech, however long', () => {
    const long = Array.from({ length: 6_000 }, (_, at) => (at === 4_321 ? 255 : 1));
    const kept = thinned(long);
    expect(kept.length).toBeLessThanOrEqual(256);
    expect(Math.max(...kept)).toBe(255);
    expect(barsOf(kept)).toHaveLength(40);
    expect(Math.max(...barsOf(kept))).toBe(255);
    expect(barsOf([])).toEqual(new Array(40).fill(0));
    expect(barsOf([7])).toEqual(new Array(40).fill(7));
  });

  it('says sizes and lengths as people read them', () => {
    expect([0, 1_023, 1_536, 5_242_880].map((bytes) => sizeText({ bytes }))).toEqual(['0 B', '1023 B', '1.5 KB', '5.0 MB']);
    expect([0, 1_499, 61_000].map(lengthText)).toEqual(['0:00', '0:01', '1:01']);
  });
});

it('gives a picture from the clipboard a name of its own', () => {
  const now = new Date(2026, 10, 24, 9, 5, 7);
  expect(named(new File(['x'], 'image.png', { type: 'image/png' }), now).name).toBe('20261124-090507.png');
  expect(named(new File(['x'], '现场.png', { type: 'image/png' }), now).name).toBe('现场.png');
});
