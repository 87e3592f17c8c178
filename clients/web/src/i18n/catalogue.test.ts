// Every text in three languages, each in its own script.

import { expect, it } from 'vitest';
import { accountStrings } from '../areas/account/strings';
import { appStrings } from '../areas/app/strings';
import { callStrings } from '../areas/call/strings';
import { driveStrings } from '../areas/drive/strings';
import { noticeStrings } from '../areas/notice/strings';
import { planStrings } from '../areas/plan/strings';
import { roomStrings } from '../areas/room/strings';
import { searchStrings } from '../areas/search/strings';
import { taskStrings } from '../areas/task/strings';
import type { Catalogue } from './catalogue';
import { common } from './common';
import { errors } from './errors';
import { i18nFor } from './index';

const lists: Catalogue[] = [common, errors, accountStrings, roomStrings, taskStrings, noticeStrings, planStrings, searchStrings, driveStrings, appStrings, callStrings];
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

it('has each text in its own script, with the same places', () => {
  for (const list of lists) {
    for (const [key, [zh, ug, en]] of Object.entries(list)) {
      expect(zh, key).toMatch(/\p{Script=Han}/u);
      expect(ug, key).toMatch(/\p{Script=Arabic}/u);
      expect(en, key).toMatch(/^[\p{ASCII}’“”…—]+$/u);
      expect(places(ug), key).toEqual(places(zh));
      expect(places(en), key).toEqual(places(zh));
    }
  }
});

it('keeps every key once over all areas', () => {
  const keys = lists.flatMap((list) => Object.keys(list));
  expect(new Set(keys).size).toBe(keys.length);
});

it('says something for a code it does not know', () => {
  const error = { code: 'later.unknown', kind: 'forbidden', message: '' } as const;
  expect(i18nFor('en').error(error)).toBe('You are not entitled to do this.');
});
