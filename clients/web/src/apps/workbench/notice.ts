// Telling a person who looks elsewhere: the count in the page's title, and a notification.
// Message text is not put into notifications: they show on locked screens.

import { useEffect, useMemo, useRef } from 'react';
import { callsMe, roomName } from '../../areas/room/words';
import type { RoomModel } from '../../areas/room/model';
import { useI18n } from '../../i18n';
import { prefs } from '../../kit/prefs';
import { useObservable } from '../../kit/useObservable';
import type { StreamId } from '../../wire/generated';

function attending(): boolean { return document.visibilityState === 'visible' && document.hasFocus(); }

export function useNotice(room: RoomModel, show: (stream: StreamId) => void): number {
  const i18n = useI18n();
  const conversations = useObservable(room.conversations);
  const unread = useMemo(() => {
    let sum = 0;
    for (const one of conversations.values()) if (one.muted !== true) sum += one.unread;
    return sum;
  }, [conversations]);

  useEffect(() => {
    const name = i18n.t('app.name');
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${name}` : name;
  }, [unread, i18n]);

  const now = useRef({ i18n, show });
  useEffect(() => { now.current = { i18n, show }; });
  useEffect(() => {
    room.onMessage = (conversation, event) => {
      if (conversation.muted === true && !callsMe(event, room.me)) return;
      if (!prefs.get().notify || attending()) return;
      if (!('Notification' in window) || Notification.permission !== 'granted') return;
      const notice = new Notification(roomName(conversation, now.current.i18n), {
        body: now.current.i18n.t('chat.newBelow'),
        tag: conversation.stream,
        lang: now.current.i18n.tag,
        dir: now.current.i18n.dir,
        icon: '/icon.svg',
      });
      notice.onclick = () => {
        window.focus();
        now.current.show(conversation.stream);
        notice.close();
      };
    };
    return () => { room.onMessage = () => undefined; };
  }, [room]);
  return unread;
}
