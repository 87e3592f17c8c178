// How mails, their people and their conversations are put into words.

import type { I18n } from '../../i18n';
import type { Cards } from '../../kit/cards';
import type { AccountId, FoundRoom, MessageSent } from '../../wire/generated';

export function personName(account: AccountId | undefined, cards: Cards, { t, name }: I18n): string {
  const card = account === undefined ? undefined : cards.get(account);
  return card === undefined ? t('mails.someone') : name(card.names);
}

/** Those who are named, or everybody. */
export function readers(to: readonly AccountId[] | undefined, cards: Cards, i18n: I18n): string {
  if (to === undefined || to.length === 0) return i18n.t('mails.everybody');
  return to.map((one) => personName(one, cards, i18n)).join(i18n.language === 'zh' ? '、' : ', ');
}

export function placeName({ peer, name }: FoundRoom, i18n: I18n): string {
  return peer === undefined ? name || i18n.t('mails.title') : i18n.name(peer.names);
}

/** As one line of a list. */
export function firstWords({ text }: Pick<MessageSent, 'text'>): string {
  return text.replace(/\s+/gu, ' ').slice(0, 120);
}
