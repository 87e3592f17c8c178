// What is not a message, as one line; a redacted event has lost its words.

import type { I18n } from '../../i18n';
import type { Cards } from '../../kit/cards';
import type { AccountId, EventFrame, RoomKind } from '../../wire/generated';
import { pastCall } from '../../kit/calls';
import { type Where, personName } from './words';

/** Of those added at once, named in the line. */
const LISTED_MAX = 5;

export function eventLine(
  event: EventFrame, cards: Cards, me: AccountId, i18n: I18n, burnt = false, kind?: RoomKind, where?: Where,
): string | null {
  const who = (account: AccountId | undefined) => personName(account, cards, me, i18n, where);
  const { t } = i18n;
  const by = who(event.by);
  if (event.type === 'room.message_sent') {
    if (event.body !== undefined) return null;
    return burnt ? t('chat.burnt') : t('chat.recalled', { name: by });
  }
  if (event.body === undefined) return null;
  // Who comes into a thread, and why, its own events say.
  if (kind === 'service' && (event.type === 'room.created' || event.type?.startsWith('room.member') === true)) return null;
  switch (event.type) {
    case 'room.created':
      if (event.body.kind === 'task') return t('event.createdTask');
      return event.body.kind === 'direct' || event.body.kind === 'app' ? t('event.createdDirect') : t('event.createdGroup', { name: by });
    case 'room.member_added':
      return event.body.account === event.by
        ? t('event.joined', { name: by }) : t('event.added', { by, name: who(event.body.account) });
    case 'room.members_added': {
      const { accounts } = event.body;
      const names = accounts.slice(0, LISTED_MAX).map(who).join(i18n.language === 'zh' ? '、' : ', ');
      return accounts.length > LISTED_MAX
        ? t('event.addedMany', { by, names, n: accounts.length }) : t('event.added', { by, name: names });
    }
    case 'room.member_removed':
      return t(event.body.left ? 'event.left' : 'event.removed', { by, name: who(event.body.account) });
    case 'room.member_role_changed': {
      const { account, role } = event.body;
      return t('event.role', { by, name: who(account), role: t(`role.${role}`) });
    }
    case 'room.renamed': return t('event.renamed', { by, name: event.body.name });
    case 'room.message_pinned': return t(event.body.on ? 'event.pinned' : 'event.unpinned', { by });
    case 'room.notice_set': return t(event.body.text === '' ? 'event.noticeGone' : 'event.notice', { by });
    case 'room.muted': return t(event.body.on ? 'event.muted' : 'event.unmuted', { by });
    case 'room.member_muted':
      return t(event.body.until === undefined ? 'event.memberUnmuted' : 'event.memberMuted', { by, name: who(event.body.account) });
    case 'room.service_followed': return t('event.followed', { name: by });
    case 'room.service_unfollowed': return t('event.unfollowed', { name: by });
    case 'room.thread_opened': return t('event.threadOpened', { name: by });
    case 'room.thread_assigned':
      return t(event.body.from === undefined ? 'event.threadTaken' : 'event.threadGiven', { name: who(event.body.account) });
    case 'room.thread_closed': return t('event.threadClosed');
    case 'room.dissolved': return t('event.dissolved', { by });
    case 'room.call_started': return t('call.line.started', { name: who(event.body.by), mode: t(`call.${event.body.mode}`) });
    case 'room.call_ended': return pastCall({ ...event.body, mine: event.body.by === me }, t);
    case 'room.person_met': return t('event.met', { name: by });
    default: return null;
  }
}
