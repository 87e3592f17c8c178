// To whom an answer goes.

import { expect, it } from 'vitest';
import type { EventFrame } from '../../wire/generated';
import { answerTo } from './model';

const mail = (by: string, to?: string[]): EventFrame => ({
  stream: 'room:1', seq: 2, at: 0, by, type: 'room.message_sent',
  body: { text: '', part: { kind: 'mail', subject: '纪要', attachments: [], ...(to === undefined ? {} : { to }) } },
});

it('goes to the sender, or to everybody that the mail went to', () => {
  expect(answerTo(mail('a', ['me', 'b']), 'me', false)).toEqual(['a']);
  expect(answerTo(mail('a', ['me', 'b']), 'me', true)).toEqual(['a', 'b']);
  expect(answerTo(mail('a'), 'me', false)).toEqual(['a']);
  expect(answerTo(mail('a'), 'me', true)).toEqual([]);
  expect(answerTo(mail('me', ['b']), 'me', false)).toEqual(['b']);
});
