// Micro-mail: written to some of a group, read by opening it, answered to all, kept as a draft,
// deleted, all marked as read; live, on a desktop and on a phone, in Chinese and in Uyghur.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  goTo, launch, nameOf, noAxeFindings, nothingSideways, openRoom, people, profile, roomRow, run, shot, signIn,
} from './people.mjs';
import { commander, makeGroup } from './api.mjs';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const line = (page, text) => page.locator('.mail-lines .line').filter({ hasText: text });
const badge = (page) => page.locator('[data-place=mail] .sr');

async function choose(page, label, option) {
  await page.getByRole('combobox', { name: label, exact: true }).last().click();
  await page.keyboard.type(option);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: option }).first().click();
}

test('a mail goes from one to another and back', async () => {
  const [anna, bela, cili] = (await people()).slice(3, 6);
  const name = `微邮组 ${run}`;
  await makeGroup(await commander(anna), name, [bela, cili]);
  const [a, b, c] = await Promise.all([profile(browser), profile(browser), profile(browser, { language: 'ug', phone: true })]);
  await Promise.all([signIn(a.page, anna), signIn(b.page, bela), signIn(c.page, cili)]);
  await goTo(b.page, 'mail');
  await goTo(a.page, 'mail');
  // Whatever ran before here: it begins with nothing unread.
  await b.page.locator('.mails').waitFor();
  if (await badge(b.page).count() > 0) await b.page.getByRole('button', { name: '全部已读' }).click();
  await badge(b.page).waitFor({ state: 'detached' });
  await a.page.locator('.mail-list :is(.nothing, .mail-lines):not(:has-text("…"))').first().waitFor();
  await noAxeFindings(a.page, 'the empty box');

  // Written, kept as a draft, and sent to one of the group with a file.
  await a.page.getByRole('button', { name: '写微邮' }).click();
  await choose(a.page, '会话', name);
  await a.page.locator('.ant-modal .ant-segmented').getByText('指定成员').click();
  await choose(a.page, '指定成员', nameOf(bela, 'zh'));
  await a.page.getByRole('textbox', { name: '主题' }).fill(`纪要 ${run}`);
  await a.page.getByRole('textbox', { name: '正文' }).fill('第一项：窗口调整。');
  await a.page.locator('input[data-kind=attachment]').setInputFiles({ name: '名单.txt', mimeType: 'text/plain', buffer: Buffer.from('一') });
  await a.page.getByText('名单.txt').waitFor();
  await noAxeFindings(a.page, 'writing a mail');
  await shot(a.page, 'mail-compose');
  await a.page.locator('.ant-modal-close').click();
  await a.page.locator('.mail-list .ant-segmented').getByText('草稿箱').click();
  await line(a.page, `纪要 ${run}`).click();
  await a.page.getByText('名单.txt').waitFor();
  await a.page.getByRole('button', { name: '发送' }).click();
  await line(a.page, `纪要 ${run}`).waitFor({ state: 'detached' });

  // Live at the other, who reads it by opening it; a third knows nothing of it.
  await line(b.page, `纪要 ${run}`).waitFor();
  assert.match(await badge(b.page).innerText(), /未读微邮/u);
  await line(b.page, `纪要 ${run}`).click();
  await b.page.locator('.mail-text').filter({ hasText: '窗口调整' }).waitFor();
  await badge(b.page).waitFor({ state: 'detached' });
  const [download] = await Promise.all([b.page.waitForEvent('download'), b.page.locator('.mail-files a').click()]);
  assert.equal(download.suggestedFilename(), '名单.txt');
  await noAxeFindings(b.page, 'reading a mail');
  await shot(b.page, 'mail-reading');
  await goTo(c.page, 'mail');
  await c.page.locator('.mails').waitFor();
  await c.page.waitForLoadState('networkidle');
  assert.equal(await line(c.page, `纪要 ${run}`).count(), 0);

  // In its conversation it says its subject and how it begins, and leads back here.
  await b.page.getByRole('button', { name: '打开会话' }).click();
  const inChat = (page) => page.locator('.part-mail').filter({ hasText: `纪要 ${run}` }).first();
  await inChat(b.page).filter({ hasText: '窗口调整' }).waitFor();
  await noAxeFindings(b.page, 'a mail in its conversation');
  await shot(b.page, 'mail-in-chat');
  await inChat(b.page).getByRole('button', { name: '阅读微邮' }).click();
  await b.page.locator('.mail-text').filter({ hasText: '窗口调整' }).waitFor();

  // Answered to its sender.
  await b.page.getByRole('button', { name: '回复', exact: true }).click();
  await b.page.getByRole('textbox', { name: '正文' }).fill('收到。');
  await b.page.getByRole('button', { name: '发送' }).click();
  await a.page.locator('.mail-list .ant-segmented').getByText('收件箱').click();
  await line(a.page, `回复：纪要 ${run}`).click();
  await a.page.getByRole('button', { name: '全部回复' }).waitFor();

  // To everybody: on a phone in Uyghur one after the other; then all are read.
  await a.page.getByRole('button', { name: '写微邮' }).click();
  await choose(a.page, '会话', name);
  await a.page.getByRole('textbox', { name: '主题' }).fill(`通知 ${run}`);
  await a.page.getByRole('textbox', { name: '正文' }).fill('各位：明日盘点。');
  await a.page.getByRole('button', { name: '发送' }).click();
  await line(c.page, `通知 ${run}`).waitFor();
  await nothingSideways(c.page, 'the box on a phone');
  await shot(c.page, 'mail-phone-ug');
  await line(c.page, `通知 ${run}`).click();
  await c.page.locator('.mail-text').waitFor();
  await nothingSideways(c.page, 'a mail on a phone');
  await noAxeFindings(c.page, 'a mail on a phone');
  await shot(c.page, 'mail-phone-reading-ug');
  await line(b.page, `通知 ${run}`).waitFor();
  // To see it in its conversation is not to have read it.
  await goTo(b.page, 'conversations');
  await openRoom(b.page, name);
  const seen = b.page.waitForResponse((response) => response.url().includes('/v1/mails'));
  await b.page.locator('.part-mail').filter({ hasText: '明日盘点' }).waitFor();
  await roomRow(b.page, name).locator('.badge, .ant-badge-count').waitFor({ state: 'detached' });
  await goTo(b.page, 'mail');
  await seen;
  assert.match(await badge(b.page).innerText(), /未读微邮/u);
  await b.page.getByRole('button', { name: '全部已读' }).click();
  await badge(b.page).waitFor({ state: 'detached' });

  // Deleted for oneself.
  await line(b.page, `通知 ${run}`).click();
  await b.page.getByRole('button', { name: '删除' }).click();
  await b.page.locator('.ant-modal-confirm').getByRole('button', { name: '确定' }).click();
  await line(b.page, `通知 ${run}`).waitFor({ state: 'detached' });
  for (const { faults } of [a, b, c]) assert.deepEqual(faults, []);
});
