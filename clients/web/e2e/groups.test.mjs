// Groups: notice, ways in, who may write, who has read, what is urgent, how it ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import {
  act, launch, message, nameOf, noAxeFindings, openRoom, people, profile, roomRow, run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let managers;

before(async () => {
  browser = await launch();
  staff = await people();
  managers = await people('hall_manager');
});
after(() => browser?.close());

async function person(one, room) {
  const made = await profile(browser);
  await signIn(made.page, one);
  if (room !== undefined) await openRoom(made.page, room);
  return made;
}

const details = (page) => page.locator('.chat-head button').last().click();
const sure = (page) => page.locator('.ant-modal-confirm .ant-btn-primary').click();

test('a notice is published, confirmed and counted', async () => {
  const [owner, member] = [managers[0], staff[0]];
  const name = `公告确认 ${run}`;
  await makeGroup(await commander(owner), name, [member]);
  const left = await person(owner, name);
  const right = await person(member, name);
  await details(left.page);
  await left.page.locator('.notice-group button').click();
  await left.page.locator('.notice-group textarea').fill(`周五停电，请提前保存 ${run}`);
  await left.page.locator('.notice-group .ant-btn-primary').click();
  await right.page.locator('.notice-bar', { hasText: `周五停电，请提前保存 ${run}` }).waitFor();
  await noAxeFindings(right.page, 'notice');
  await shot(right.page, 'group-notice-zh');
  await right.page.locator('.notice-bar button').click();
  await right.page.locator('.notice-bar').waitFor({ state: 'detached' });
  await left.page.locator('.notice-group', { hasText: '已确认 1 / 2' }).waitFor();
  await noAxeFindings(left.page, 'group details');
  await shot(left.page, 'group-details-zh');
  for (const one of [left, right]) await one.context.close();
});

test('an invite lets somebody in by its link, at once or after approval', async () => {
  const [owner, guest] = [managers[0], staff[1]];
  const name = `邀请入群 ${run}`;
  await makeGroup(await commander(owner), name, [staff[2]]);
  const left = await person(owner, name);
  const right = await person(guest);
  await details(left.page);
  await left.page.getByRole('button', { name: '生成邀请', exact: true }).click();
  await left.page.locator('.doorway .ant-checkbox-input').check();
  await left.page.locator('.doorway .ant-btn-primary').click();
  await left.page.locator('.invite-link canvas, .invite-link svg').first().waitFor();
  await noAxeFindings(left.page, 'invite');
  await shot(left.page, 'group-invite-zh');
  const link = await left.page.locator('.invite-link input').inputValue();
  await right.page.goto(link);
  await right.page.locator('.join h2', { hasText: name }).waitFor();
  await noAxeFindings(right.page, 'join page');
  await shot(right.page, 'group-join-zh');
  await right.page.locator('.join .ant-btn-primary').click();
  await right.page.locator('.join [role=status]').waitFor();
  await left.page.locator('.request', { hasText: nameOf(guest, 'zh') }).locator('.ant-btn-primary').click();
  await roomRow(right.page, name).waitFor();
  for (const one of [left, right]) await one.context.close();
});

test('people who stand together meet by four digits', async () => {
  const [a, b] = managers;
  const digits = String(1000 + (Date.now() % 9000));
  const both = [await person(a), await person(b)];
  for (const { page } of both) {
    await page.locator('.rooms-head button').click();
    await page.locator('.group-kind .ant-segmented-item').nth(2).click();
    await page.locator('.meet-digits').fill(digits);
    await page.locator('.meet .ant-btn-primary').click();
  }
  for (const { page } of both) await page.locator('.chat-head').waitFor();
  await say(both[0].page, `面对面 ${run}`);
  await message(both[1].page, `面对面 ${run}`).waitFor();
  for (const one of both) await one.context.close();
});

test('a member is made admin, all are muted, the group is handed over and dissolved', async () => {
  const [owner, member] = [managers[0], staff[3]];
  const name = `群管理 ${run}`;
  await makeGroup(await commander(owner), name, [member]);
  const left = await person(owner, name);
  const right = await person(member, name);
  await details(left.page);
  const menu = async (label) => {
    await left.page.locator('.member', { hasText: nameOf(member, 'zh') }).locator('.member-menu').click();
    await left.page.getByRole('menuitem', { name: label, exact: true }).click();
  };
  await left.page.getByRole('button', { name: '全员禁言', exact: true }).click();
  await right.page.locator('.log-event', { hasText: '开启了全员禁言' }).waitFor();
  await right.page.locator('p.composer', { hasText: '全员禁言中' }).waitFor();
  assert.equal(await right.page.locator('.chat textarea').count(), 0, 'nothing is written that would be refused');
  await left.page.getByRole('button', { name: '解除全员禁言', exact: true }).waitFor();
  await menu('设为管理员');
  await left.page.locator('.member', { hasText: nameOf(member, 'zh') }).locator('.ant-tag').waitFor();
  await menu('转让群主');
  await sure(left.page);
  await right.page.locator('.log-event', { hasText: '群主' }).first().waitFor();
  await details(right.page);
  await right.page.getByRole('button', { name: '解散群聊' }).click();
  await sure(right.page);
  await left.page.locator('.log-event', { hasText: '解散了群聊' }).waitFor();
  await left.page.locator('p.composer', { hasText: '已解散' }).waitFor();
  for (const one of [left, right]) await one.context.close();
});

test('the author sees who has read; an urgent message stays until it is acknowledged', async () => {
  const [owner, reader, late] = [managers[0], staff[4], staff[5]];
  const name = `已读回执 ${run}`;
  await makeGroup(await commander(owner), name, [reader, late]);
  const left = await person(owner, name);
  await say(left.page, `请查收 ${run}`);
  const right = await person(reader, name);
  await message(right.page, `请查收 ${run}`).waitFor();
  await message(left.page, `请查收 ${run}`).locator('.msg-read', { hasText: '1' }).waitFor();
  await message(left.page, `请查收 ${run}`).locator('.msg-read').click();
  await left.page.locator('.readers li', { hasText: nameOf(late, 'zh') }).waitFor();
  await noAxeFindings(left.page, 'readers');
  await shot(left.page, 'readers-zh');
  await left.page.keyboard.press('Escape');
  await left.page.locator('.ant-modal').waitFor({ state: 'hidden' });

  await left.page.locator('[data-tool=urgent]').click();
  await say(left.page, `立即疏散 ${run}`);
  await right.page.locator('.urgent-bar', { hasText: `立即疏散 ${run}` }).waitFor();
  await noAxeFindings(right.page, 'urgent');
  // A new page does not forget it.
  await right.page.reload();
  await right.page.locator('.urgent-bar', { hasText: `立即疏散 ${run}` }).waitFor();
  await shot(right.page, 'urgent-zh');
  const waits = right.page.locator('.urgent-bar li', { hasText: `立即疏散 ${run}` });
  await waits.locator('button').click();
  await waits.waitFor({ state: 'detached' });
  await message(left.page, `立即疏散 ${run}`).locator('.msg-urgent', { hasText: '1 人已确认' }).waitFor();
  assert.deepEqual([...left.faults, ...right.faults], []);
  for (const one of [left, right]) await one.context.close();
});
