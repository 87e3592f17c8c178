// Names of people whom a history speaks of: members first, then whoever has left.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Cards } from '../../kit/cards';
import type { AccountCard, RoomMember } from '../../wire/generated';
import { Names } from './names';

const ROOM = 'room:1';
const card = (account: string): AccountCard =>
  ({ account, username: account, names: { zh: account }, unit: 'u', unit_names: { zh: 'u' }, post: '', disabled: false });

/** `here` are members, `known` can be asked for by id. */
function hall(here: string[], known: string[]) {
  const asked: string[] = [];
  const cards = new Cards();
  const names = new Names({
    roomMembers: async () => {
      asked.push('members');
      return { items: here.map((account): RoomMember => ({ account, role: 'member', card: card(account) })) };
    },
    peopleOf: async (accounts) => {
      asked.push(accounts.length > 3 ? `${accounts.length} people` : accounts.join());
      return accounts.filter((one) => known.includes(one)).map(card);
    },
  }, cards);
  const want = async (...accounts: string[]) => {
    names.want(ROOM, accounts);
    await vi.runAllTimersAsync();
  };
  return { asked, cards, want };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

it('asks the members once, and by id only for who is not among them', async () => {
  const { asked, cards, want } = hall(['a', 'b'], ['p', 'q']);
  await want('a', 'b');
  expect(asked).toEqual(['members']);
  await want('p', 'q', 'a');
  expect(cards.get('q')?.username).toBe('q');
  expect(asked).toEqual(['members', 'p,q']);
});

it('asks no more for who is nowhere', async () => {
  const { asked, want } = hall([], ['p']);
  await want('nobody');
  await want('nobody', 'p');
  expect(asked).toEqual(['members', 'nobody', 'p']);
});

it('asks for many in bounded parts', async () => {
  const { asked, want } = hall([], []);
  await want(...Array.from({ length: 450 }, (_, n) => `p${n}`));
  expect(asked).toEqual(['members', '200 people', '200 people', '50 people']);
});
