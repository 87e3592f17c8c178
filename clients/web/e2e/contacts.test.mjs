// Contacts: the tabs, a card, permission asked for and given between two people, a rule of an
// operator in force at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import { goTo, launch, noAxeFindings, nothingSideways, openRoom, people, profile, run, shot, signIn } from './people.mjs';

let browser;
let staff;
let operator;

before(async () => {
  browser = await launch();
  staff = await people('counter_staff');
  [operator] = await people('operator');
});
after(() => browser?.close());

const tab = (page, key) => page.locator(`#contact-tab-${key}`).click();

async function there(account, settings) {
  const made = await profile(browser, settings);
  await signIn(made.page, account);
  await goTo(made.page, 'people');
  return made;
}

async function openCard(page, account) {
  await tab(page, 'units');
  await page.locator('.people-found input[type=search]').fill(account.card.username);
  await page.waitForFunction(() => document.querySelectorAll('.people-list li').length === 1);
  await page.locator('.people-list li button').click();
  await page.locator('.contact-state').waitFor();
}

for (const [language, phone] of [['zh', false], ['ug', false], ['en', false], ['zh', true]]) {
  test(`each tab is whole in ${language}${phone ? ' on a phone' : ''}`, async () => {
    const { page, context, faults } = await there(staff[0], { language, phone });
    for (const key of ['units', 'recent', 'colleagues', 'groups', 'requests']) {
      await tab(page, key);
      await page.locator('.people-list li, .nothing').first().waitFor();
      await noAxeFindings(page, `contacts ${key}`);
      await nothingSideways(page);
      await shot(page, `contacts-${key}-${language}${phone ? '-phone' : ''}`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test('a rule makes it grey, one asks, the other agrees, and both may talk', async () => {
  const [one, other] = [staff[1], staff.find((two) => two.card.unit !== staff[1].card.unit)];
  const desk = await there(operator);
  await tab(desk.page, 'requests');
  await desk.page.locator('.contact-rules .ant-btn-primary').click();
  await desk.page.locator('.contact-rules li').first().waitFor();
  await noAxeFindings(desk.page, 'rules');
  await shot(desk.page, 'contacts-rules-zh');

  const left = await there(one);
  const right = await there(other, { language: 'ug' });
  await openCard(left.page, other);
  await left.page.locator('.contact-state.contact-ask').waitFor();
  await left.page.locator('.contact-acts .ant-btn-primary').click();
  await left.page.locator('.contact-card > .contact-ask textarea').fill('请教一件事');
  await left.page.locator('.contact-card > .contact-ask .ant-btn-primary').click();
  await left.page.locator('.contact-card .contact-asked').waitFor();
  await right.page.locator('.contact-count').waitFor();
  await tab(right.page, 'requests');
  await right.page.locator('.people-list li button').first().click();
  await right.page.locator('.contact-text', { hasText: '请教一件事' }).waitFor();
  await noAxeFindings(right.page, 'a request');
  await shot(right.page, 'contacts-request-ug');
  await right.page.locator('.contact-acts .ant-btn-primary').click();
  await left.page.locator('.contact-card .contact-granted').waitFor();
  await shot(left.page, 'contacts-granted-zh');
  await left.page.locator('.contact-acts .ant-btn-primary').click();
  await left.page.locator('.chat textarea').waitFor();

  // Ended before its time, both are told; the next run finds the two as they were.
  await right.page.locator('.contact-acts button').nth(1).click();
  await right.page.locator('.contact-card .contact-state.contact-ask').waitFor();

  await desk.page.locator('.contact-rules li button').first().click();
  await desk.page.locator('.contact-rules li').waitFor({ state: 'detached' });
  for (const made of [desk, left, right]) await made.context.close();
});

test('a card of somebody whom the reader may not see has a name and opens nothing', async () => {
  const [admin] = await people('region_admin');
  const send = await commander(admin);
  const root = admin.grants[0].unit;
  const [unit, account] = [crypto.randomUUID(), crypto.randomUUID()];
  await send('unit.create', { kind: 'department', names: { zh: `督查室 ${run}` }, parent: root, rank: 9 }, `unit:${unit}`);
  await send('unit.set_visibility', { visible: { to: 'own_tree' } }, `unit:${unit}`);
  const names = { zh: `督查员${run}` };
  await send('account.create', {
    username: `inspector_${run}`, names, unit, post: '', password: `Right-${run}-Horse-7`, roles: [],
  }, `account:${account}`);
  const group = await makeGroup(send, `督查 ${run}`, [staff[5]]);
  await send('room.send_message', { text: '', part: { kind: 'card', account } }, group);

  const { page, context, faults } = await profile(browser);
  await signIn(page, staff[5]);
  await openRoom(page, `督查 ${run}`);
  const card = page.locator('.part-card', { hasText: names.zh });
  await card.waitFor();
  assert.equal(await card.evaluate((one) => one.tagName), 'SPAN', 'nothing to press');
  await noAxeFindings(page, 'a card of somebody unseen');
  await shot(page, 'contacts-card-unseen-zh');
  assert.deepEqual(faults, []);
  await context.close();
});
