// Where the person is, as the address says it: a reload and the browser's back button, which
// is the phone's, lead to where one expects.

import { useCallback, useSyncExternalStore } from 'react';
import type { StreamId } from '../../wire/generated';

export const PLACES = ['conversations', 'mail', 'people', 'tasks', 'drive', 'notices', 'services', 'apps', 'me'] as const;
/** Reached from another place, not from the rail. */
const BESIDE = ['plans'] as const;
export type RailPlace = (typeof PLACES)[number];
export type Place = RailPlace | (typeof BESIDE)[number];
/** `seek`: what is to be shown there, once; the page of that place finds it. */
export type Route = { place: Place; stream: StreamId | null; seek?: StreamId };

const HOME: Route = { place: 'conversations', stream: null };
const STREAM = /^room:[0-9a-f-]{36}$/;
const SOUGHT: Partial<Record<Place, RegExp>> = { notices: /^notice:[0-9a-f-]{36}$/, tasks: /^task:[0-9a-f-]{36}$/ };

export function hashOf({ place, stream, seek }: Route): string {
  const within = stream ?? seek;
  return within === undefined ? `#/${place}` : `#/${place}/${within}`;
}

export function routeOf(hash: string): Route {
  const [place, stream] = hash.replace(/^#\/?/u, '').split('/');
  if (![...PLACES, ...BESIDE].some((one) => one === place)) return HOME;
  if (stream !== undefined && SOUGHT[place as Place]?.test(stream)) return { place: place as Place, stream: null, seek: stream as StreamId };
  const room = (place === 'conversations' || place === 'services') && stream !== undefined && STREAM.test(stream);
  return { place: place as Place, stream: room ? (stream as StreamId) : null };
}

const listeners = new Set<() => void>();
let now = routeOf(location.hash);

function read(): void {
  const next = routeOf(location.hash);
  if (hashOf(next) === hashOf(now)) return;
  now = next;
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('popstate', read);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('popstate', read);
  };
}

/** The next person to sign in here starts afresh. */
export function forgetRoute(): void {
  history.replaceState(null, '', location.pathname);
  read();
}

/** What was sought is about to be shown: the way back leads to the place, not to it again. */
export function forgetSeek(): void {
  history.replaceState(null, '', hashOf({ place: now.place, stream: now.stream }));
  read();
}

export function useRoute(): [Route, (route: Route) => void] {
  const route = useSyncExternalStore(subscribe, () => now);
  const go = useCallback((next: Route) => {
    if (hashOf(next) === hashOf(now)) return;
    history.pushState(null, '', hashOf(next));
    read();
  }, []);
  return [route, go];
}
