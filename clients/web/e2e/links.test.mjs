// Cards of links: offered for an address that was pasted, dismissed or sent, read by the hub in any
// character set, and shown to somebody else whose browser asks the page for nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import {
  launch, message, noAxeFindings, nothingSideways, openRoom, people, profile, run, shot, signIn,
} from './people.mjs';

let browser;
let site;
/** Who asked the page for something, by the name they give themselves. */
const askers = [];

before(async () => {
  browser = await launch();
  const server = createServer((request, response) => {
    askers.push(request.headers['user-agent'] ?? '');
    // 办事大厅, as older pages of this country are written.
    const title = Buffer.from('b0ecca c2b4f3ccfc'.replace(/ /gu, ''), 'hex');
    const summary = Buffer.from('cdf8c9cfb0ecc0ed', 'hex');
    response.writeHead(200, { 'content-type': 'text/html; charset=GB18030' });
    response.end(Buffer.concat([
      Buffer.from('<title>x</title><meta property="og:title" content="'), title, Buffer.from(` ${run}`),
      Buffer.from('"><meta property="og:description" content="'), summary, Buffer.from('"><body><h1>1</h1>'),
    ]));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  site = { server, url: `http://127.0.0.1:${server.address().port}/guide` };
});
after(async () => {
  await browser?.close();
  site?.server.close();
});

test('a pasted address is offered as a card, which another sees without asking the page', async () => {
  const [anna, bela] = (await people()).slice(12, 14);
  const name = `链接组 ${run}`;
  await makeGroup(await commander(anna), name, [bela]);
  const [a, b] = await Promise.all([profile(browser), profile(browser, { language: 'ug', phone: true })]);
  await Promise.all([signIn(a.page, anna), signIn(b.page, bela)]);
  await Promise.all([openRoom(a.page, name), openRoom(b.page, name)]);

  const field = a.page.locator('.chat textarea').first();
  await field.fill(`请看 ${site.url}`);
  const offer = a.page.locator('.link-offer');
  await offer.filter({ hasText: `办事大厅 ${run}` }).waitFor();
  await noAxeFindings(a.page, 'a card is offered');
  await shot(a.page, 'link-offer-zh');
  await field.press('Enter');
  await offer.waitFor({ state: 'detached' });
  const card = message(b.page, `办事大厅 ${run}`).locator('a.part-link');
  await card.filter({ hasText: '网上办理' }).waitFor();
  assert.equal(await card.getAttribute('href'), site.url);
  assert.equal(await card.getAttribute('rel'), 'noopener noreferrer');
  await noAxeFindings(b.page, 'a card');
  await nothingSideways(b.page, 'a card on a phone');
  await shot(b.page, 'link-card-phone-ug');
  await shot(a.page, 'link-card-zh');

  // Without its card an address is text; by itself with it, a card.
  await field.fill(`${site.url}?2 不要卡片`);
  await offer.waitFor();
  // Whoever was lent to another journey may read another language.
  await offer.locator('button').click();
  await offer.waitFor({ state: 'detached' });
  await field.press('Enter');
  const plain = message(b.page, '不要卡片');
  await plain.locator('.msg-text a').waitFor();
  assert.equal(await plain.locator('.part-link').count(), 0);
  await field.fill(`${site.url}?3`);
  await offer.waitFor();
  await field.press('Enter');
  const alone = b.page.locator('.msg[data-message]').filter({ has: b.page.locator(`a.part-link[href="${site.url}?3"]`) });
  await alone.waitFor();
  assert.equal(await alone.locator('.msg-text').count(), 0);

  // What may not be read is offered as nothing and goes as text.
  await field.fill('http://10.20.0.1/内部');
  await a.page.waitForResponse((response) => response.url().includes('/v1/link') && response.status() === 403);
  await field.press('Enter');
  await message(b.page, '10.20.0.1').locator('.msg-text a').waitFor();

  assert.ok(askers.length > 0);
  assert.deepEqual(askers.filter((agent) => !agent.startsWith('hub/')), [], 'only the hub asks the page');
  for (const { faults } of [a, b]) assert.deepEqual(faults, []);
});
