// The workbench as people use it, in a real browser against a real hub.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  connected, demoAccounts, launch, message, nameOf, noAxeFindings, openDirect, profile, say, shot,
  signIn,
} from './people.mjs';

let browser;
let people;
const run = Date.now().toString(36);

before(async () => {
  browser = await launch();
  const all = await demoAccounts();
  // Names that nobody else bears, so that the finder's first line is the right one.
  const once = all.filter((one) => all.filter((two) => two.card.names.zh.includes(one.card.names.zh)).length === 1
    && one.grants[0]?.role !== 'auditor');
  people = once.slice(0, 8);
  assert.ok(people.length >= 6, 'the demonstration has people');
});
after(() => browser?.close());

test('two people chat in three languages', async () => {
  const [a, b] = people;
  const left = await profile(browser);
  const right = await profile(browser, { language: 'en' });
  await signIn(left.page, a);
  await signIn(right.page, b);
  await openDirect(left.page, b);
  await say(left.page, `您好，材料齐了吗？ ${run}`);
  await message(left.page, `您好，材料齐了吗？ ${run}`).waitFor();

  const row = right.page.locator('.rooms-list li').filter({ hasText: nameOf(a, 'en') }).first();
  await row.locator('.ant-badge').waitFor();
  await right.page.waitForFunction(() => document.title.startsWith('('));
  await shot(right.page, 'chat-unread-en');
  await row.locator('button').click();
  await message(right.page, `您好，材料齐了吗？ ${run}`).waitFor();
  await row.locator('.ant-badge').waitFor({ state: 'detached' });

  await say(right.page, `Yes, all of them. ${run}`);
  await message(left.page, `Yes, all of them. ${run}`).waitFor();
  await right.page.locator('.chat textarea').first().pressSequentially('ر');
  await left.page.locator('.typing', { hasText: nameOf(b, 'zh') }).waitFor();
  await say(right.page, `رەھمەت سىزگە! ${run}`);
  await message(left.page, `رەھمەت سىزگە! ${run}`).waitFor();
  await left.page.waitForFunction(() => document.querySelector('.typing').textContent === '');
  await left.page.locator('.chat-head .dot-on').waitFor();
  await shot(left.page, 'chat-zh');

  await message(left.page, `您好，材料齐了吗？ ${run}`).hover();
  await message(left.page, `您好，材料齐了吗？ ${run}`).locator('.msg-menu').click();
  await left.page.getByRole('menuitem', { name: '撤回' }).click();
  await message(right.page, `您好，材料齐了吗？ ${run}`).waitFor({ state: 'detached' });
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

test('language, size and contrast are switched by the person and kept', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, people[2]);
  await page.locator('.rail-item').nth(2).click();
  await page.locator('.settings').getByText('ئۇيغۇرچە').click();
  await page.waitForFunction(() => document.documentElement.dir === 'rtl' && document.documentElement.lang === 'ug');
  const before = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  await page.locator('.settings .ant-segmented').nth(1).locator('label').nth(2).click();
  await page.waitForFunction((was) => parseFloat(getComputedStyle(document.documentElement).fontSize) > was * 1.3, before);
  await page.locator('#set-contrast').click();
  await page.waitForFunction(() => document.documentElement.dataset.contrast === 'high');
  await noAxeFindings(page, 'settings, extra large, high contrast, Uyghur');
  await shot(page, 'settings-ug-xlarge-contrast');
  await page.reload();
  await connected(page);
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
  await context.close();
});

for (const language of ['zh', 'ug', 'en']) {
  test(`no axe findings on any page: ${language}`, async () => {
    const { page, context } = await profile(browser, { language });
    await page.goto(process.env.HUB_URL);
    await page.locator('button[data-username]').first().waitFor();
    await noAxeFindings(page, 'sign-in');
    await shot(page, `sign-in-${language}`);
    await signIn(page, people[3]);
    await noAxeFindings(page, 'conversations');
    await page.locator('.rooms-list button, .nothing').first().waitFor();
    await openDirect(page, people[4]);
    await say(page, `بىر · 一 · one ${run} ${language}`);
    await message(page, `one ${run} ${language}`).waitFor();
    await noAxeFindings(page, 'chat');
    await shot(page, `chat-${language}`);
    await page.locator('.rail-item').nth(1).click();
    await page.locator('.people-list li').first().waitFor();
    await page.locator('.people-tree [role=treeitem]').first().waitFor({ state: 'attached' });
    await noAxeFindings(page, 'people');
    await shot(page, `people-${language}`);
    await page.locator('.rail-item').nth(2).click();
    await page.locator('.sessions li').first().waitFor();
    await noAxeFindings(page, 'me');
    await shot(page, `me-${language}`);
    await page.locator('.rail-item').nth(0).click();
    await page.locator('.rooms-head button').click();
    await page.locator('.picker-list li').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('.ant-zoom-appear, .ant-zoom-enter'));
    await noAxeFindings(page, 'new group');
    await shot(page, `new-group-${language}`);
    await context.close();
  });
}

test('a group is made, named, and grown', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, people[5]);
  await page.locator('.rooms-head button').click();
  await page.locator('.ant-modal .field input').fill(`联调群 ${run}`);
  for (const one of people.slice(0, 2)) {
    await page.locator('.ant-modal input[type=search]').fill(one.card.names.zh);
    await page.locator('.picker-list li', { hasText: one.card.names.zh }).locator('input').check();
  }
  await page.locator('.ant-modal-footer .ant-btn-primary').click();
  await page.locator('.chat-head h1', { hasText: `联调群 ${run}` }).waitFor();
  await page.locator('.chat-head button').last().click();
  await page.locator('.ant-drawer .member').nth(2).waitFor();
  await noAxeFindings(page, 'group members');
  await shot(page, 'group-members-zh');
  await page.locator('#group-name').fill(`综合窗口 ${run}`);
  await page.locator('#group-name').press('Enter');
  await page.locator('.chat-head h1', { hasText: `综合窗口 ${run}` }).waitFor();
  await context.close();
});

test('a phone shows one pane at a time', async () => {
  const { page, context } = await profile(browser, { phone: true, language: 'ug' });
  await page.goto(process.env.HUB_URL);
  await page.locator('button[data-username]').first().waitFor();
  await shot(page, 'phone-sign-in-ug');
  await signIn(page, people[3]);
  await page.locator('.rooms-list button').first().waitFor();
  await shot(page, 'phone-rooms-ug');
  await page.locator('.rooms-list button').first().click();
  await page.locator('.chat textarea').waitFor();
  assert.equal(await page.locator('.rooms').isVisible(), false);
  await noAxeFindings(page, 'phone chat');
  await shot(page, 'phone-chat-ug');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, 'nothing scrolls sideways');
  await page.locator('.chat-head .only-narrow').click();
  await page.locator('.rooms-list').waitFor();
  await context.close();
});

test('what is written offline survives a reload and arrives once', async () => {
  const { page, context } = await profile(browser);
  const [, , , , a, b] = people;
  await signIn(page, a);
  await openDirect(page, b);
  await say(page, `在线 ${run}`);
  await message(page, `在线 ${run}`).waitFor();

  // The socket alone is cut: the page itself can still be reloaded.
  let cut = true;
  await page.routeWebSocket(/\/v1\/ws$/, (ws) => {
    if (cut) void ws.close({ code: 4000 });
    else ws.connectToServer();
  });
  await page.reload();
  await page.locator('.rooms-list button').first().click();
  await page.locator('.chat textarea').waitFor();
  await say(page, `离线写下 ${run}`);
  await page.locator('.msg-out', { hasText: `离线写下 ${run}` }).waitFor();
  await page.locator('[data-state="offline"]', { hasText: '1' }).waitFor();
  await shot(page, 'offline-unsent-zh');
  await page.reload();
  await page.locator('.rooms-list button').first().click();
  await page.locator('.msg-out', { hasText: `离线写下 ${run}` }).waitFor();
  cut = false;
  await connected(page);
  await message(page, `离线写下 ${run}`).waitFor();
  await page.locator('.msg-out').waitFor({ state: 'detached' });
  assert.equal(await page.getByText(`离线写下 ${run}`).locator('visible=true').count() >= 1, true);
  assert.equal(await message(page, `离线写下 ${run}`).count(), 1);
  await page.reload();
  await page.locator('.rooms-list button').first().click();
  await message(page, `离线写下 ${run}`).waitFor();
  assert.equal(await message(page, `离线写下 ${run}`).count(), 1);
  await context.close();
});

test('a wrong password is told in words', async () => {
  const { page, context } = await profile(browser);
  await page.goto(process.env.HUB_URL);
  await page.locator('input[autocomplete=username]').fill(people[0].card.username);
  await page.locator('input[type=password]').fill('not-the-password');
  await page.locator('button[type=submit]').click();
  await page.getByText('用户名或密码不正确').waitFor();
  await noAxeFindings(page, 'sign-in failed');
  await context.close();
});
