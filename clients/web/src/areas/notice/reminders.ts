// What the hub itself reminds of, in the reader's own words.

import type { I18n } from '../../i18n';
import { fullTime } from '../../kit/time';
import type { AccountCard, AccountId, Reminder } from '../../wire/generated';

type Told = { title: string; reminder?: Reminder };

/** A person's own title stands as it is. */
export function titleOf({ title, reminder }: Told, i18n: I18n): string {
  return reminder?.about === 'review' ? i18n.t(`notices.review.${reminder.part}`) : title;
}

export function textOf(reminder: Reminder, cards: ReadonlyMap<AccountId, AccountCard>, i18n: I18n): string {
  if (reminder.about === 'task') return i18n.t('notices.task', { time: fullTime(reminder.starts_at, i18n) });
  const card = cards.get(reminder.account);
  return i18n.t('notices.review.text', { name: card === undefined ? i18n.t('chat.someone') : i18n.name(card.names), week: reminder.week });
}
