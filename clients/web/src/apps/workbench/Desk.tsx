// The desk of a signed-in person: header, rail, and one of three places.

import ContactsOutlined from '@ant-design/icons/es/icons/ContactsOutlined';
import MessageOutlined from '@ant-design/icons/es/icons/MessageOutlined';
import SafetyOutlined from '@ant-design/icons/es/icons/SafetyOutlined';
import UserOutlined from '@ant-design/icons/es/icons/UserOutlined';
import App from 'antd/es/app';
import Badge from 'antd/es/badge';
import { Suspense, lazy, useEffect, useState } from 'react';
import { PeoplePicker, PeopleView } from '../../areas/account/PeopleView';
import { ChatView } from '../../areas/room/ChatView';
import { ConversationList } from '../../areas/room/ConversationList';
import { MembersDrawer, NewGroupDialog, type RenderPicker } from '../../areas/room/GroupViews';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountCard, StreamId } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import { ConnectionWords } from './ConnectionWords';
import { DisplaySettings } from './DisplaySettings';
import { useNotice } from './notice';
import type { Session } from './session';

const MeView = lazy(() => import('../../areas/account/MeView').then((m) => ({ default: m.MeView })));
type Place = 'conversations' | 'people' | 'me';

export function Desk({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const { t, name, error } = useI18n();
  const { message } = App.useApp();
  const { room, account, hub, http } = session;
  const me = useObservable(account.me);
  const open = useObservable(room.open);
  const [place, setPlace] = useState<Place>('conversations');
  const [dialog, setDialog] = useState<'new' | 'members' | null>(null);

  const show = (stream: StreamId | null) => {
    setPlace('conversations');
    room.openRoom(stream).catch(() => undefined);
  };
  const unread = useNotice(room, show);

  useEffect(() => { if (open === null && dialog === 'members') setDialog(null); }, [open, dialog]);

  async function messageTo(card: AccountCard) {
    try {
      show(await room.openDirect(card.account));
    } catch (cause) {
      void message.error(error(errorBodyOf(cause)));
    }
  }

  const picker: RenderPicker = (chosen, exclude, onChange) => (
    <PeoplePicker model={account} chosen={chosen} exclude={exclude} onChange={onChange} />
  );
  const places = [
    { id: 'conversations', icon: <MessageOutlined aria-hidden="true" />, label: t('nav.conversations') },
    { id: 'people', icon: <ContactsOutlined aria-hidden="true" />, label: t('nav.people') },
    { id: 'me', icon: <UserOutlined aria-hidden="true" />, label: t('nav.me') },
  ] as const;

  return (
    <div className={`desk desk-${place}${open !== null ? ' desk-open' : ''}`}>
      <a className="skip" href="#main">{t('app.skip')}</a>
      <header className="top">
        <span className="brand"><SafetyOutlined aria-hidden="true" /> <span>{t('app.name')}</span></span>
        <ConnectionWords hub={hub} />
        <bdi className="top-me">{name(me.card.names)}</bdi>
      </header>
      <nav className="rail" aria-label={t('nav.label')}>
        {places.map(({ id, icon, label }) => (
          <button
            key={id}
            type="button"
            className="rail-item"
            aria-current={place === id ? 'page' : undefined}
            onClick={() => {
              setPlace(id);
              if (id !== 'conversations') room.open.set(null);
            }}
          >
            <span className="rail-icon">
              {id === 'conversations'
                ? <Badge count={unread} size="small" overflowCount={99} aria-hidden="true">{icon}</Badge>
                : icon}
            </span>
            <span>{label}</span>
            {id === 'conversations' && unread > 0 && <span className="sr">{t('rooms.unread', { n: unread })}</span>}
          </button>
        ))}
      </nav>
      {place === 'conversations' && (
        <>
          <ConversationList
            model={room}
            onOpen={show}
            onNew={me.permissions.includes('room.create') ? () => setDialog('new') : undefined}
          />
          {open === null
            ? <main className="chat chat-none" id="main"><h1>{t('rooms.pick')}</h1><p className="soft">{t('rooms.pick.hint')}</p></main>
            : <ChatView key={open} model={room} stream={open} onBack={() => show(null)} onDetails={() => setDialog('members')} />}
        </>
      )}
      {place === 'people' && <PeopleView model={account} onMessage={(card) => void messageTo(card)} />}
      {place === 'me' && (
        <Suspense fallback={<main className="page" id="main"><p role="status">{t('app.loading')}</p></main>}>
          <MeView model={account} http={http} onSignOut={onSignOut}><DisplaySettings /></MeView>
        </Suspense>
      )}
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
      {dialog === 'members' && open !== null && (
        <MembersDrawer model={room} stream={open} picker={picker} onClose={() => setDialog(null)} />
      )}
    </div>
  );
}
