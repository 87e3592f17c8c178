// The way into the search from everywhere: a button in the header, and Ctrl+K.

import SearchOutlined from '@ant-design/icons/es/icons/SearchOutlined';
import { Suspense, lazy, useEffect, useState } from 'react';
import { roomName } from '../../areas/room/words';
import '../../areas/search/search.css';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountCard, RoomKind, StreamId } from '../../wire/generated';
import type { Place, Route } from './route';
import type { Session } from './session';

const SearchDialog = lazy(() => import('../../areas/search/SearchDialog').then((m) => ({ default: m.SearchDialog })));

export function SearchBox({ session, open, onGo, onPerson }: {
  session: Session; open: StreamId | null; onGo: (route: Route) => void; onPerson: (card: AccountCard) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const conversation = useObservable(session.room.conversations).get(open ?? '');
  const [shown, setShown] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setShown(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const close = () => setShown(false);
  function go(stream: StreamId, seq?: number, kind?: RoomKind) {
    close();
    if (seq !== undefined) session.room.seek.set({ stream, seq });
    // A thread that another agent has, or nobody, is among its desk's threads and in no list here.
    const desk = kind === 'service' && !session.room.conversations.get().has(stream);
    onGo({ place: desk ? 'services' : 'conversations', stream });
  }
  function goTo(place: Place) {
    close();
    onGo({ place, stream: null });
  }

  return (
    <>
      <button type="button" className="search-open" aria-keyshortcuts="Control+K" onClick={() => setShown(true)}>
        <SearchOutlined aria-hidden="true" /><span>{t('search.open')}</span>
      </button>
      {shown && (
        <Suspense fallback={null}>
          <SearchDialog
            model={session.search}
            here={conversation === undefined ? null : { stream: conversation.stream, name: roomName(conversation, i18n) }}
            goals={{
              onHit: (hit, place) => go(hit.stream, hit.seq, place?.kind),
              onRoom: (stream) => go(stream),
              onPerson: (card) => {
                close();
                onPerson(card);
              },
              onTask: ({ task }) => {
                session.task.seek.set(task);
                goTo('tasks');
              },
              onNotice: ({ notice, received }) => {
                if (received) session.notice.seek.set(notice);
                else session.notice.show('sent', 'open');
                goTo('notices');
              },
              onFile: ({ space, path, folder, node, name }) => {
                session.drive.show(space, folder ? [...path, { node, name }] : path);
                goTo('drive');
              },
              onApp: () => goTo('apps'),
            }}
            onClose={close}
          />
        </Suspense>
      )}
    </>
  );
}
