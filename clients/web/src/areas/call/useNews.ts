// What is said aloud of a call: who comes and goes, whose hand is up, who is at the door.

import { useEffect, useRef, useState } from 'react';
import { type TextKey, useI18n } from '../../i18n';
import type { AccountId, LiveCall } from '../../wire/generated';

type Told = { key: TextKey; account: AccountId };

/** The differences that are worth a word. */
export function newsBetween(before: LiveCall, now: LiveCall, me: AccountId): Told[] {
  return now.people.flatMap((one): Told[] => {
    if (one.account === me) return [];
    const { account, stand } = one;
    const was = before.people.find((other) => other.account === account);
    if (stand === 'inside' && was?.stand !== 'inside') return [{ key: 'call.came', account }];
    if (stand === 'waiting' && was?.stand !== 'waiting') return [{ key: 'call.knocks', account }];
    if (stand !== 'inside' && was?.stand === 'inside') return [{ key: 'call.went', account }];
    return one.hand && was?.hand !== true ? [{ key: 'call.raised', account }] : [];
  });
}

export function useNews(live: LiveCall | null, me: AccountId, nameOf: (account: AccountId) => string): string {
  const { t } = useI18n();
  const before = useRef(live);
  const [words, setWords] = useState('');
  useEffect(() => {
    const told = before.current === null || live === null ? [] : newsBetween(before.current, live, me);
    before.current = live;
    if (told.length > 0) setWords(told.map((one) => t(one.key, { name: nameOf(one.account) })).join('; '));
  }, [live, me, nameOf, t]);
  return words;
}
