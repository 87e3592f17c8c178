// How conversations and their events are put into words.

import type { I18n } from '../../i18n';
import type { Cards } from '../../kit/cards';
import type { AccountId, AgentSigns, Conversation, EventFrame, MessageSent, Part } from '../../wire/generated';
import { eventLine } from './eventLine';
import { messageOf } from './history';
import { isAssistant } from './list';

/** Where somebody is met: in a thread with a service its asker sees what the service shows. */
export type Where = Pick<Conversation, 'thread' | 'signs'> | undefined;

export function personName(account: AccountId | undefined, cards: Cards, me: AccountId, i18n: I18n, where?: Where): string {
  if (account === undefined) return i18n.t('app.name');
  if (account === me) return i18n.t('chat.you');
  const card = cards.get(account);
  const name = card === undefined ? i18n.t('chat.someone') : i18n.name(card.names);
  const signs = signsFor(me, where);
  return signs === undefined ? name : agentName(account, name, signs, i18n);
}

/** How an agent is shown by name, number or both. */
export function agentName(account: AccountId, name: string, { shown, numbers }: AgentSigns, { t }: Pick<I18n, 't'>): string {
  const n = numbers.find((one) => one.account === account)?.number;
  if (shown === 'number') return n === undefined ? t('agent.service') : t('agent.number', { n });
  return shown === 'name' || n === undefined ? name : t('agent.both', { name, n });
}

/** The signs that this person meets agents under; agents among themselves have names. */
export function signsFor(me: AccountId, where: Where): AgentSigns | undefined {
  return where?.thread?.asker === me ? where.signs : undefined;
}

/** Whose a message is: an account's, or another system's that writes under a name. */
export function authorName(event: EventFrame, cards: Cards, me: AccountId, i18n: I18n, where?: Where): string {
  return messageOf(event)?.hook?.label ?? personName(event.by, cards, me, i18n, where);
}

export function roomName(conversation: Conversation, i18n: I18n): string {
  if (conversation.peer !== undefined) return i18n.name(conversation.peer.names);
  if (isAssistant(conversation)) return i18n.t('rooms.assistant');
  return conversation.name || i18n.t('rooms.title');
}

/** A part as one line of a list or a quote. */
export function partLine(part: Part, { t, name }: Pick<I18n, 't' | 'name'>): string {
  switch (part.kind) {
    case 'card': return part.names === undefined ? t('part.card') : t('part.cardOf', { name: name(part.names) });
    case 'voice': return t('part.voice', { n: Math.round(part.ms / 1000) });
    case 'document': return t('part.document', { name: part.file.name });
    case 'location': return t('part.location', { name: part.name });
    case 'link': case 'forwarded': return t(`part.${part.kind}`, { name: part.title });
    case 'mail': return t('part.mail', { name: part.subject });
    default: return t(`part.${part.kind}`);
  }
}

/** A message as one line; what burns shows nothing but that. */
export function messageLine(message: MessageSent, i18n: I18n, text = message.text): string {
  if (message.burn_ms !== undefined) return i18n.t('part.burn');
  const part = message.part === undefined ? '' : partLine(message.part, i18n);
  return [part, text.replace(/\s+/gu, ' ').slice(0, 120)].filter(Boolean).join(' ');
}

/** One line under a conversation's name. */
export function previewOf(conversation: Conversation, cards: Cards, me: AccountId, i18n: I18n): string {
  const { last } = conversation;
  if (last === undefined) return '';
  const message = messageOf(last);
  if (message === undefined) {
    if (last.type === 'room.message_burnt') return i18n.t('chat.burnt');
    if (last.type === 'room.message_recalled') {
      return i18n.t('chat.recalled', { name: personName(last.by, cards, me, i18n, conversation) });
    }
    return eventLine(last, cards, me, i18n, false, conversation.kind, conversation) ?? '';
  }
  const text = messageLine(message, i18n);
  const alone = conversation.kind === 'direct' || conversation.kind === 'app';
  if (alone || last.by === me) return text;
  const sender = last.by === undefined ? undefined : cards.get(last.by);
  const known = sender !== undefined || signsFor(me, conversation) !== undefined;
  const name = message.hook?.label ?? (known ? personName(last.by, cards, me, i18n, conversation) : undefined);
  // Isolated, so that a name in one script does not reorder a text in another.
  return name === undefined ? text
    : `\u2068${name}\u2069${i18n.language === 'zh' ? '：' : ': '}\u2068${text}\u2069`;
}

/** Whether the message calls this person by name. */
export function callsMe(event: EventFrame | undefined, me: AccountId): boolean {
  const message = event === undefined ? undefined : messageOf(event);
  return message !== undefined && event?.by !== me
    && (message.mention_all === true || message.mentions?.includes(me) === true);
}
