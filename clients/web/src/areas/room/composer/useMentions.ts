// The list of names while somebody is being called: its keys and its choice.

import { type KeyboardEvent, type RefObject, useMemo, useState } from 'react';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useI18n } from '../../../i18n';
import { useObservable } from '../../../kit/useObservable';
import type { StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { useCaret } from './useCaret';
import { type Called, calledIn, fitting, wordAt } from './mentions';

export function useMentions(
  model: RoomModel, stream: StreamId, text: string, area: RefObject<TextAreaRef | null>, write: (text: string) => void,
) {
  const { t, name } = useI18n();
  const members = useObservable(model.names.members(stream));
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<readonly Called[]>([]);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const place = useCaret(area);
  const group = members.length > 2;
  const word = group ? wordAt(text, caret) : null;
  const from = word?.from ?? null;
  const list = useMemo(() => (word === null || closedAt === word.from ? []
    : fitting(word.word, members, model.me, t('mention.all'), (member) => name(member.card.names))),
  [word?.word, from, closedAt, members, model.me, t, name]);
  const current = Math.min(at, list.length - 1);

  function choose(one: Called) {
    if (word === null) return;
    const before = `${text.slice(0, word.from)}@${one.name} `;
    write(before + text.slice(caret));
    setChosen((now) => [...now, one]);
    setCaret(before.length);
    setAt(0);
    // A click on a name has taken the focus away.
    area.current?.focus();
    place(before.length);
  }

  /** Answers whether the key was for the list. */
  function onKeyDown(event: KeyboardEvent): boolean {
    if (list.length === 0) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setAt((current + (event.key === 'ArrowDown' ? 1 : list.length - 1)) % list.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      choose(list[current]!);
    } else if (event.key === 'Escape') {
      setClosedAt(from);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  /** Whom the text calls, for the message; the next one begins without them. */
  function take(of: string) {
    setChosen([]);
    setClosedAt(null);
    return calledIn(of, chosen);
  }

  function add(one: Called) { setChosen((now) => [...now, one]); }

  return { list, current, choose, onKeyDown, moved: setCaret, take, add };
}
