// Files in messages: pictures, documents, speech.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import {
  act, message, nameOf, noAxeFindings, openDirect, openRoom, people, picture, profile, run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;

before(async () => {
  // A microphone that hums: the browser's own stand-in.
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  staff = await people();
});
after(() => browser?.close());

test('a picture, a document and speech reach the other side and open there', async () => {
  const [a, b] = [staff[20], staff[21]];
  const left = await profile(browser);
  const right = await profile(browser);
  await left.context.grantPermissions(['microphone']);
  await signIn(left.page, a);
  await signIn(right.page, b);
  await openDirect(left.page, b);
  await say(left.page, `文件测试 ${run}`);
  await openRoom(right.page, nameOf(a, 'zh'));

  const image = { name: `现场 ${run}.png`, mimeType: 'image/png', buffer: await picture(left.page) };
  await left.page.locator('input[data-kind=image]').setInputFiles(image);
  const shown = message(right.page, '').locator(`.part-image[aria-label*="现场 ${run}"]`);
  await shown.locator('img').waitFor();
  await right.page.waitForFunction((name) => document.querySelector(`.part-image[aria-label*="${name}"] img`).naturalWidth > 0, `现场 ${run}`);
  await shown.click();
  await right.page.waitForFunction(() => document.querySelector('.preview')?.naturalWidth === 320);
  await noAxeFindings(right.page, 'picture preview');
  await shot(right.page, 'picture-zh');
  await right.page.keyboard.press('Escape');

  const text = { name: `材料清单 ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('身份证\n户口簿\n') };
  await left.page.locator('input[data-kind=document]').setInputFiles(text);
  const file = message(right.page, `材料清单 ${run}.txt`).locator('.part-file');
  const [download] = await Promise.all([right.page.waitForEvent('download'), file.click()]);
  assert.equal(download.suggestedFilename(), `材料清单 ${run}.txt`);

  await left.page.locator('[data-tool=voice]').click();
  await left.page.locator('.recorder .levels').waitFor();
  await left.page.waitForFunction(() => document.querySelector('.recorder-time')?.textContent === '0:02');
  await noAxeFindings(left.page, 'recording');
  await shot(left.page, 'recording-zh');
  await left.page.locator('.recorder .ant-btn-primary').click();
  await right.page.locator('.voice .levels').last().waitFor();
  await right.page.locator('.voice button').last().click();
  await right.page.waitForFunction(() => document.querySelector('.voice .level-done') !== null);
  await noAxeFindings(right.page, 'files');
  await shot(right.page, 'files-zh');
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

test('a micro-mail with an attachment is sent, read and answered', async () => {
  const [a, b] = [staff[22], staff[23]];
  const left = await profile(browser);
  const right = await profile(browser);
  await signIn(left.page, a);
  await signIn(right.page, b);
  await openDirect(left.page, b);
  await left.page.locator('[data-tool=mail]').click();
  const dialog = left.page.locator('.ant-modal');
  await dialog.getByRole('textbox', { name: '主题' }).fill(`会议纪要 ${run}`);
  await dialog.getByRole('textbox', { name: '正文' }).fill(`各窗口请于周五前完成整改 ${run}`);
  await dialog.locator('input[data-kind=attachment]').setInputFiles({
    name: `纪要 ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('一、整改事项\n'),
  });
  await dialog.getByText(`纪要 ${run}.txt`).waitFor();
  await noAxeFindings(left.page, 'writing a mail');
  await shot(left.page, 'mail-write-zh');
  await dialog.locator('.ant-modal-footer .ant-btn-primary').click();
  await openRoom(right.page, nameOf(a, 'zh'));
  const mail = message(right.page, `会议纪要 ${run}`);
  await mail.locator('.part-file', { hasText: `纪要 ${run}.txt` }).waitFor();
  await noAxeFindings(right.page, 'a mail');
  await act(right.page, `会议纪要 ${run}`, '用微邮回复');
  await right.page.getByRole('textbox', { name: '正文' }).fill(`收到，已安排 ${run}`);
  await right.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await message(left.page, `收到，已安排 ${run}`).locator('.part-mail', { hasText: `回复：会议纪要 ${run}` }).waitFor();
  await shot(left.page, 'mail-zh');
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});
