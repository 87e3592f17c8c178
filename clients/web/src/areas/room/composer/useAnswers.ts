// Ready answers while one writes: a slash at the beginning opens the list, more letters narrow it.

import { type KeyboardEvent, useMemo, useState } from 'react';
import type { CannedAnswer } from '../../../wire/generated';

const SHOWN = 8;

/** Those that fit what stands after the slash; nothing where there is none. */
export function fittingAnswers(text: string, answers: readonly CannedAnswer[]): readonly CannedAnswer[] {
  if (!text.startsWith('/') || text.includes('\n')) return [];
  const wanted = text.slice(1).trim().toLowerCase();
  return answers.filter((one) => `${one.title} ${one.text}`.toLowerCase().includes(wanted)).slice(0, SHOWN);
}

export function useAnswers(answers: readonly CannedAnswer[], text: string, write: (text: string) => void) {
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState('');
  const list = useMemo(() => (closed !== '' && closed === text ? [] : fittingAnswers(text, answers)), [text, answers, closed]);
  const current = Math.min(at, list.length - 1);

  function choose(one: CannedAnswer) {
    write(one.text);
    setAt(0);
    // An answer that begins with a slash itself must not open the list again.
    setClosed(one.text);
  }

  /** Answers whether the key was for the list. */
  function onKeyDown(event: KeyboardEvent): boolean {
    if (list.length === 0) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setAt((current + (event.key === 'ArrowDown' ? 1 : list.length - 1)) % list.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      choose(list[current]!);
    } else if (event.key === 'Escape') {
      setClosed(text);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  return { list, current, choose, onKeyDown };
}
