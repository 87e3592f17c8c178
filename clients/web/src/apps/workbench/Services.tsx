// The place of services, with what it needs of the conversations handed in.

import { useMemo } from 'react';
import { ChatView } from '../../areas/room/ChatView';
import { ServiceView } from '../../areas/service/ServiceView';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, StreamId } from '../../wire/generated';
import type { Session } from './session';
import type { Beyond } from '../../areas/room/useActs';
import type { Calls } from './useCalls';
import { useCounter, useNameOf } from './useCounter';

export function Services({ session, open, picker, beyond, calls, onOpen, onPeople, onMessage }: {
  session: Session; open: StreamId | null; picker: RenderPicker; beyond: Beyond; calls: Calls;
  onOpen: (stream: StreamId | null) => void; onPeople: (desk: StreamId) => void; onMessage: (account: AccountId) => void;
}) {
  const { room, service, account } = session;
  const me = useObservable(account.me);
  const all = useObservable(room.conversations);
  const nameOf = useNameOf(session);
  const counter = useCounter(session, open);
  const rooms = useMemo(() => ({
    all, visit: (conversation: Parameters<typeof room.visit>[0]) => room.visit(conversation), reload: () => room.reload(),
  }), [all, room]);
  return (
    <ServiceView
      model={service}
      rooms={rooms}
      open={open}
      picker={picker}
      mayOpen={me.permissions.includes('account.manage')}
      nameOf={nameOf}
      onOpen={onOpen}
      onPeople={onPeople}
      chat={(stream) => (
        <ChatView
          key={stream}
          model={room}
          stream={stream}
          picker={picker}
          counter={counter}
          calling={calls.of(stream)}
          beyond={beyond}
          onBack={() => onOpen(null)}
          onDetails={() => onPeople(stream)}
          onMessage={onMessage}
        />
      )}
    />
  );
}
