// The page of contacts, put together from the areas that know a part of it.

import { useMemo } from 'react';
import { PeopleView } from '../../areas/account/PeopleView';
import { ContactsView } from '../../areas/contact/ContactsView';
import { byLast } from '../../areas/room/list';
import { roomName } from '../../areas/room/words';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, StreamId } from '../../wire/generated';
import type { Session } from './session';

export function Contacts({ session, onMessage, onRoom }: {
  session: Session; onMessage: (account: AccountId) => void; onRoom: (stream: StreamId) => void;
}) {
  const i18n = useI18n();
  const me = useObservable(session.account.me);
  const conversations = useObservable(session.room.conversations);
  const latest = useMemo(() => [...conversations.values()].sort(byLast), [conversations]);
  const recent = useMemo(
    () => latest.flatMap((one) => (one.kind === 'direct' && one.peer !== undefined ? [one.peer] : [])),
    [latest],
  );
  const groups = useMemo(
    () => latest
      .filter((one) => one.kind === 'group' || one.kind === 'announcement')
      .map((one) => ({ stream: one.stream, name: roomName(one, i18n), members: one.members })),
    [latest, i18n],
  );
  const rooms = useMemo(
    () => latest.filter((one) => one.dissolved !== true && one.kind !== 'desk')
      .map((one) => ({ stream: one.stream, name: roomName(one, i18n) })),
    [latest, i18n],
  );
  return (
    <ContactsView
      model={session.contact}
      me={me}
      recent={recent}
      groups={groups}
      rooms={rooms}
      organisation={(open) => <PeopleView model={session.account} onOpen={open} />}
      onMessage={onMessage}
      onRoom={onRoom}
    />
  );
}
