// One box over everything one may see: found at once, marked, and one step from where it was said.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, fill, makeGroup } from './api.mjs';
import {
  goTo, launch, message, noAxeFindings, nothingSideways, openRoom, people, profile, roomRow, run, say, shot, signIn,
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

/** What the index has not taken in yet is found by asking again. */
async function foundSoon(page, text, wanted) {
  for (let tries = 0; tries < 20; tries += 1) {
    await ask(page, '');
    await ask(page, text);
    const shown = await wanted.waitFor({ timeout: 1_000 }).then(() => true, () => false);
    if (shown) return;
  }
  assert.fail(`${text} is not found`);
}

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
  await foundSoon(page, `盘点 ${run}`, page.locator('.search [data-found]', { hasText: `盘点表 ${run}` }));
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

test('a file in a folder is found by initials, and its folder opens', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, reader);
  await goTo(page, 'drive');
  await page.getByRole('button', { name: '新建文件夹' }).click();
  const dialog = page.locator('.ant-modal');
  await dialog.locator('input').fill(`公积金 ${run}`);
  await dialog.locator('.ant-btn-primary').click();
  await dialog.waitFor({ state: 'detached' });
  const folder = page.locator('.drive-name', { hasText: `公积金 ${run}` });
  await folder.click();
  const name = `提取证明${run}.txt`;
  await page.locator('input[data-upload]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('证明') });
  await page.locator('.drive-name', { hasText: name }).waitFor();
  await goTo(page, 'conversations');
  const found = page.locator('.search [data-found]', { hasText: name });
  await foundSoon(page, `tqzm ${run}`, found);
  await found.locator('.line-sub', { hasText: `公积金 ${run}` }).waitFor();
  await found.click();
  await page.locator('#main.drive .drive-name', { hasText: name }).waitFor();
  await context.close();

  const other = await profile(browser);
  await signIn(other.page, stranger);
  await ask(other.page, `tqzm ${run}`);
  await other.page.locator('.search', { hasText: '没有找到' }).waitFor();
  await other.context.close();
});

test('a notice has a tab of its own, opens where it stands, and is found no more once withdrawn', async () => {
  const send = await commander(owner);
  const notice = `notice:${crypto.randomUUID()}`;
  const title = `补录低保档案 ${run}`;
  const target = { to: 'people', accounts: [reader.card.account] };
  await send('notice.send', { kind: 'todo', title, text: '周五前完成', target, confirm: false }, notice);

  const { page, context } = await profile(browser);
  await signIn(page, reader);
  const found = page.locator(`.search [data-found="${notice}"]`);
  await foundSoon(page, `dibao ${run}`, found);
  await page.locator('.search .ant-segmented-item', { hasText: '通知' }).click();
  await found.waitFor();
  await noAxeFindings(page, 'search with notices');
  await shot(page, 'search-notices-zh');
  await found.click();
  await page.locator('.notice-detail', { hasText: '周五前完成' }).waitFor();
  await send('notice.withdraw', {}, notice);
  await ask(page, `低保档案 ${run}`);
  await page.locator('.search .nothing').waitFor();
  await context.close();

  const phone = await profile(browser, { language: 'ug', phone: true });
  await signIn(phone.page, owner);
  await send('notice.send', { kind: 'announcement', title: `停电公告 ${run}`, text: '', target, confirm: false }, `notice:${crypto.randomUUID()}`);
  const own = phone.page.locator('.search [data-found]', { hasText: `停电公告 ${run}` });
  await phone.page.locator('.search-open').click();
  for (let tries = 0; tries < 20 && !(await own.isVisible()); tries += 1) {
    await phone.page.locator('.search input[type=search]').fill('');
    await phone.page.locator('.search input[type=search]').fill(`停电公告 ${run}`);
    await own.waitFor({ timeout: 1_000 }).catch(() => undefined);
  }
  await nothingSideways(phone.page, 'search with notices');
  await noAxeFindings(phone.page, 'search with notices in Uyghur');
  await shot(phone.page, 'search-notices-ug-phone');
  await phone.context.close();
});

test('an agent who comes to a desk later finds the notes from before; the asker never does', async () => {
  const [agent, late] = await people('department_staff');
  const send = await commander(owner);
  const desk = `room:${crypto.randomUUID()}`;
  await send('room.create_desk', { name: `就业咨询 ${run}`, members: [agent.card.account] }, desk);
  const asks = await commander(stranger);
  const { stream: thread } = await asks('room.open_service', { service: desk.slice('room:'.length) });
  await asks('room.send_message', { text: `求职登记 ${run}` }, thread);
  const answers = await commander(agent);
  const note = `此人已登记两次 ${run}`;
  await answers('room.send_message', { text: note, visible_to: [owner.card.account] }, thread);
  await send('room.add_members', { accounts: [late.card.account] }, desk);

  const { page, context } = await profile(browser);
  await signIn(page, late);
  const hit = page.locator('[data-hit]', { hasText: '此人已' });
  await foundSoon(page, `"${note}"`, hit);
  await hit.locator('.line-sub', { hasText: `就业咨询 ${run}` }).waitFor();
  await shot(page, 'search-late-agent-zh');
  // It opens in the desk's threads: the conversation is nobody's yet.
  await hit.click();
  await page.locator('.row-sought', { hasText: note }).waitFor();
  await context.close();

  const other = await profile(browser);
  await signIn(other.page, stranger);
  await ask(other.page, `"${note}"`);
  await other.page.locator('.search .nothing').waitFor();
  await other.context.close();
});
