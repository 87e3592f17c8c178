// The drive: files that go up and survive a reload, folders, versions, the bin, links, and
// what two people see of a shared space.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  goTo, launch, message, nameOf, noAxeFindings, nothingSideways, openDirect, people, profile, run, shot, signIn,
} from './people.mjs';

const FILES = new globalThis.URL('../test-results/files/', import.meta.url).pathname;
// One pixel, red.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==', 'base64');
let browser;
let staff;
let managers;

before(async () => {
  browser = await launch();
  staff = await people();
  managers = await people('hall_manager');
  mkdirSync(FILES, { recursive: true });
});
after(() => browser?.close());

const row = (page, name) => page.locator('.drive-table tr', { hasText: name });

async function opened(account, options) {
  const made = await profile(browser, options);
  await signIn(made.page, account);
  await goTo(made.page, 'drive');
  await made.page.locator('.drive-spaces .line-current').waitFor();
  return made;
}

async function act(page, name, item) {
  await row(page, name).locator('.drive-act button').click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

async function named(page, name) {
  await page.locator('.ant-modal input').fill(name);
  await page.locator('.ant-modal-footer .ant-btn-primary').click();
  await page.locator('.ant-modal').waitFor({ state: 'detached' });
}

test('a file goes up, is previewed, renamed, moved, binned and restored', async () => {
  const { page, context, faults } = await opened(staff[0]);
  await page.locator('input[data-upload]').setInputFiles({ name: `照片 ${run}.png`, mimeType: 'image/png', buffer: PNG });
  await row(page, `照片 ${run}.png`).waitFor();
  await page.locator('.upload[data-phase=done]').waitFor();
  await page.waitForFunction(() => document.querySelector('.drive-thumb')?.naturalWidth > 0);
  await noAxeFindings(page, 'the drive');
  await shot(page, 'drive-zh');

  await row(page, `照片 ${run}.png`).locator('.drive-name').click();
  await page.waitForFunction(() => document.querySelector('.drive-preview img')?.naturalWidth === 1);
  await noAxeFindings(page, 'a preview');
  await page.keyboard.press('Escape');
  await page.locator('.ant-modal').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: '新建文件夹' }).click();
  await named(page, `归档 ${run}`);
  await act(page, `照片 ${run}.png`, '重命名');
  await named(page, `大厅 ${run}.png`);
  await act(page, `大厅 ${run}.png`, '移动到…');
  await page.locator('.picker-list .line', { hasText: `归档 ${run}` }).click();
  await page.getByRole('button', { name: '移动到这里' }).click();
  await row(page, `大厅 ${run}.png`).waitFor({ state: 'detached' });
  await row(page, `归档 ${run}`).locator('.drive-name').click();
  await act(page, `大厅 ${run}.png`, '移入回收站');
  await row(page, `大厅 ${run}.png`).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '回收站' }).click();
  await act(page, `大厅 ${run}.png`, '还原');
  await row(page, `大厅 ${run}.png`).waitFor({ state: 'detached' });
  await page.locator('.crumb').first().click();
  await row(page, `归档 ${run}`).locator('.drive-name').click();
  await row(page, `大厅 ${run}.png`).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('an upload that a reload cut off goes on where it stopped', async () => {
  const { page, context } = await opened(staff[1]);
  const path = `${FILES}大文件-${run}.bin`;
  writeFileSync(path, randomBytes(9 * 1024 * 1024));
  // After the first bytes the answers wait until the page is gone.
  let sent = 0;
  await page.route(/\/v1\/uploads\/[0-9a-f-]+$/, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    sent += 1;
    if (sent <= 2) await route.continue();
  });
  await page.locator('input[data-upload]').setInputFiles(path);
  await page.waitForFunction(() => Number(document.querySelector('.upload [aria-valuenow]')?.getAttribute('aria-valuenow')) > 0);
  await page.getByRole('button', { name: '暂停' }).click();
  await page.locator('.upload[data-phase=paused]').waitFor();
  await page.unroute(/\/v1\/uploads\/[0-9a-f-]+$/);
  await page.reload();
  await goTo(page, 'drive');
  await page.locator('.upload[data-phase=lost]').waitFor();
  await shot(page, 'drive-lost-zh');
  const offsets = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  await page.locator('input[data-again]').setInputFiles({ name: '别的.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('x') });
  await page.locator('.upload', { hasText: '不一致' }).waitFor();
  await page.locator('input[data-again]').setInputFiles(path);
  await row(page, `大文件-${run}.bin`).waitFor();
  assert.ok(offsets[0] > 0, 'what was there is not sent again');
  await row(page, `大文件-${run}.bin`).locator('.drive-wide', { hasText: '9.0 MB' }).waitFor();
  await context.close();
});

test('files are dropped into the folder that is open', async () => {
  const { page, context } = await opened(staff[6]);
  const dropped = await page.evaluateHandle((name) => {
    const data = new DataTransfer();
    data.items.add(new File(['拖来的'], name, { type: 'text/plain' }));
    return data;
  }, `拖放 ${run}.txt`);
  await page.dispatchEvent('.drive-folder', 'dragover', { dataTransfer: dropped });
  await page.locator('.drive-drop').waitFor();
  await page.dispatchEvent('.drive-folder', 'drop', { dataTransfer: dropped });
  await row(page, `拖放 ${run}.txt`).waitFor();
  await context.close();
});

test('a newer version stands beside the older one', async () => {
  const { page, context } = await opened(staff[2]);
  const name = `指南 ${run}.txt`;
  await page.locator('input[data-upload]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('第一版') });
  await row(page, name).waitFor();
  await act(page, name, '历史版本');
  await page.locator('input[data-version]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('第二版，内容更多') });
  await page.locator('.drive-lines li').nth(1).waitFor();
  const href = await page.locator('.drive-lines a').nth(1).getAttribute('href');
  assert.equal(await page.evaluate(async (url) => (await fetch(url)).text(), href), '第一版');
  await noAxeFindings(page, 'versions');
  await context.close();
});

test('a link with a password opens without an account, and not once it is revoked', async () => {
  const { page, context } = await opened(staff[3]);
  // Kinds that a browser shows are shown; this one is saved.
  const name = `公示 ${run}.bin`;
  await page.locator('input[data-upload]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: randomBytes(2048) });
  await row(page, name).waitFor();
  await act(page, name, '分享链接');
  await page.getByLabel('访问密码').fill('tianshan-2026');
  await page.getByRole('button', { name: '生成链接' }).click();
  const address = await page.locator('#drive-link').inputValue();
  await noAxeFindings(page, 'sharing a link');

  const stranger = await profile(browser);
  const enter = async (password) => {
    await stranger.page.locator('input[type=password]').fill(password);
    await stranger.page.locator('button[type=submit], button').first().click();
  };
  await stranger.page.goto(address);
  await noAxeFindings(stranger.page, 'a shared file');
  await shot(stranger.page, 'drive-link-zh');
  await enter('wrong-password');
  await stranger.page.getByText('密码不正确').waitFor();
  const [download] = await Promise.all([stranger.page.waitForEvent('download'), enter('tianshan-2026')]);
  assert.equal(download.suggestedFilename(), name);

  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '外链管理' }).click();
  const listed = page.locator('.drive-lines li', { hasText: address });
  await listed.getByRole('button', { name: '取消分享' }).click();
  await listed.waitFor({ state: 'detached' });
  const gone = await stranger.page.goto(address);
  assert.equal(gone.status(), 404);
  await stranger.context.close();
  await context.close();
});

test('a shared folder is opened by its link, down to its files and no further', async () => {
  const { page, context } = await opened(staff[8]);
  const [folder, file] = [`公开资料 ${run}`, `办事指南 ${run}.txt`];
  await page.locator('input[data-upload]').setInputFiles({ name: `内部 ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('内部') });
  await row(page, `内部 ${run}.txt`).waitFor();
  await page.getByRole('button', { name: '新建文件夹' }).click();
  await named(page, folder);
  await row(page, folder).locator('.drive-name').click();
  await page.getByRole('button', { name: '新建文件夹' }).click();
  await named(page, `附件 ${run}`);
  await page.locator('input[data-upload]').setInputFiles({ name: file, mimeType: 'text/plain', buffer: Buffer.from('带身份证') });
  await row(page, file).waitFor();
  await page.locator('.crumb').first().click();
  await act(page, folder, '分享链接');
  await page.getByLabel('访问密码').fill('tianshan-2026');
  await page.getByRole('button', { name: '生成链接' }).click();
  const address = await page.locator('#drive-link').inputValue();

  const stranger = await profile(browser, { phone: true });
  await stranger.page.goto(address);
  await stranger.page.locator('input[type=password]').fill('tianshan-2026');
  await noAxeFindings(stranger.page, 'a shared folder before its password');
  await stranger.page.getByRole('button', { name: '打开' }).click();
  await stranger.page.getByRole('link', { name: file }).waitFor();
  assert.equal(await stranger.page.getByText(`内部 ${run}`).count(), 0);
  await noAxeFindings(stranger.page, 'a shared folder');
  await nothingSideways(stranger.page, 'a shared folder');
  await shot(stranger.page, 'drive-link-folder-phone-zh');
  const [download] = await Promise.all([
    stranger.page.waitForEvent('download'), stranger.page.getByRole('link', { name: file }).click(),
  ]);
  assert.equal(download.suggestedFilename(), file);
  await stranger.page.getByRole('link', { name: `附件 ${run}` }).click();
  await stranger.page.getByText('这里没有文件').waitFor();
  await stranger.page.locator('nav').getByRole('link', { name: folder }).click();
  await stranger.page.getByRole('link', { name: file }).waitFor();
  await stranger.context.close();

  // Another browser was told no password: it is asked for one, in its own language.
  const uyghur = await browser.newContext({ locale: 'ug', viewport: { width: 1280, height: 800 } });
  const other = await uyghur.newPage();
  await other.goto(address);
  await other.locator('input[type=password]').fill('tianshan-2026');
  await other.getByRole('button', { name: 'ئېچىش' }).click();
  await other.getByRole('link', { name: file }).waitFor();
  assert.equal(await other.locator('html').getAttribute('dir'), 'rtl');
  await noAxeFindings(other, 'a shared folder in Uyghur');
  await shot(other, 'drive-link-folder-ug');
  await uyghur.close();
  await context.close();
});

test('two people in a shared space: one adds, the other sees it at once and may only read', async () => {
  const [owner] = managers;
  const member = staff[4];
  const left = await opened(owner);
  await left.page.getByRole('button', { name: '新建协作微盘' }).click();
  await left.page.locator('.ant-modal .field input').fill(`资料库 ${run}`);
  await left.page.locator('.picker input[type=search]').fill(member.card.names.zh);
  await left.page.locator('.picker-list li', { hasText: member.card.names.zh }).locator('input').check();
  await left.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await left.page.locator('.drive-spaces .line-current', { hasText: `资料库 ${run}` }).waitFor();

  const right = await opened(member, { language: 'ug' });
  await right.page.locator('.drive-spaces .line', { hasText: `资料库 ${run}` }).click();
  await left.page.locator('input[data-upload]').setInputFiles({ name: `制度 ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('制度') });
  await row(right.page, `制度 ${run}.txt`).waitFor();
  await noAxeFindings(right.page, 'the drive in Uyghur');
  await shot(right.page, 'drive-ug');

  await left.page.getByRole('button', { name: '成员', exact: true }).click();
  await left.page.locator('.ant-modal .line', { hasText: nameOf(member, 'zh') }).locator('.ant-select').click();
  await left.page.locator('.ant-select-item', { hasText: '仅查看' }).click();
  await noAxeFindings(left.page, 'members of a space');
  await right.page.locator('input[data-upload]').waitFor({ state: 'detached' });
  await left.context.close();
  await right.context.close();
});

test('a file goes into a chat', async () => {
  const [, , , , , sender, receiver] = staff;
  const left = await profile(browser);
  const right = await profile(browser);
  await signIn(left.page, sender);
  await signIn(right.page, receiver);
  await openDirect(left.page, receiver);
  await openDirect(right.page, sender);
  await goTo(left.page, 'drive');
  const name = `通知书 ${run}.txt`;
  await left.page.locator('input[data-upload]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('通知书') });
  await row(left.page, name).waitFor();
  await act(left.page, name, '发送到聊天');
  await left.page.locator('.ant-modal .ant-select').click();
  await left.page.locator('.ant-select-item', { hasText: nameOf(receiver, 'zh') }).click();
  await left.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await message(right.page, name).waitFor();
  await left.context.close();
  await right.context.close();
});

test('on a phone, in large type', async () => {
  const { page, context } = await opened(staff[0], { phone: true, prefs: { size: 'xlarge', contrast: true } });
  await row(page, `归档 ${run}`).waitFor();
  await nothingSideways(page, 'the drive');
  await noAxeFindings(page, 'the drive on a phone');
  await shot(page, 'drive-phone');
  await context.close();
});
