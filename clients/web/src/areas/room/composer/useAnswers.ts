// Ready answers while one writes: a slash at the beginning opens the list, more letters narrow it.

import { useMemo, useState } from 'react';
import type { CannedAnswer } from '../../../wire/generated';
import { useChoice } from './useChoice';

const SHOWN = 8;

/** Those that fit what stands after the slash; nothing where there is none. */
export function fittingAnswers(text: string, answers: readonly CannedAnswer[]): readonly CannedAnswer[] {
  if (!text.startsWith('/') || text.includes('\n')) return [];
  const wanted = text.slice(1).trim().toLowerCase();
  return answers.filter((one) => `${one.title} ${one.text}`.toLowerCase().includes(wanted)).slice(0, SHOWN);
}

export function useAnswers(answers: readonly CannedAnswer[], text: string, write: (text: string) => void) {
  const [closed, setClosed] = useState('');
  const list = useMemo(() => (closed !== '' && closed === text ? [] : fittingAnswers(text, answers)), [text, answers, closed]);

  function take(one: CannedAnswer) {
    write(one.text);
    // An answer that begins with a slash itself must not open the list again.
    setClosed(one.text);
  }
  return { list, ...useChoice(list, take, () => setClosed(text)) };
}
