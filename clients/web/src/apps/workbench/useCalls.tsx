// Calls in the workbench: here the conversations and the calls meet.

import { type ReactNode, Suspense, lazy, useCallback, useEffect, useMemo, useState } from 'react';
import { CallButtons, LiveBar, PastCalls, callFrom, callable, roomOf } from '../../areas/call/InChat';
import { personOf } from '../../areas/call/state';
import type { Calling } from '../../areas/room/ChatView';
import { roomName } from '../../areas/room/words';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { StreamId } from '../../wire/generated';
import type { Session } from './session';
import { useNameOf } from './useCounter';

const CallLayer = lazy(() => import('../../areas/call/CallLayer').then((m) => ({ default: m.CallLayer })));

export type Calls = {
  /** What a conversation shows of calls. */
  of: (stream: StreamId) => Calling | undefined;
  past: (stream: StreamId) => ReactNode;
  /** Conversations in which one goes on. */
  live: ReadonlySet<StreamId>;
  /** A call fills the page. */
  full: boolean;
  /** The conversation that is shown beside it. */
  beside: StreamId | null;
  layer: (chat: (stream: StreamId) => ReactNode) => ReactNode;
};

export function useCalls(session: Session, onOpen: (stream: StreamId) => void): Calls {
  const { call: model, room } = session;
  const i18n = useI18n();
  const nameOf = useNameOf(session);
  const conversations = useObservable(room.conversations);
  const calls = useObservable(model.calls);
  const mine = useObservable(model.mine);
  const lobby = useObservable(model.lobby);
  const outcome = useObservable(model.outcome);
  const [small, setSmall] = useState(false);
  const [beside, setBeside] = useState<StreamId | null>(null);
  const about = lobby?.room ?? mine?.room;
  const members = useObservable(room.names.members(`room:${about ?? ''}`));

  useEffect(() => { if (about !== undefined) void room.names.loadMembers(`room:${about}`); }, [room, about]);
  // Each call begins large.
  const leg = mine?.leg;
  useEffect(() => setSmall(false), [leg]);

  const live = useMemo(() => new Set(calls.map((one): StreamId => `room:${one.room}`)), [calls]);
  const titleOf = useCallback((id: string) => {
    const conversation = room.of(`room:${id}`);
    if (conversation !== undefined) return roomName(conversation, i18n);
    return calls.find((one) => one.room === id)?.room_name ?? '';
    // A name may come with the list of conversations.
  }, [room, i18n, calls, conversations]);
  const named = useMemo(
    () => members.map((one) => ({ account: one.account, name: i18n.name(one.card.names) })),
    [members, i18n],
  );
  const of = useCallback((stream: StreamId): Calling | undefined => {
    const conversation = room.of(stream);
    if (conversation === undefined || !callable(conversation)) return undefined;
    const { kind } = conversation;
    return {
      buttons: <CallButtons model={model} stream={stream} kind={kind} />,
      bar: <LiveBar model={model} stream={stream} onReturn={() => setSmall(false)} />,
      live: model.liveIn(roomOf(stream))?.call ?? null,
      inside: mine?.room === roomOf(stream),
      onCall: (mode) => callFrom(model, stream, kind, mode),
    };
    // What is live, and who is inside, is asked of the model.
  }, [model, room, mine, calls, conversations]);

  const shown = calls.some((one) => personOf(one, model.me)?.stand === 'ringing') || mine !== null || lobby !== null || outcome !== null;
  return {
    of, live, beside,
    full: mine !== null && !small,
    past: (stream) => <PastCalls model={model} stream={stream} nameOf={nameOf} />,
    layer: (chat) => shown && (
      <Suspense>
        <CallLayer
          model={model}
          small={small}
          members={named}
          nameOf={nameOf}
          titleOf={titleOf}
          chat={chat}
          onSmall={setSmall}
          onChat={setBeside}
          onAnswered={(id) => onOpen(`room:${id}`)}
        />
      </Suspense>
    ),
  };
}
