// Messages of this person that are under way in one room. Pure functions over one list.

import type { CommandId, ErrorBody, Receipt, SendMessage } from '../../wire/generated';

export type Outgoing = {
  id: CommandId;
  body: SendMessage;
  at: number;
  /** Its file is on the way: the command follows. */
  file?: { key: string; name: string };
  /** The number it got: durable already, its event is on the way. */
  acked?: number;
  failed?: ErrorBody;
};

export type OutgoingList = readonly Outgoing[];

export function begun(list: OutgoingList, one: Outgoing): OutgoingList {
  return [...list.filter((other) => other.id !== one.id), one];
}

/** An event that is known already needs no stand-in; one still to come does. */
export function settled(
  list: OutgoingList, id: CommandId, outcome: Receipt | ErrorBody, head: number,
): OutgoingList {
  if (!list.some((one) => one.id === id)) return list;
  if ('code' in outcome) return list.map((one) => (one.id === id ? { ...one, failed: outcome } : one));
  if (outcome.seq <= head) return ended(list, id);
  return list.map((one) => (one.id === id ? { ...one, acked: outcome.seq } : one));
}

export function ended(list: OutgoingList, id: CommandId): OutgoingList {
  return list.some((one) => one.id === id) ? list.filter((one) => one.id !== id) : list;
}

/** Events came in that may be what was waited for. */
export function arrived(list: OutgoingList, commands: ReadonlySet<CommandId>, head: number): OutgoingList {
  const left = list.filter((one) => !commands.has(one.id) && !(one.acked !== undefined && one.acked <= head));
  return left.length === list.length ? list : left;
}
