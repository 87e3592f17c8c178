// The desk of a signed-in person: header, rail, and one of the places.

import SafetyOutlined from '@ant-design/icons/es/icons/SafetyOutlined';
import App from 'antd/es/app';
import { type MouseEvent, Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { PeoplePicker } from '../../areas/account/PeopleView';
import { waitingOf } from '../../areas/contact/model';
import { ChatView } from '../../areas/room/ChatView';
import { ConversationList } from '../../areas/room/ConversationList';
import { JoinDialog } from '../../areas/room/groups/JoinDialog';
import { MembersDrawer } from '../../areas/room/groups/MembersDrawer';
import { NewGroupDialog } from '../../areas/room/groups/NewGroupDialog';
import { UrgentBar } from '../../areas/room/UrgentBar';
import { roomName } from '../../areas/room/words';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, StreamId } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import { ConnectionWords, EndingWords } from './ConnectionWords';
import { Watermark } from '../../kit/Watermark';
import { DisplaySettings } from './DisplaySettings';
import { Contacts } from './Contacts';
import { MorePlaces } from './MorePlaces';
import { useNotice } from './notice';
import { useNoticeRows } from './useNoticeRows';
import { useBeyond } from './useBeyond';
import { useCalls } from './useCalls';
import { useCounter } from './useCounter';
import { Rail } from './Rail';
import { type Place, forgetSeek, useRoute } from './route';
import { SearchBox } from './SearchBox';
import type { Session } from './session';

const Services = lazy(() => import('./Services').then((m) => ({ default: m.Services })));
const MeView = lazy(() => import('../../areas/account/MeView').then((m) => ({ default: m.MeView })));

const WIDE = '(min-width: 768px)';

export function Desk({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const { t, name, error } = useI18n();
  const { message } = App.useApp();
  const { room, account } = session;
  const me = useObservable(account.me);
  const [{ place, stream: open, seek }, go] = useRoute();
  const [dialog, setDialog] = useState<'new' | 'members' | null>(null);

  const show = useCallback((stream: StreamId | null) => go({ place: 'conversations', stream }), [go]);
  const unread = useNotice(room, go);
  const toNotices = useCallback(() => go({ place: 'notices', stream: null }), [go]);
  const notices = useNoticeRows(session, toNotices);
  const left = useRef<StreamId | null>(null);
  const mails = useObservable(session.mail.unread);
  const queue = useObservable(session.service.waiting);
  const plans = useObservable(session.plan.unseen);
  const requests = waitingOf(useObservable(session.contact.lines));
  const counter = useCounter(session, open);
  /** A room whose page is open though it is not the conversation on screen. */
  const [page, setPage] = useState<StreamId | null>(null);

  useEffect(() => {
    room.openRoom(open).catch(() => undefined);
    if (place === 'conversations') left.current = open;
  }, [room, open, place]);
  useEffect(() => {
    if (seek === undefined) return;
    (seek.startsWith('task:') ? session.task : session.notice).seek.set(seek);
    forgetSeek();
  }, [session, seek]);
  useEffect(() => { if (open === null) setDialog((now) => (now === 'members' ? null : now)); }, [open]);

  async function messageTo(account: AccountId) {
    try {
      show(await room.openDirect(account));
    } catch (cause) {
      void message.error(error(errorBodyOf(cause)));
    }
  }

  /** Coming back from another place, one finds the conversation that one left. */
  function goTo(next: Place) {
    const back = next === 'conversations' && place !== next && matchMedia(WIDE).matches;
    go({ place: next, stream: back ? left.current : null });
  }

  const picker: RenderPicker = (chosen, exclude, onChange) => (
    <PeoplePicker model={account} chosen={chosen} exclude={exclude} onChange={onChange} />
  );
  const toMail = useCallback(() => go({ place: 'mail', stream: null }), [go]);
  const { beyond, dialogs } = useBeyond(session, picker, toMail);
  const calls = useCalls(session, show);
  return (
    <div className={`desk desk-${place}${open !== null ? ' desk-open' : ''}${calls.full ? ' desk-called' : ''}`}>
      <a className="skip" href="#main" onClick={skip}>{t('app.skip')}</a>
      <header className="head">
        <div className="top">
          <span className="brand"><SafetyOutlined aria-hidden="true" /> <span>{t('app.name')}</span> <span className="top-org">{t('app.org')}</span></span>
          <SearchBox session={session} open={open} onGo={go} onPerson={(card) => void messageTo(card.account)} />
          <ConnectionWords session={session} />
          <bdi className="top-me">{name(me.card.names)}</bdi>
        </div>
        <EndingWords session={session} />
        <UrgentBar model={room} />
      </header>
      <Rail place={place} waiting={{ conversations: unread, tasks: plans, mail: mails, notices: notices.unread, services: queue, people: requests }} onGo={goTo} />
      {place === 'conversations' && (
        <main className="talk" id="main">
          <h1 className="sr">{t('nav.conversations')}</h1>
          <ConversationList
            model={room}
            others={notices.rows}
            calls={calls.live}
            onOpen={show}
            onNew={me.permissions.includes('room.create') ? () => setDialog('new') : undefined}
          />
          {open === null || open === calls.beside
            ? <section className="chat chat-none"><h2>{t('rooms.pick')}</h2><p className="soft">{t('rooms.pick.hint')}</p></section>
            : (
              <ChatView
                key={open}
                model={room}
                stream={open}
                picker={picker}
                counter={counter}
                calling={calls.of(open)}
                beyond={beyond}
                onBack={() => show(null)}
                onDetails={() => setDialog('members')}
                onMessage={(account) => void messageTo(account)}
              />
            )}
        </main>
      )}
      {place === 'people' && <Contacts session={session} onMessage={(account) => void messageTo(account)} onRoom={show} />}
      <MorePlaces session={session} place={place} picker={picker} onRoom={show} onGo={goTo} />
      {place === 'services' && (
        <Suspense fallback={<main className="page" id="main"><p role="status">{t('app.loading')}</p></main>}>
          <Services
            session={session}
            open={open}
            picker={picker}
            beyond={beyond}
            calls={calls}
            onOpen={(stream) => go({ place: 'services', stream })}
            onPeople={setPage}
            onMessage={(account) => void messageTo(account)}
          />
        </Suspense>
      )}
      {dialogs}
      {page !== null && <MembersDrawer model={room} stream={page} picker={picker} past={calls.past(page)} onClose={() => setPage(null)} />}
      {place === 'me' && (
        <Suspense fallback={<main className="page" id="main"><p role="status">{t('app.loading')}</p></main>}>
          <Mine session={session} onSignOut={onSignOut} />
        </Suspense>
      )}
      <Marked session={session} place={place} />
      <JoinDialog model={room} onOpen={show} />
      {dialog === 'new' && (
        <NewGroupDialog
          model={room}
          picker={picker}
          onClose={() => setDialog(null)}
          onCreated={(stream) => {
            setDialog(null);
            show(stream);
          }}
        />
      )}
      {calls.layer((stream) => (
        <ChatView
          key={stream}
          model={room}
          stream={stream}
          picker={picker}
          beyond={beyond}
          onBack={() => undefined}
          onDetails={() => setPage(stream)}
          onMessage={(account) => void messageTo(account)}
        />
      ))}
      {dialog === 'members' && open !== null && (
        <MembersDrawer model={room} stream={open} picker={picker} past={calls.past(open)} onClose={() => setDialog(null)} />
      )}
    </div>
  );
}

/** Over what shows people and what they wrote. */
const NAMED_PLACES: ReadonlySet<Place> = new Set(['conversations', 'mail', 'people', 'drive']);

function Marked({ session, place }: { session: Session; place: Place }) {
  return <Watermark info={useObservable(session.own.watermark)} named={NAMED_PLACES.has(place)} />;
}

function Mine({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const i18n = useI18n();
  const conversations = useObservable(session.room.conversations);
  const rooms = useMemo(
    () => [...conversations.values()].map((one) => ({ stream: one.stream, name: roomName(one, i18n), head: one.head })),
    [conversations, i18n],
  );
  return (
    <MeView model={session.account} own={session.own} http={session.http} rooms={rooms} onSignOut={onSignOut}>
      <DisplaySettings />
    </MeView>
  );
}

/** The address is taken by the route: the link's jump is made by hand. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  const main = document.getElementById('main');
  main?.setAttribute('tabindex', '-1');
  main?.focus();
}
