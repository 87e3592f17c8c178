// What this person may do with a message. Pure; the hub decides, this only offers.

import type { AccountId, FileRef, MemberRole, MessageSent, RoomKind } from '../../wire/generated';
import type { RowItem } from './rows';

export type Act =
  | 'reply' | 'answer' | 'copy' | 'react' | 'forward' | 'select' | 'edit' | 'history' | 'pin' | 'unpin'
  | 'readers' | 'recall' | 'hide' | 'open' | 'toTask' | 'keep' | 'saveAs' | 'mail';

/** Opening what burns is a button of its own. */
export type MenuAct = Exclude<Act, 'open'>;

/** The one file of a message. */
export function fileOf({ part }: MessageSent): FileRef | undefined {
  switch (part?.kind) {
    case 'image': case 'video': case 'voice': case 'document': return part.file;
    default: return undefined;
  }
}

const EDIT_WITHIN = 24 * 60 * 60_000;

export function actsOf(item: RowItem, of: {
  me: AccountId; role: MemberRole; kind: RoomKind; pinned: boolean; now: number; readOnly: boolean;
}): MenuAct[] {
  const { event, message, notes } = item;
  if (event === undefined || message === undefined) return [];
  const mine = event.by === of.me;
  const burns = message.burn_ms !== undefined;
  const whisper = message.visible_to !== undefined && message.visible_to.length > 0;
  const admin = of.role !== 'member' && of.kind !== 'direct';
  const acts: [MenuAct, boolean][] = [
    ['reply', !of.readOnly && !burns],
    ['answer', !of.readOnly && message.part?.kind === 'mail'],
    ['react', !of.readOnly && !burns],
    ['copy', !burns && message.text !== ''],
    ['mail', message.part?.kind === 'mail'],
    ['forward', !burns && !whisper],
    ['select', !burns],
    ['toTask', !burns && (message.text !== '' || fileOf(message) !== undefined)],
    ['keep', !burns && fileOf(message) !== undefined],
    ['saveAs', !burns && fileOf(message) !== undefined],
    ['edit', !of.readOnly && mine && !burns && message.text !== '' && of.now - event.at < EDIT_WITHIN],
    ['history', notes.edits.length > 0],
    [of.pinned ? 'unpin' : 'pin', !of.readOnly && !burns && !whisper && (admin || of.kind === 'direct')],
    ['readers', of.kind !== 'direct' && !whisper && (mine || admin)],
    ['recall', mine || admin],
    ['hide', true],
  ];
  return acts.flatMap(([act, may]) => (may ? [act] : []));
}
