// The list of names while somebody is being called: its keys and its choice.

import { type RefObject, useMemo, useState } from 'react';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useI18n } from '../../../i18n';
import { useObservable } from '../../../kit/useObservable';
import type { StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { type Called, calledIn, fitting, wordAt } from './mentions';
import { useCaret } from './useCaret';
import { useChoice } from './useChoice';

export function useMentions(
  model: RoomModel, stream: StreamId, text: string, area: RefObject<TextAreaRef | null>, write: (text: string) => void,
) {
  const { t, name } = useI18n();
  const members = useObservable(model.names.members(stream));
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState<readonly Called[]>([]);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const place = useCaret(area);
  const group = members.length > 2;
  const word = group ? wordAt(text, caret) : null;
  const from = word?.from ?? null;
  const list = useMemo(() => (word === null || closedAt === word.from ? []
    : fitting(word.word, members, model.me, t('mention.all'), (member) => name(member.card.names))),
  [word?.word, from, closedAt, members, model.me, t, name]);

  function pick(one: Called) {
    if (word === null) return;
    const before = `${text.slice(0, word.from)}@${one.name} `;
    write(before + text.slice(caret));
    setChosen((now) => [...now, one]);
    setCaret(before.length);
    place(before.length);
  }

  const { current, choose, onKeyDown } = useChoice(list, pick, () => setClosedAt(from));

  /** Whom the text calls, for the message; the next one begins without them. */
  function take(of: string) {
    setChosen([]);
    setClosedAt(null);
    return calledIn(of, chosen);
  }

  function add(one: Called) { setChosen((now) => [...now, one]); }

  return { list, current, choose, onKeyDown, moved: setCaret, take, add };
}
