// What a thread with a service shows above and beside what was said: here the conversations
// and the services meet.

import { colleaguesOf, ThreadBar } from '../../areas/service/ThreadBar';
import type { Counter } from '../../areas/room/ChatView';
import { type Where, personName } from '../../areas/room/words';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, StreamId } from '../../wire/generated';
import type { Session } from './session';

export function useNameOf(session: Session, where?: Where): (account: AccountId) => string {
  const i18n = useI18n();
  const { room } = session;
  useObservable(room.cards.all);
  return (account) => personName(account, room.cards, room.me, i18n, where);
}

export function useCounter(session: Session, stream: StreamId | null): Counter | undefined {
  const { t } = useI18n();
  const { room, service } = session;
  const own = useObservable(room.conversations).get(stream ?? '');
  const visited = useObservable(room.visited).get(stream ?? '');
  const nameOf = useNameOf(session, own ?? visited);
  const desks = useObservable(service.desks);
  const typing = useObservable(room.attention.typing).get(stream ?? '') ?? [];
  const conversation = own ?? visited;
  const thread = conversation?.thread;
  if (conversation === undefined || thread === undefined) return undefined;
  const agent = thread.asker !== room.me;
  const readers = agent ? colleaguesOf(service, thread) : [];
  const only = agent && thread.agent !== room.me;
  return {
    bar: (
      <ThreadBar
        model={service}
        conversation={conversation}
        thread={thread}
        nameOf={nameOf}
        typing={typing}
        onChanged={() => void room.reload()}
        onLeft={() => room.left(conversation.stream)}
      />
    ),
    answers: agent ? desks.get(thread.service)?.answers ?? [] : [],
    notes: agent ? { readers, only } : null,
    silent: only && readers.length === 0 ? t('thread.look') : null,
  };
}
