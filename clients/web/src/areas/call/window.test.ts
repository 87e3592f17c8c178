import { expect, it } from 'vitest';
import { i18nFor } from '../../i18n';
import { pastCall, spell } from '../../kit/calls';
import type { LiveCall } from '../../wire/generated';
import { within } from './useMoved';
import { newsBetween } from './useNews';

const { t } = i18nFor('zh');

it('keeps a moved window on the page', () => {
  const page = { width: 400, height: 800 };
  expect(within({ x: -50, y: 900 }, { width: 200, height: 150 }, page)).toEqual({ x: 8, y: 642 });
  expect(within({ x: 100, y: 100 }, { width: 600, height: 150 }, page)).toEqual({ x: 8, y: 100 });
});

it('spells durations and puts calls that are over into words', () => {
  expect([spell(0), spell(192_000), spell(3_792_000)]).toEqual(['00:00', '03:12', '1:03:12']);
  const call = { mode: 'video' as const, talked_ms: 0 };
  expect(pastCall({ ...call, why: 'over', talked_ms: 192_000, mine: true }, t)).toBe('视频通话 03:12');
  expect(pastCall({ ...call, why: 'unanswered', mine: false }, t)).toBe('未接来电：视频通话');
  expect(pastCall({ ...call, why: 'unanswered', mine: true }, t)).toBe('视频通话：无人接听');
  expect(pastCall({ ...call, why: 'ended', mine: true }, t)).toBe('视频通话已结束');
});

it('says who comes, goes, knocks and raises a hand, and nothing of oneself', () => {
  const one = (account: string, stand: 'inside' | 'waiting' | 'left', hand = false) => ({ account, stand, since: 1, host: false, hand });
  const live = (...people: LiveCall['people']): LiveCall => ({
    room: 'r', room_kind: 'group', room_name: '', call: 1, mode: 'voice', by: 'a', began_at: 1, locked: false, waiting_room: false, people,
  });
  const before = live(one('me', 'inside'), one('ann', 'inside'), one('bea', 'inside'));
  const now = live(one('me', 'inside', true), one('ann', 'left'), one('bea', 'inside', true), one('cat', 'waiting'), one('dan', 'inside'));
  expect(newsBetween(before, now, 'me').map((told) => [told.key, told.account])).toEqual([
    ['call.went', 'ann'], ['call.raised', 'bea'], ['call.knocks', 'cat'], ['call.came', 'dan'],
  ]);
});
