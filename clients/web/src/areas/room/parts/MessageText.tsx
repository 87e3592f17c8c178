// A message's text: addresses lead somewhere, and whoever is called by name is set apart.

import { type ReactNode, useMemo } from 'react';
import { useI18n } from '../../../i18n';
import type { Cards } from '../../../kit/cards';
import { useObservable } from '../../../kit/useObservable';
import type { AccountId } from '../../../wire/generated';
import { textIn } from '../../../i18n/catalogue';
import { URL_IN_TEXT } from '../links';
import { messageStrings } from '../messageStrings';

function escaped(text: string): string { return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'); }

export function MessageText({ text, mentions, all, cards, me }: {
  text: string; mentions: readonly AccountId[]; all: boolean; cards: Cards; me: AccountId;
}) {
  const { t } = useI18n();
  const known = useObservable(cards.all);
  const pieces = useMemo(() => {
    const names = new Map<string, boolean>();
    for (const account of mentions) {
      const card = known.get(account);
      if (card === undefined) continue;
      for (const one of [card.names.zh, card.names.ug, card.names.en]) if (one) names.set(`@${one}`, account === me);
    }
    if (all) for (const language of ['zh', 'ug', 'en'] as const) names.set(`@${textIn(messageStrings['mention.all'], language)}`, true);
    const sorted = [...names.keys()].sort((a, b) => b.length - a.length).map(escaped);
    const pattern = new RegExp([URL_IN_TEXT.source, ...sorted].join('|'), 'gu');
    const found: ReactNode[] = [];
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      const [word] = match;
      found.push(text.slice(at, match.index));
      found.push(names.has(word)
        ? <bdi key={match.index} className={names.get(word) ? 'at at-me' : 'at'}>{word}</bdi>
        : <a key={match.index} href={word} target="_blank" rel="noopener noreferrer" dir="ltr">{word}</a>);
      at = match.index + word.length;
    }
    found.push(text.slice(at));
    return found;
  }, [text, mentions, all, known, me]);
  const called = all || mentions.includes(me);
  return (
    <div className="msg-text" dir="auto">
      {pieces}
      {called && <span className="sr"> {t('mention.you')}</span>}
    </div>
  );
}
