// The workbench on a phone: installed, without network, pushed to. A push service of this test's
// own stands in for the browser's: it opens each message as RFC 8291 says.
import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  URL as HUB, connected, demoAccounts, eventually, goTo, launch, message, nameOf, noAxeFindings, nothingSideways, openDirect, people,
  profile, run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;

before(async () => {
  browser = await launch();
  staff = (await people()).slice(-12, -6);
  // Everybody has something to look at.
  const send = await commander(staff[5]);
  for (const one of staff.slice(0, 2)) {
    const { stream } = await send('room.open_direct', { peer: one.card.account });
    for (const text of ['您好，材料已经收到。', 'ياخشىمۇسىز، ماتېرىيال تاپشۇرۇۋېلىندى.', '请今天下班前回复，谢谢。']) {
      await send('room.send_message', { text }, stream);
    }
  }
});
after(() => browser?.close());

const PLACES = ['conversations', 'people', 'tasks', 'drive', 'notices', 'me'];

for (const language of ['zh', 'ug']) {
  test(`every page fits a phone: ${language}`, async () => {
    const { page, context, faults } = await profile(browser, { phone: true, language });
    await signIn(page, staff[0]);
    for (const place of await page.locator('[data-place]').evaluateAll((all) => all.map((one) => one.dataset.place))) {
      await goTo(page, place);
      await page.locator('#main h1').first().waitFor({ state: 'attached' });
      await page.waitForLoadState('networkidle');
      await nothingSideways(page, `${place} on a phone`);
      await shot(page, `phone-${place}-${language}`);
    }
    assert.ok(PLACES.length > 0);
    await goTo(page, 'conversations');
    await openDirect(page, staff[1]);
    await say(page, `手机 ${language} ${run}`);
    await message(page, `手机 ${language} ${run}`).waitFor();
    await nothingSideways(page, 'a conversation on a phone');
    await noAxeFindings(page, 'a conversation on a phone');
    await shot(page, `phone-chat-${language}`);
    // What a finger has to hit is at least 24 pixels either way (WCAG 2.2, 2.5.8).
    const small = await page.evaluate(() => [...document.querySelectorAll('button, a[href], input')]
      .map((one) => [one.className, one.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24) && box.width > 2)
      .map(([name, box]) => `${name} ${Math.round(box.width)}×${Math.round(box.height)}`));
    assert.deepEqual(small, [], 'too small to hit');
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test('a browser may install it, in each language', async () => {
  const { page, context } = await profile(browser, { phone: true });
  await signIn(page, staff[1]);
  const worker = await page.evaluate(() => navigator.serviceWorker.ready.then((one) => one.active.state));
  assert.ok(['activating', 'activated'].includes(worker));
  const cdp = await context.newCDPSession(page);
  for (const language of ['zh', 'ug', 'en']) {
    await page.evaluate((to) => document.querySelector('link[rel=manifest]').setAttribute('href', `/manifest.${to}.webmanifest`), language);
    const { errors, data } = await cdp.send('Page.getAppManifest');
    assert.deepEqual(errors, [], language);
    const manifest = JSON.parse(data);
    assert.equal(manifest.display, 'standalone');
    for (const { src, sizes, type } of manifest.icons) {
      const icon = await fetch(`${HUB}${src}`);
      assert.equal(icon.status, 200, src);
      assert.equal(icon.headers.get('content-type'), type);
      if (sizes === 'any') continue;
      const bytes = Buffer.from(await icon.arrayBuffer());
      assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
    }
  }
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
  // A test's context is like a private window, which installs nothing; nothing else may be wrong.
  assert.deepEqual(installabilityErrors.map((one) => one.errorId).filter((id) => id !== 'in-incognito'), []);
  await context.close();
});

test('without network the page opens, says so, and comes back by itself', async () => {
  const { page, context } = await profile(browser, { phone: true });
  await signIn(page, staff[1]);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await eventually(
    () => page.evaluate(async () => (await (await caches.open('hub-shell-1')).keys()).map((one) => one.url)),
    (kept) => kept.some((url) => url.includes('/assets/')),
  );
  await page.reload();
  await connected(page);
  await context.setOffline(true);
  await page.reload();
  await page.getByText('现在连不上服务器').waitFor();
  await noAxeFindings(page, 'offline');
  await shot(page, 'phone-offline-zh');
  await context.setOffline(false);
  await connected(page);
  await page.locator('.rooms-list button.line').first().waitFor();

  await page.goto(`${HUB}/offline.html`);
  await noAxeFindings(page, 'the page for when nothing is kept');
  await context.close();
});

test('the title and the icon count what is unread', async () => {
  const [a, b] = [staff[2], staff[3]];
  const here = await profile(browser);
  await here.context.addInitScript(() => {
    globalThis.badges = [];
    navigator.setAppBadge = (count) => Promise.resolve(globalThis.badges.push(count));
    navigator.clearAppBadge = () => Promise.resolve(globalThis.badges.push(0));
  });
  const there = await profile(browser);
  await signIn(here.page, a);
  await goTo(here.page, 'people');
  await signIn(there.page, b);
  await openDirect(there.page, a);
  await say(there.page, `角标 ${run}`);
  await here.page.waitForFunction(() => /^\(\d+\+?\) /u.test(document.title) && globalThis.badges.at(-1) > 0);
  await goTo(here.page, 'conversations');
  await here.page.locator('.rooms-list li').filter({ hasText: nameOf(b, 'zh') }).first().locator('button.line').click();
  await message(here.page, `角标 ${run}`).waitFor();
  await here.page.waitForFunction(() => globalThis.badges.at(-1) < globalThis.badges.at(-2));
  await here.context.close();
  await there.context.close();
});

/** Stands in for a browser's push service: tells what came, opened. */
async function pushService() {
  const ecdh = createECDH('prime256v1');
  const p256dh = ecdh.generateKeys();
  const auth = randomBytes(16);
  const came = [];
  let status = 201;
  const waiting = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.writeHead(status).end();
      if (status === 201) came.push({ headers: request.headers, ...open(Buffer.concat(parts), ecdh, p256dh, auth) });
      else came.push({ headers: request.headers });
      waiting.splice(0).forEach((tell) => tell());
    });
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  // A journey that fails before it closes this must not be waited for.
  server.unref();
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    came,
    answer(next) { status = next; },
    async next(count) {
      while (came.length < count) await new Promise((tell) => { waiting.push(tell); });
      return came[count - 1];
    },
    target: {
      provider: 'web', endpoint: `${origin}/send/${run}`,
      p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url'),
    },
    close() { server.closeAllConnections(); server.close(); },
  };
}

/** RFC 8291 and 8188, from the receiver's side. */
function open(body, ecdh, own, auth) {
  const mac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts.map((one) => Buffer.from(one)))).digest();
  const salt = body.subarray(0, 16);
  assert.equal(body.readUInt32BE(16), 4096);
  const theirs = body.subarray(21, 21 + body[20]);
  const input = mac(mac(auth, ecdh.computeSecret(theirs)), 'WebPush: info\0', own, theirs, [1]);
  const secret = mac(salt, input);
  const key = mac(secret, 'Content-Encoding: aes128gcm\0', [1]).subarray(0, 16);
  const nonce = mac(secret, 'Content-Encoding: nonce\0', [1]).subarray(0, 12);
  const record = body.subarray(21 + body[20]);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  assert.equal(plain.at(-1), 2, 'the last record');
  return { told: JSON.parse(plain.subarray(0, -1).toString()) };
}

/** RFC 8292: who sends, signed for this service. */
function signedFor(header, origin) {
  const [, token, k] = /^vapid t=([^,]+), k=(.+)$/u.exec(header);
  const [head, claims, signature] = token.split('.');
  const point = Buffer.from(k, 'base64url');
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') },
  });
  assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
  assert.equal(said.aud, origin);
  assert.ok(said.exp > Date.now() / 1000 && said.exp < Date.now() / 1000 + 86_400);
}

/** Puts what the hub pushed into the browser's service worker, as its push service would. */
async function deliverer(page, context) {
  const cdp = await context.newCDPSession(page);
  const registration = new Promise((found) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0] !== undefined) found(registrations[0].registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await registration;
  return (told) => cdp.send('ServiceWorker.deliverPushMessage', { origin: HUB, registrationId, data: JSON.stringify(told) });
}

function notifications(page, tag) {
  return page.evaluate(async (wanted) => {
    const worker = await navigator.serviceWorker.ready;
    const all = await worker.getNotifications(wanted === undefined ? {} : { tag: wanted });
    return all.map((one) => ({ title: one.title, body: one.body, url: one.data.url, stays: one.requireInteraction }));
  }, tag);
}

async function click(context, tag) {
  await context.serviceWorkers()[0].evaluate(async (wanted) => {
    const [notification] = await self.registration.getNotifications({ tag: wanted });
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  }, tag);
}

test('a phone is told of to-dos, tasks and urgent messages, and a click leads to each', async () => {
  const [a, b] = [staff[2], staff[3]];
  const service = await pushService();
  const own = `account:${a.card.account}`;
  const send = await commander(a);
  await send('account.set_preferences', { alerts: { desktop: true, sound: false, show_text: true, urgent_through: true } }, own);
  await send('account.add_push_device', { device: crypto.randomUUID(), name: 'Chrome · Android', target: service.target }, own);
  const other = await commander(b);
  const to = { to: 'people', accounts: [a.card.account] };
  const notice = `notice:${crypto.randomUUID()}`;
  await other('notice.send', { kind: 'todo', title: `交周报 ${run}`, text: '周五前', target: to, confirm: false }, notice);
  const todo = (await service.next(1)).told;
  assert.deepEqual([todo.title, todo.body, todo.tag, todo.url], ['待办', `${nameOf(b, 'zh')}: 交周报 ${run}`, notice, `/#/notices/${notice}`]);

  const task = `task:${crypto.randomUUID()}`;
  const now = Date.now();
  await other('task.create', { title: `盘点 ${run}`, starts_at: now, ends_at: now + 3_600_000, zone: 'Asia/Shanghai', assignees: [a.card.account] }, task);
  const given = (await service.next(2)).told;
  assert.deepEqual([given.title, given.tag, given.url], ['任务', task, `/#/tasks/${task}`]);

  const { stream } = await other('room.open_direct', { peer: a.card.account });
  const { seq } = await other('room.send_message', { text: `停电 ${run}`, urgent: true }, stream);
  const urgent = (await service.next(3)).told;
  assert.deepEqual([urgent.tag, urgent.urgent], [`${stream}.${seq}`, true]);
  await other('room.send_message', { text: `后来 ${run}` }, stream);
  const plain = (await service.next(4)).told;
  assert.equal(plain.tag, stream);

  const { page, context, faults } = await profile(browser, { phone: true });
  await context.grantPermissions(['notifications'], { origin: HUB });
  await signIn(page, a);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const deliver = await deliverer(page, context);
  for (const told of [todo, given, urgent, plain, urgent]) await deliver(told);
  await eventually(() => notifications(page), (all) => all.length === 4);
  // What is said later does not push an urgent message off the screen, and a repeat takes its own place.
  assert.deepEqual((await notifications(page, urgent.tag)).map((one) => one.stays), [true]);
  assert.deepEqual((await notifications(page, plain.tag)).map((one) => one.stays), [false]);

  await click(context, notice);
  await page.locator('.notice-detail h2').filter({ hasText: `交周报 ${run}` }).waitFor();
  await page.waitForFunction(() => location.hash === '#/notices');
  await noAxeFindings(page, 'a to-do that was pushed');
  await shot(page, 'phone-pushed-notice-zh');
  await click(context, task);
  await page.waitForFunction(
    (title) => [...document.querySelectorAll('.ant-drawer input')].some((one) => one.value === title), `盘点 ${run}`,
  );
  await noAxeFindings(page, 'a task that was pushed');
  await shot(page, 'phone-pushed-task-zh');
  await context.close();

  // A phone on which no page is open begins there.
  const fresh = await profile(browser, { phone: true, language: 'ug' });
  await signIn(fresh.page, a);
  // A page that is open would go there at once, and what it says of it be gone with a reload.
  const begins = async () => {
    await fresh.page.goto('about:blank');
    await fresh.page.goto(`${HUB}/#/notices/${notice}`);
  };
  await begins();
  await fresh.page.locator('.notice-detail h2').filter({ hasText: `交周报 ${run}` }).waitFor();
  await shot(fresh.page, 'phone-pushed-notice-ug');
  // Withdrawn meanwhile, the click says so.
  await other('notice.withdraw', {}, notice);
  await begins();
  await fresh.page.getByText('بۇ ئۇقتۇرۇش قايتۇرۇۋېلىنغان ياكى مەۋجۇت ئەمەس.').waitFor();
  await fresh.context.close();
  assert.deepEqual(faults, []);
  await send('room.acknowledge', { seq }, stream);
  service.close();
});

test('a phone is told of a message, sealed for it alone, and a click leads there', async () => {
  const [a, b] = [staff[4], staff[5]];
  const service = await pushService();
  const own = `account:${a.card.account}`;
  const send = await commander(a);
  await send('account.set_preferences', { alerts: { desktop: true, sound: false, show_text: true, urgent_through: true } }, own);
  const device = crypto.randomUUID();
  await send('account.add_push_device', { device, name: 'Chrome · Android', target: service.target }, own);
  const other = await commander(b);
  const { stream } = await other('room.open_direct', { peer: a.card.account });
  await other('room.send_message', { text: `您好 ${run}` }, stream);
  const first = await service.next(1);
  signedFor(first.headers.authorization, service.origin);
  assert.equal(first.headers['content-encoding'], 'aes128gcm');
  assert.equal(first.told.body, `您好 ${run}`);
  assert.equal(first.told.title, nameOf(b, 'zh'));
  assert.equal(first.told.tag, stream);
  assert.ok(first.told.unread >= 1);

  // A message that burns lends no word to a notice.
  await other('room.send_message', { text: `秘密 ${run}`, burn_ms: 30_000 }, stream);
  const second = await service.next(2);
  assert.ok(!JSON.stringify(second.told).includes('秘密'), 'no word of it');

  // Whoever has the conversation open is not pushed.
  const { page, context } = await profile(browser, { phone: true });
  await context.grantPermissions(['notifications'], { origin: HUB });
  await signIn(page, a);
  await page.locator('.rooms-list li').filter({ hasText: nameOf(b, 'zh') }).first().locator('button.line').click();
  await message(page, `您好 ${run}`).waitFor();
  await other('room.send_message', { text: `在看 ${run}` }, stream);
  await message(page, `在看 ${run}`).waitFor();
  await page.locator('.chat-head .only-narrow').click();
  await page.locator('.rooms-list').waitFor();
  await other('room.send_message', { text: `后来 ${run}` }, stream);
  const third = await service.next(3);
  assert.equal(third.told.body, `后来 ${run}`, 'what was read meanwhile was not told');

  // The browser's worker shows it, and a click opens the conversation.
  await (await deliverer(page, context))(third.told);
  const [shown] = await eventually(() => notifications(page, stream), (all) => all.length > 0);
  assert.deepEqual(shown, { title: nameOf(b, 'zh'), body: `后来 ${run}`, url: `/#/conversations/${stream}`, stays: false });
  await click(context, stream);
  await page.waitForFunction((open) => location.hash === `#/conversations/${open}`, stream);
  await message(page, `后来 ${run}`).waitFor();
  await context.close();

  // A device that its service has forgotten is taken off the account.
  service.answer(410);
  await other('room.send_message', { text: `没有了 ${run}` }, stream);
  await service.next(4);
  const watcher = await profile(browser);
  await signIn(watcher.page, a);
  await eventually(() => watcher.page.evaluate(async (id) => {
    const { devices } = await (await fetch('/v1/push')).json();
    return devices.every((one) => one.device !== id);
  }, device), (gone) => gone);
  await watcher.context.close();

  const operator = (await demoAccounts()).find((one) => one.grants[0]?.role === 'operator');
  const desk = await profile(browser);
  await signIn(desk.page, operator);
  await goTo(desk.page, 'me');
  await desk.page.locator('.push-log').getByText('设备已注销').first().waitFor();
  assert.ok(!(await desk.page.locator('.push-log').innerText()).includes(run), 'nothing of what was said');
  await desk.page.locator('.push-log').scrollIntoViewIfNeeded();
  await shot(desk.page, 'push-log-zh');
  await desk.context.close();
  service.close();
});
