import { expect, test } from 'vitest';
import { i18nFor } from '../../i18n';
import { agentName, partLine, signsFor } from './words';

const zh = i18nFor('zh');
const numbers = [{ account: 'a', number: '0107' }];

test('an asker meets an agent as the service says', () => {
  const as = (shown: 'name' | 'number' | 'both', account: string) => agentName(account, '古丽', { shown, numbers }, zh);
  expect([as('name', 'a'), as('number', 'a'), as('both', 'a')]).toEqual(['古丽', '0107 号客服', '古丽（工号 0107）']);
  // Without a number: never a name where only numbers are shown.
  expect([as('name', 'b'), as('number', 'b'), as('both', 'b')]).toEqual(['古丽', '客服', '古丽']);
});

test('agents among themselves have names', () => {
  const signs = { shown: 'number' as const, numbers };
  const thread = { service: 's', asker: 'me', open: true, asked: true };
  expect(signsFor('me', { thread, signs })).toBe(signs);
  expect(signsFor('other', { thread, signs })).toBeUndefined();
  expect(signsFor('me', { signs })).toBeUndefined();
  expect(signsFor('me', undefined)).toBeUndefined();
});

test('a card is worded by the name that came with it', () => {
  expect(partLine({ kind: 'card', account: 'a', names: { zh: '古丽', ug: 'گۈلى' } }, i18nFor('ug'))).toBe('[ئىسىم كارتىسى] گۈلى');
  expect(partLine({ kind: 'card', account: 'a' }, zh)).toBe('[名片]');
});
