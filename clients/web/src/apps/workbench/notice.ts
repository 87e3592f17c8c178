// Telling a person who looks elsewhere: the count in the page's title and on the icon, a title
// that flashes, a sound, and a notice that leads to its place. What the person has set
// holds: quiet hours, and whether a notice may show words. Whispers and burning messages never
// lend it any: notices show on locked screens.

import { useEffect, useMemo, useRef } from 'react';
import { callsMe, previewOf, roomName } from '../../areas/room/words';
import type { RoomModel } from '../../areas/room/model';
import { useI18n } from '../../i18n';
import { prefs } from '../../kit/prefs';
import { ring, showBadge, showNotice } from '../../kit/pwa';
import { isQuiet } from '../../kit/quiet';
import { useObservable } from '../../kit/useObservable';
import type { Conversation, EventFrame } from '../../wire/generated';
import { type Route, routeOf } from './route';

const FLASH = 1_000;

function attending(): boolean { return document.visibilityState === 'visible' && document.hasFocus(); }

/** Whether its words may stand on a screen that others see. */
function isOpen(event: EventFrame): boolean {
  if (event.type !== 'room.message_sent' || event.body === undefined) return false;
  return event.body.burn_ms === undefined && (event.body.visible_to ?? []).length === 0;
}

export function useNotice(room: RoomModel, go: (route: Route) => void): number {
  const i18n = useI18n();
  const conversations = useObservable(room.conversations);
  const unread = useMemo(() => {
    let sum = 0;
    for (const one of conversations.values()) if (one.muted !== true) sum += one.unread;
    return sum;
  }, [conversations]);

  useEffect(() => {
    const name = i18n.t('app.name');
    const counted = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${name}` : name;
    document.title = counted;
    showBadge(unread);
    if (unread === 0) return undefined;
    // Only where nobody looks, and still for who does not want things to move.
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let on = false;
    const timer = still ? undefined : setInterval(() => {
      on = !on && !attending();
      document.title = on ? `【${i18n.t('chat.newBelow')}】` : counted;
    }, FLASH);
    return () => clearInterval(timer);
  }, [unread, i18n]);

  const now = useRef({ i18n, go });
  useEffect(() => { now.current = { i18n, go }; });
  useEffect(() => {
    room.onMessage = (conversation, event) => tell(room, conversation, event, now.current.i18n);
    return () => { room.onMessage = () => undefined; };
  }, [room]);

  // A click on a notice that the worker showed.
  useEffect(() => {
    const { serviceWorker } = navigator;
    if (serviceWorker === undefined) return undefined;
    const heard = ({ data }: MessageEvent<{ type?: string; url?: string }>) => {
      const hash = data.type === 'open' ? /#.*$/u.exec(data.url ?? '')?.[0] : undefined;
      if (hash !== undefined) now.current.go(routeOf(hash));
    };
    serviceWorker.addEventListener('message', heard);
    return () => serviceWorker.removeEventListener('message', heard);
  }, []);
  return unread;
}

function tell(room: RoomModel, conversation: Conversation, event: EventFrame, i18n: ReturnType<typeof useI18n>): void {
  const { alerts } = prefs.get();
  const urgent = event.type === 'room.message_sent' && event.body?.urgent === true;
  if (conversation.muted === true && !callsMe(event, room.me)) return;
  if (isQuiet(alerts, Date.now()) && !(urgent && alerts.urgent_through)) return;
  if (attending() && room.open.get() === conversation.stream) return;
  if (alerts.sound) ring();
  if (!alerts.desktop || attending()) return;
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const text = alerts.show_text && isOpen(event)
    ? previewOf({ ...conversation, last: event }, room.cards, room.me, i18n) : i18n.t('chat.newBelow');
  // The tag that the hub's push of the same message has: an urgent one keeps a place of its own.
  const tag = urgent ? `${conversation.stream}.${event.seq}` : conversation.stream;
  void showNotice({
    title: roomName(conversation, i18n), body: text, tag, url: `/#/conversations/${conversation.stream}`,
    lang: i18n.tag, dir: i18n.dir, silent: alerts.sound,
  });
}
