// What stands among the conversations without being one, and what is done with a person's card:
// rows of to-dos and announcements; a card sent on, a level for one person, a unit out of sight.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import {
  goTo, launch, message, nameOf, noAxeFindings, nothingSideways, openRoom, people, profile, roomRow, run, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let sender;

before(async () => {
  browser = await launch();
  staff = await people();
  [sender] = await people('hall_manager');
});
after(() => browser?.close());

const row = (page, kind) => page.locator(`.rooms-list [data-stream="notices:${kind}"]`);

function notice(send, kind, title, ...accounts) {
  const target = { to: 'people', accounts: accounts.map((one) => one.card.account) };
  return send('notice.send', { kind, title, text: '请查收。', target }, `notice:${crypto.randomUUID()}`);
}

async function menu(page, kind, name) {
  await row(page, kind).click({ button: 'right' });
  await page.getByRole('menuitem', { name, exact: true }).click();
}

test('to-dos and announcements stand among the conversations, live, pinned and muted on every device', async () => {
  const reader = staff.at(-1);
  const send = await commander(sender);
  const here = await profile(browser);
  const there = await profile(browser, { language: 'ug', phone: true });
  await signIn(here.page, reader);
  await signIn(there.page, reader);
  await notice(send, 'announcement', `停电公告 ${run}`, reader);
  await row(here.page, 'announcement').getByText(`停电公告 ${run}`).waitFor();
  const count = async () => {
    const said = await row(here.page, 'announcement').locator('.sr').allTextContents();
    return Number(/(\d+) 条未读/.exec(said.join())?.[1] ?? 0);
  };
  const before = await count();
  assert.ok(before >= 1);
  await notice(send, 'announcement', `复电公告 ${run}`, reader);
  await row(here.page, 'announcement').getByText(`复电公告 ${run}`).waitFor();
  assert.equal(await count(), before + 1);
  await noAxeFindings(here.page, 'a row of announcements');

  await menu(here.page, 'announcement', '置顶');
  await row(there.page, 'announcement').locator('.anticon-pushpin').waitFor();
  await menu(here.page, 'announcement', '消息免打扰');
  await row(there.page, 'announcement').locator('.anticon-bell').waitFor();
  await here.page.waitForFunction(() => document.querySelector('.rooms-list li [data-stream]')?.dataset.stream === 'notices:announcement');
  await shot(here.page, 'rows-notices-zh');
  await nothingSideways(there.page, 'rows on a phone');
  await noAxeFindings(there.page, 'rows on a phone');
  await shot(there.page, 'rows-notices-ug-phone');

  // Read there, the number falls here.
  await row(there.page, 'announcement').click();
  await there.page.locator('.notice-lines button', { hasText: `复电公告 ${run}` }).click();
  await here.page.waitForFunction((n) => ![...document.querySelectorAll('[data-stream="notices:announcement"] .sr')].some((one) => one.textContent.startsWith(`${n} `)), before + 1);
  assert.equal(await count(), before);

  // Out of the list until something comes.
  await menu(here.page, 'announcement', '不显示该会话');
  await row(here.page, 'announcement').waitFor({ state: 'detached' });
  await notice(send, 'announcement', `再次公告 ${run}`, reader);
  await row(here.page, 'announcement').getByText(`再次公告 ${run}`).waitFor();
  assert.deepEqual([...here.faults, ...there.faults], []);
  await here.context.close();
  await there.context.close();
});

test('a card is sent into a conversation, and an operator sets a level for one person', async () => {
  const [one, two, shown] = staff.slice(-5);
  const [operator] = await people('operator');
  const name = `名片组 ${run}`;
  await makeGroup(await commander(one), name, [two]);
  const left = await profile(browser);
  const right = await profile(browser);
  await signIn(left.page, one);
  await signIn(right.page, two);
  await openRoom(right.page, name);
  await roomRow(left.page, name).waitFor();
  await card(left.page, shown);
  await left.page.getByRole('button', { name: '分享名片' }).click();
  await left.page.locator('.ant-modal .ant-select').click();
  await left.page.locator('.ant-select-item-option', { hasText: name }).click();
  await noAxeFindings(left.page, 'a card to share');
  await shot(left.page, 'card-share-zh');
  await left.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await left.page.getByText('已发送').waitFor();
  await message(right.page, nameOf(shown, 'zh')).locator('button.part-card').click();
  await right.page.locator('.card-sheet', { hasText: nameOf(shown, 'zh') }).waitFor();

  const desk = await profile(browser);
  await signIn(desk.page, operator);
  await card(desk.page, shown);
  await level(desk.page, '黑名单');
  await shot(desk.page, 'card-level-zh');
  await noAxeFindings(desk.page, 'a level for one person');
  const stranger = staff.find((other) => other.card.unit !== shown.card.unit);
  const refused = await (await commander(stranger))('room.open_direct', { peer: shown.card.account })
    .then(() => 'done', (error) => String(error));
  assert.match(refused, /contact\.not_reachable/);
  await level(desk.page, '按一般规则');
  await (await commander(stranger))('room.open_direct', { peer: shown.card.account });
  assert.deepEqual([...left.faults, ...right.faults, ...desk.faults], []);
  for (const { context } of [left, right, desk]) await context.close();
});

test('an administrator says who sees a unit', async () => {
  const [admin] = await people('region_admin');
  const { page, context, faults } = await profile(browser);
  await signIn(page, admin);
  await goTo(page, 'people');
  await page.locator('#contact-tab-requests').click();
  const panel = page.locator('.contact-sight');
  await pick(page, panel.locator('.ant-select').first(), null);
  await pick(page, panel.locator('.ant-select').nth(1), '仅管理员');
  await panel.locator('.ant-btn-primary').click();
  await panel.locator('li', { hasText: '仅管理员' }).waitFor();
  await noAxeFindings(page, 'who sees a unit');
  await shot(page, 'sight-zh');
  await pick(page, panel.locator('.ant-select').nth(1), '所有人');
  await panel.locator('.ant-btn-primary').click();
  await panel.locator('li', { hasText: '仅管理员' }).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await context.close();
});

async function card(page, account) {
  await goTo(page, 'people');
  await page.locator('.people-found input[type=search]').fill(account.card.username);
  await page.waitForFunction(() => document.querySelectorAll('.people-list li').length === 1);
  await page.locator('.people-list li button').click();
  await page.locator('.contact-state').waitFor();
}

/** The last unit of the list, or the choice of that name. */
async function pick(page, select, name) {
  await select.click();
  const options = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');
  await (name === null ? options.last() : options.filter({ hasText: name })).click();
}

async function level(page, name) {
  await page.locator('.contact-level .ant-select:not(.ant-select-disabled)').waitFor();
  await pick(page, page.locator('.contact-level .ant-select'), name);
  await page.locator('.contact-level .ant-select:not(.ant-select-disabled)', { hasText: name }).waitFor();
}
