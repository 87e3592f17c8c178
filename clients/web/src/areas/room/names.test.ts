// Names of people whom a history speaks of: members first, then whoever has left.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Cards } from '../../kit/cards';
import type { AccountCard, RoomMember } from '../../wire/generated';
import { ApiError } from '../../wire/http';
import { Names } from './names';

const ROOM = 'room:1';
const card = (account: string): AccountCard =>
  ({ account, username: account, names: { zh: account }, unit: 'u', unit_names: { zh: 'u' }, post: '', disabled: false });

/** A directory in pages of two; `here` are members. */
function hall(here: string[], directory: string[], refuse = false) {
  const asked: string[] = [];
  const cards = new Cards();
  const names = new Names({
    roomMembers: async () => {
      asked.push('members');
      return { items: here.map((account): RoomMember => ({ account, role: 'member', card: card(account) })) };
    },
    people: async (_q, _unit, after) => {
      asked.push(`people ${after ?? ''}`.trim());
      if (refuse) throw new ApiError({ code: 'account.forbidden', kind: 'forbidden', message: '' }, 403);
      const at = Number(after ?? 0);
      const items = directory.slice(at, at + 2).map(card);
      return { items, ...(at + 2 < directory.length ? { next: String(at + 2) } : {}) };
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

it('asks the members once, and the directory only for who is not among them', async () => {
  const { asked, cards, want } = hall(['a', 'b'], ['p', 'q', 'r', 's', 't', 'u']);
  await want('a', 'b');
  expect(asked).toEqual(['members']);
  await want('r');
  expect(cards.get('r')?.username).toBe('r');
  expect(asked).toEqual(['members', 'people', 'people 2']);
  // Passed on the way: known without another question.
  await want('p', 'a');
  expect(cards.get('p')?.username).toBe('p');
  expect(asked).toHaveLength(3);
});

it('goes through the directory once, and asks no more for who is nowhere', async () => {
  const { asked, want } = hall([], ['p', 'q', 'r']);
  await want('nobody');
  await want('nobody');
  expect(asked).toEqual(['members', 'people', 'people 2']);
});

it('leaves the directory alone when it is refused', async () => {
  const { asked, want } = hall([], ['p'], true);
  await want('p');
  await want('p');
  expect(asked).toEqual(['members', 'people']);
});
