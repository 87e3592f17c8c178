// The connection as people meet it: gone, back, refused; and news while they look elsewhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  URL, connected, eventually, launch, message, nameOf, noAxeFindings, openDirect, people, profile, run, say,
  shot, signIn,
} from './people.mjs';

const SOCKET = /\/v1\/ws$/;
let browser;
let staff;

before(async () => {
  browser = await launch();
  staff = (await people()).slice(20);
});
after(() => browser?.close());

test('what is written offline survives a reload and arrives once', async () => {
  const { page, context } = await profile(browser);
  const [a, b] = staff;
  await signIn(page, a);
  await openDirect(page, b);
  await say(page, `在线 ${run}`);
  await message(page, `在线 ${run}`).waitFor();

  // The socket alone is cut: the page itself can still be reloaded.
  let cut = true;
  await page.routeWebSocket(SOCKET, (ws) => {
    if (cut) void ws.close({ code: 4000 });
    else ws.connectToServer();
  });
  await page.reload();
  await page.locator('.chat textarea').waitFor();
  for (const text of ['离线一', '离线二', '离线三']) await say(page, `${text} ${run}`);
  await page.locator('.msg-out', { hasText: `离线三 ${run}` }).waitFor();
  await page.locator('[data-state="offline"]', { hasText: '3 条消息待发送' }).waitFor();
  await noAxeFindings(page, 'offline');
  await shot(page, 'offline-unsent-zh');
  await page.reload();
  await page.locator('.msg-out', { hasText: `离线三 ${run}` }).waitFor();
  assert.equal(await page.locator('.msg-out').count(), 3);
  cut = false;
  await connected(page);
  await message(page, `离线三 ${run}`).waitFor();
  await page.locator('.msg-out').first().waitFor({ state: 'detached' });
  await page.reload();
  await message(page, `离线三 ${run}`).waitFor();
  const texts = await page.locator('.msg[data-message] .msg-text').allTextContents();
  assert.deepEqual(texts.filter((text) => text.startsWith('离线') && text.endsWith(run)), ['离线一', '离线二', '离线三'].map((text) => `${text} ${run}`));
  await context.close();
});

test('the network goes and comes back while one reads: said, and made up for', async () => {
  const { page, context } = await profile(browser);
  const [, , a, b] = staff;
  await signIn(page, a);
  await openDirect(page, b);
  await context.setOffline(true);
  await page.locator('[data-state="offline"]').waitFor();
  await (await commander(b))('room.open_direct', { peer: a.card.account });
  const stream = await page.evaluate(() => location.hash.split('/').at(-1));
  await (await commander(b))('room.send_message', { text: `您不在时 ${run}` }, stream);
  await say(page, `等网络 ${run}`);
  await context.setOffline(false);
  await connected(page);
  await message(page, `您不在时 ${run}`).waitFor();
  await message(page, `等网络 ${run}`).waitFor();
  assert.equal(await message(page, `您不在时 ${run}`).count(), 1);
  await context.close();
});

test('a hub that has had enough of bad frames says so, and nobody is signed out', async () => {
  const { page, context } = await profile(browser);
  let server;
  await page.routeWebSocket(SOCKET, (ws) => { server = ws.connectToServer(); });
  await signIn(page, staff[4]);
  for (let frames = 0; frames < 200; frames += 1) server.send('{"t":"nonsense"}');
  await page.locator('[data-state="stopped"]').waitFor();
  await page.locator('.ending', { hasText: '无效数据' }).waitFor();
  await noAxeFindings(page, 'connection stopped');
  await shot(page, 'ended-abusive-zh');
  await page.locator('.ending button').click();
  await connected(page);
  assert.equal(await page.locator('.ending').count(), 0);
  await context.close();
});

test('a hub of another version asks for a reload in its own words', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, staff[4]);
  let other = true;
  await page.routeWebSocket(SOCKET, (ws) => {
    if (other) void ws.close({ code: 4502, reason: 'version' });
    else ws.connectToServer();
  });
  await page.reload();
  await page.locator('.ending', { hasText: '系统已更新' }).waitFor();
  await shot(page, 'ended-version-zh');
  other = false;
  await page.locator('.ending button').click();
  await connected(page);
  await context.close();
});

test('a page in the background notifies, without the text, and opens what is new', async () => {
  const { page, context } = await profile(browser);
  const [, , , , , me, peer] = staff;
  await context.grantPermissions(['notifications'], { origin: URL });
  await page.addInitScript(() => {
    // The system's own bubble cannot be seen from here: what the worker has told it can.
    window.told = async () => {
      // One that could not be installed is no reason to wait for ever.
      const worker = await navigator.serviceWorker.getRegistration();
      return (await worker?.getNotifications() ?? []).map(({ title, body }) => ({ title, body }));
    };
    let hidden = false;
    Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });
    Document.prototype.hasFocus = () => !hidden;
    window.hide = (now) => {
      hidden = now;
      document.dispatchEvent(new Event('visibilitychange'));
    };
  });
  await signIn(page, me);
  await page.locator('[data-place=me]').click();
  await page.locator('#set-desktop').click();
  await page.locator('#set-desktop[aria-checked=true]').waitFor();

  const send = await commander(peer);
  const { stream } = await send('room.open_direct', { peer: me.card.account });
  await page.evaluate(() => window.hide(true));
  await send('room.send_message', { text: `请到三号窗口 ${run}` }, stream);
  const told = await eventually(() => page.evaluate(() => window.told()), (all) => all.length > 0);
  assert.deepEqual(told, [{ title: nameOf(peer, 'zh'), body: '有新消息' }]);
  await page.waitForFunction(() => document.title.startsWith('('));
  await page.evaluate(() => window.hide(false));
  await context.serviceWorkers()[0].evaluate(async () => {
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  });
  await message(page, `请到三号窗口 ${run}`).waitFor();

  // Who looks at it needs no bubble.
  await send('room.send_message', { text: `第二条 ${run}` }, stream);
  await message(page, `第二条 ${run}`).waitFor();
  assert.deepEqual(await page.evaluate(() => window.told()), []);
  await context.close();
});
