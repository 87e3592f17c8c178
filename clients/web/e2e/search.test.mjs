// One box over everything one may see: found at once, marked, and one step from where it was said.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, fill, makeGroup } from './api.mjs';
import {
  launch, message, noAxeFindings, nothingSideways, openRoom, people, profile, roomRow, run, say, shot, signIn,
} from './people.mjs';

let browser;
let owner;
let reader;
let stranger;
let stream;
const NAME = `搜索群 ${run}`;

before(async () => {
  browser = await launch();
  [owner] = await people('hall_manager');
  const staff = await people();
  [reader, stranger] = [staff[0], staff.at(-2)];
  stream = await makeGroup(await commander(owner), NAME, [reader]);
  await fill(stream, owner, [`养老保险补贴申请材料 ${run}`, ...Array.from({ length: 120 }, (_, n) => `例行通报第${n + 1}期`)]);
});
after(() => browser?.close());

async function ask(page, text) {
  await page.keyboard.press('Control+k');
  const box = page.locator('.search input[type=search]');
  await page.waitForFunction(() => document.activeElement?.matches('.search input[type=search]'));
  await box.fill(text);
  return box;
}

test('words are found, marked, and lead to the message by its number', async () => {
  const { page, context, faults } = await profile(browser);
  await signIn(page, reader);
  await ask(page, `补贴申请 ${run}`);
  const hit = page.locator('[data-hit]').first();
  await hit.waitFor();
  assert.ok((await hit.locator('mark').allTextContents()).join('').includes('补贴'), 'what was asked for is marked');
  await noAxeFindings(page, 'search');
  await shot(page, 'search-zh');
  // From the box into the results with the arrow key, and there with Enter.
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.activeElement?.hasAttribute('data-rove'));
  await hit.click();
  await page.locator('.row-sought', { hasText: `养老保险补贴申请材料 ${run}` }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('tabs narrow it: people by pinyin, conversations by name, one conversation alone', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, reader);
  await roomRow(page, NAME).waitFor();
  await openRoom(page, NAME);
  await ask(page, owner.card.username.split('.')[0]);
  await page.locator('.search .ant-segmented-item', { hasText: '人员' }).click();
  await page.locator('.search .line', { hasText: owner.card.names.zh }).waitFor();
  await page.locator('.search .ant-segmented-item', { hasText: '会话' }).click();
  await page.locator('.search input[type=search]').fill(NAME);
  await page.locator('.search .line', { hasText: NAME }).waitFor();
  await page.locator('.search .ant-segmented-item', { hasText: '消息' }).click();
  await page.locator('.search input[type=search]').fill('例行通报');
  await page.locator('.search .ant-checkbox-input').check();
  await page.locator('[data-hit]').first().waitFor();
  const streams = await page.locator('[data-hit]').evaluateAll((rows) => rows.map((row) => row.dataset.hit.split('/')[0]));
  assert.deepEqual([...new Set(streams)], [stream]);
  await context.close();
});

test('what is written now is found within a second, by its people and by nobody else', async () => {
  const left = await profile(browser);
  const right = await profile(browser);
  await signIn(left.page, reader);
  await signIn(right.page, stranger);
  await openRoom(left.page, NAME);
  const word = `密押${run}`;
  await say(left.page, `本周口令 ${word}`);
  await message(left.page, word).waitFor();
  await ask(left.page, `"${word}"`);
  await left.page.locator('[data-hit]', { hasText: word }).waitFor();
  await ask(right.page, `"${word}"`);
  await right.page.locator('.search .nothing', { hasText: word }).waitFor();
  assert.equal(await right.page.locator('[data-hit]').count(), 0);
  await left.context.close();
  await right.context.close();
});

test('in Uyghur on a phone, in large type', async () => {
  const { page, context } = await profile(browser, { language: 'ug', phone: true, prefs: { size: 'xlarge' } });
  await signIn(page, reader);
  await page.locator('.search-open').click();
  await page.locator('.search input[type=search]').fill('例行通报');
  await page.locator('[data-hit]').first().waitFor();
  await nothingSideways(page, 'search');
  await noAxeFindings(page, 'search in Uyghur');
  await shot(page, 'search-ug-phone');
  await context.close();
});

test('tasks and folders of the drive are found by those whose they are, and opened', async () => {
  const send = await commander(owner);
  const starts = Date.now() + 3_600_000;
  await send('task.create', {
    title: `盘点印章 ${run}`, note: '', starts_at: starts, ends_at: starts + 3_600_000, zone: 'Asia/Shanghai',
    assignees: [reader.card.account],
  }, `task:${crypto.randomUUID()}`);
  const space = `drive:${crypto.randomUUID()}`;
  await send('drive.create_space', { name: `档案 ${run}`, members: [{ account: reader.card.account, role: 'reader' }] }, space);
  const outer = await send('drive.create_folder', { parent: 0, name: '外层' }, space);
  await send('drive.create_folder', { parent: outer.seq, name: `盘点表 ${run}` }, space);

  const { page, context } = await profile(browser);
  await signIn(page, reader);
  await ask(page, `盘点 ${run}`);
  await page.locator('.search [data-found]', { hasText: `盘点表 ${run}` }).waitFor();
  await noAxeFindings(page, 'search with tasks and folders');
  await shot(page, 'search-named-zh');
  await page.locator('.search [data-found]', { hasText: `盘点印章 ${run}` }).click();
  await page.locator('.ant-drawer input[disabled]').first().waitFor();
  assert.equal(await page.locator('.ant-drawer input[disabled]').first().inputValue(), `盘点印章 ${run}`);
  await page.keyboard.press('Escape');
  await page.locator('.ant-drawer').waitFor({ state: 'detached' });
  await ask(page, `盘点表 ${run}`);
  await page.locator('.search [data-found]', { hasText: `盘点表 ${run}` }).click();
  await page.locator('#main.drive').getByText(`盘点表 ${run}`).first().waitFor();
  await context.close();

  const other = await profile(browser);
  await signIn(other.page, stranger);
  await ask(other.page, `盘点 ${run}`);
  await other.page.locator('.search', { hasText: '没有找到' }).waitFor();
  await other.context.close();
});
