// The service worker: keeps the page's own files for when the network is away, shows what the
// hub pushes, and leads a click to its place: a conversation, a notice, a task. Invariants:
// nothing that people wrote is kept here, only the program; a push always shows something, as
// browsers ask; a page that is open is brought forward instead of opened again.

const SHELL = 'hub-shell-1';
const ALWAYS = ['/', '/offline.html', '/icon.svg', '/icon-192.png'];

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

/** What the build lists; a file that is there already has not changed: its name holds a hash. */
async function keepShell() {
  const cache = await caches.open(SHELL);
  const list = await fetch('/shell.json', { cache: 'no-store' }).then((answer) => (answer.ok ? answer.json() : []), () => []);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll(ALWAYS);
  // One that cannot be had is fetched when it is needed: notices must not wait for it.
  await Promise.allSettled(list.filter((path) => !kept.has(path)).map((path) => cache.add(path)));
  // Of a former build.
  for (const path of kept) if (path.startsWith('/assets/') && !list.includes(path)) await cache.delete(path);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && !/^\/(v1|docs|metrics|openapi|healthz|readyz|s)\b/.test(url.pathname)) {
    event.respondWith(page(request));
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(asset(request));
  }
});

async function page(request) {
  try {
    const fresh = await fetch(request);
    // The page has changed with the program: keep what it now names.
    if (fresh.ok && new URL(request.url).pathname === '/') void refresh(fresh.clone());
    return fresh;
  } catch {
    const cache = await caches.open(SHELL);
    return await cache.match('/') ?? await cache.match('/offline.html') ?? Response.error();
  }
}

async function refresh(fresh) {
  const cache = await caches.open(SHELL);
  const before = await cache.match('/');
  const text = await fresh.clone().text();
  if (before !== undefined && await before.text() === text) return;
  await keepShell().catch(() => undefined);
}

async function asset(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) void cache.put(request, fresh.clone());
  return fresh;
}

const WORDS = { zh: '您有一条新消息', ug: 'يېڭى ئۇچۇر كەلدى', en: 'You have a new message' };

self.addEventListener('push', (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Not ours: something is shown all the same.
  }
  const { title = '政务服务协同平台', body = WORDS.zh, tag, url = '/', unread = 0, urgent = false } = told;
  event.waitUntil((async () => {
    if (typeof unread === 'number' && unread > 0) await self.navigator.setAppBadge?.(unread).catch(() => undefined);
    const shown = tag === undefined ? [] : await self.registration.getNotifications({ tag });
    await self.registration.showNotification(title, {
      body, tag, icon: '/icon-192.png', badge: '/icon-badge.png', data: { url },
      // The page's own notice of the same message is already there: no second sound.
      renotify: urgent && tag !== undefined, silent: shown.length > 0 && !urgent, requireInteraction: urgent,
    });
  })());
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = event.notification.data?.url ?? '/';
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const client = open[0];
    if (client === undefined) return void await self.clients.openWindow(url);
    client.postMessage({ type: 'open', url });
    await client.focus?.().catch(() => undefined);
  })());
});

self.addEventListener('pushsubscriptionchange', (event) => {
  // The page makes a new one when it is next opened; it alone holds the sign-in.
  event.waitUntil(self.clients.matchAll().then((open) => open.forEach((client) => client.postMessage({ type: 'resubscribe' }))));
});
