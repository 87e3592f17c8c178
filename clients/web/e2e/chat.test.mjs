// People talk: two of them, and groups.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import {
  launch, message, nameOf, noAxeFindings, openDirect, openRoom, people, profile, roomRow, run, say,
  shot, signIn,
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

test('two people chat in three languages', async () => {
  const [a, b] = staff;
  const left = await profile(browser);
  const right = await profile(browser, { language: 'en' });
  await signIn(left.page, a);
  await signIn(right.page, b);
  await openDirect(left.page, b);
  await say(left.page, `您好，材料齐了吗？ ${run}`);
  await message(left.page, `您好，材料齐了吗？ ${run}`).waitFor();

  const row = roomRow(right.page, nameOf(a, 'en'));
  await row.locator('.ant-badge').waitFor();
  await right.page.waitForFunction(() => document.title.startsWith('('));
  await shot(right.page, 'chat-unread-en');
  await row.locator('button.line').click();
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

test('a reply quotes what it answers and leads back to it', async () => {
  const [, , a, b] = staff;
  const { page, context } = await profile(browser);
  await signIn(page, a);
  await openDirect(page, b);
  await say(page, `请核对身份证号 ${run}`);
  await message(page, `请核对身份证号 ${run}`).hover();
  await message(page, `请核对身份证号 ${run}`).locator('.msg-menu').click();
  await page.getByRole('menuitem', { name: '回复' }).click();
  await say(page, `已核对 ${run}`);
  const reply = message(page, `已核对 ${run}`);
  await reply.locator('.quote', { hasText: `请核对身份证号 ${run}` }).click();
  await page.locator('.row-sought', { hasText: `请核对身份证号 ${run}` }).waitFor();
  await context.close();
});

test('a draft waits in the list until it is sent', async () => {
  const [, , a, b] = staff;
  const { page, context } = await profile(browser);
  await signIn(page, a);
  await openDirect(page, b);
  await page.locator('.chat textarea').fill(`还没写完 ${run}`);
  await page.locator('.rail-item').nth(1).click();
  await page.locator('.rail-item').nth(0).click();
  // Back in the conversation that was left, with what was begun.
  assert.equal(await page.locator('.chat textarea').inputValue(), `还没写完 ${run}`);
  await page.locator('.rail-item').nth(0).click();
  await roomRow(page, nameOf(b, 'zh')).locator('.draft').waitFor();
  await openRoom(page, nameOf(b, 'zh'));
  await page.locator('.chat textarea').press('Enter');
  await message(page, `还没写完 ${run}`).waitFor();
  await context.close();
});

test('a group is made, named, and grown', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, managers[0]);
  await page.locator('.rooms-head button').click();
  await page.locator('.ant-modal .field input').fill(`联调群 ${run}`);
  for (const one of staff.slice(0, 2)) {
    await page.locator('.ant-modal input[type=search]').fill(one.card.names.zh);
    await page.locator('.picker-list li', { hasText: one.card.names.zh }).locator('input').check();
  }
  await page.locator('.ant-modal-footer .ant-btn-primary').click();
  await page.locator('.chat-head h2', { hasText: `联调群 ${run}` }).waitFor();
  await page.locator('.chat-head button').last().click();
  await page.locator('.ant-drawer .member').nth(2).waitFor();
  await noAxeFindings(page, 'group members');
  await shot(page, 'group-members-zh');
  await page.locator('#group-name').fill(`综合窗口 ${run}`);
  await page.locator('#group-name').press('Enter');
  await page.locator('.chat-head h2', { hasText: `综合窗口 ${run}` }).waitFor();
  await context.close();
});

test('names stay: in previews, and of who has left', async () => {
  const [owner] = managers;
  const [, , , , gone, removed, reader] = staff;
  const command = await commander(owner);
  const name = `人员变动 ${run}`;
  const stream = await makeGroup(command, name, [gone, removed, reader]);
  for (const [one, text] of [[gone, '我先走了'], [removed, '明天见']]) {
    await (await commander(one))('room.send_message', { text: `${text} ${run}` }, stream);
  }
  await (await commander(gone))('room.leave', {}, stream);
  await command('room.remove_member', { account: removed.card.account }, stream);

  // A browser that has never seen either of them.
  const { page, context } = await profile(browser);
  await signIn(page, reader);
  await roomRow(page, name).getByText(new RegExp(`^\\W?${nameOf(removed, 'zh')}\\W?：`)).waitFor();
  await openRoom(page, name);
  await page.locator('.row', { hasText: `我先走了 ${run}` }).getByText(nameOf(gone, 'zh')).first().waitFor();
  await page.locator('.log-event', { hasText: `${nameOf(gone, 'zh')} 退出了群聊` }).waitFor();
  await page.locator('.log-event', { hasText: `将 ${nameOf(removed, 'zh')} 移出群聊` }).waitFor();
  assert.equal(await page.getByText('同事', { exact: true }).count(), 0);
  await shot(page, 'names-zh');
  await context.close();
});
