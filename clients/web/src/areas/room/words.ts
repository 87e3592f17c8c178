// How conversations and their events are put into words.

import type { I18n } from '../../i18n';
import type { Cards } from '../../kit/cards';
import type { AccountId, Conversation, EventFrame } from '../../wire/generated';
import { messageOf } from './history';

export function personName(account: AccountId | undefined, cards: Cards, me: AccountId, i18n: I18n): string {
  if (account === undefined) return i18n.t('app.name');
  if (account === me) return i18n.t('chat.you');
  const card = cards.get(account);
  return card === undefined ? i18n.t('chat.someone') : i18n.name(card.names);
}

export function roomName(conversation: Conversation, i18n: I18n): string {
  if (conversation.peer !== undefined) return i18n.name(conversation.peer.names);
  return conversation.name || i18n.t('rooms.title');
}

/** What is not a message, as one line; a redacted event has lost its words. */
export function eventLine(event: EventFrame, cards: Cards, me: AccountId, i18n: I18n): string | null {
  const who = (account: AccountId | undefined) => personName(account, cards, me, i18n);
  const by = who(event.by);
  if (event.type === 'room.message_sent') {
    return event.body === undefined ? i18n.t('chat.recalled', { name: by }) : null;
  }
  if (event.body === undefined) return null;
  switch (event.type) {
    case 'room.created':
      return event.body.kind === 'group'
        ? i18n.t('event.createdGroup', { name: by })
        : i18n.t('event.createdDirect');
    case 'room.member_added':
      return i18n.t('event.added', { by, name: who(event.body.account) });
    case 'room.member_removed': {
      const { account, left } = event.body;
      return i18n.t(left ? 'event.left' : 'event.removed', { by, name: who(account) });
    }
    case 'room.member_role_changed': {
      const { account, role } = event.body;
      return i18n.t('event.role', { by, name: who(account), role: i18n.t(`role.${role}`) });
    }
    case 'room.renamed':
      return i18n.t('event.renamed', { by, name: event.body.name });
    default:
      return null;
  }
}

/** One line under a conversation's name. */
export function previewOf(conversation: Conversation, cards: Cards, me: AccountId, i18n: I18n): string {
  const { last } = conversation;
  if (last === undefined) return '';
  const message = messageOf(last);
  if (message === undefined) {
    if (last.type === 'room.message_recalled') {
      return i18n.t('chat.recalled', { name: personName(last.by, cards, me, i18n) });
    }
    return eventLine(last, cards, me, i18n) ?? '';
  }
  const text = message.text.replace(/\s+/gu, ' ').slice(0, 120);
  if (conversation.kind !== 'group' || last.by === me || last.by === undefined) return text;
  const sender = cards.get(last.by);
  // Isolated, so that a name in one script does not reorder a text in another.
  return sender === undefined ? text
    : `\u2068${i18n.name(sender.names)}\u2069${i18n.language === 'zh' ? '：' : ': '}\u2068${text}\u2069`;
}
