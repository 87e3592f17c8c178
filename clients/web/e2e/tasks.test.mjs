// The schedule: one list of tasks by day, week and month, shared by the people of each task.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  goTo, launch, message, nameOf, noAxeFindings, nothingSideways, people, profile, run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;

before(async () => {
  browser = await launch();
  staff = await people();
});
after(() => browser?.close());

const LOOKS = ['day', 'week', 'month'];
const task = (page, title) => page.locator('.task', { hasText: title });

async function opened(account, options) {
  const made = await profile(browser, options);
  await signIn(made.page, account);
  await goTo(made.page, 'tasks');
  await made.page.locator('.task-strip').waitFor();
  return made;
}

function look(page, which) {
  return page.locator('.task-head .ant-segmented-item').nth(LOOKS.indexOf(which)).click();
}

async function make(page, title, { from = '10:00', to = '11:00', people: others = [] } = {}) {
  await page.locator('.task-tools .ant-btn-primary').click();
  await page.locator('.ant-modal .task-fields input').first().fill(title);
  await page.locator('.ant-modal input[type=time]').nth(0).fill(from);
  await page.locator('.ant-modal input[type=time]').nth(1).fill(to);
  for (const one of others) {
    await page.locator('.ant-modal .picker input[type=search]').fill(one.card.names.zh);
    await page.locator('.ant-modal .picker-list li', { hasText: one.card.names.zh }).locator('input').check();
  }
  await page.locator('.ant-modal-footer .ant-btn-primary').click();
  await page.locator('.ant-modal').waitFor({ state: 'detached' });
}

test('a task with two people: both see it, talk about it, and see it done', async () => {
  const [a, b] = staff;
  const left = await opened(a);
  const right = await opened(b, { language: 'en' });
  const title = `盘点 ${run}`;
  await make(left.page, title, { people: [b] });
  await task(left.page, title).waitFor();
  await task(right.page, title).waitFor();
  await noAxeFindings(left.page, 'the timeline');
  await shot(left.page, 'tasks-day-zh');

  await task(left.page, title).click();
  await left.page.locator('.ant-drawer', { hasText: nameOf(b, 'zh') }).waitFor();
  await noAxeFindings(left.page, 'a task');
  await shot(left.page, 'tasks-drawer-zh');
  await left.page.locator('.task-own textarea:not([aria-hidden])').fill(`先问老王 ${run}`);
  await left.page.getByRole('button', { name: '保存笔记' }).click();
  await left.page.getByText('笔记已保存').waitFor();
  await left.page.getByRole('button', { name: '任务聊天' }).click();
  await left.page.locator('.chat-head h2', { hasText: title }).waitFor();
  await say(left.page, `清单在谁那里？ ${run}`);

  await task(right.page, title).click();
  assert.equal(await right.page.locator('.task-own textarea:not([aria-hidden])').inputValue(), '', 'a note is for oneself');
  await right.page.getByRole('button', { name: 'Chat', exact: true }).click();
  await message(right.page, `清单在谁那里？ ${run}`).waitFor();
  await goTo(right.page, 'tasks');
  await task(right.page, title).click();
  await right.page.getByRole('button', { name: 'Mark as done' }).click();
  await goTo(left.page, 'tasks');
  await left.page.locator('.task-done', { hasText: title }).waitFor();
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

test('it moves by dragging and by the keyboard, in all three views at once', async () => {
  const [, , a] = staff;
  const left = await opened(a);
  const right = await opened(a);
  const title = `接待 ${run}`;
  await make(left.page, title, { from: '09:00', to: '10:00' });
  await task(right.page, title).waitFor();
  await look(right.page, 'week');
  const own = task(left.page, title);
  const box = await own.boundingBox();
  const hour = await left.page.locator('.task-hour').first().evaluate((one) => one.clientHeight);
  await left.page.mouse.move(box.x + 60, box.y + 8);
  await left.page.mouse.down();
  await left.page.mouse.move(box.x + 60, box.y + 8 + hour, { steps: 4 });
  await left.page.mouse.move(box.x + 60, box.y + 8 + hour * 2, { steps: 4 });
  await left.page.mouse.up();
  await task(left.page, title).getByText('11:00–12:00').waitFor();
  await task(right.page, title).getByText('11:00–12:00').waitFor();
  await own.press('Alt+ArrowDown');
  await task(right.page, title).getByText('11:15–12:15').waitFor();

  // In the week it is put on another day.
  const before = await task(right.page, title).evaluate((one) => one.closest('[data-day]').dataset.day);
  const cells = await right.page.locator('.task-week [data-day]').evaluateAll((all) => all.map((one) => one.dataset.day));
  const goal = cells.find((one) => one !== before);
  const from = await task(right.page, title).boundingBox();
  const to = await right.page.locator(`.task-week [data-day="${goal}"]`).boundingBox();
  await right.page.mouse.move(from.x + 30, from.y + 10);
  await right.page.mouse.down();
  await right.page.mouse.move(to.x + 40, to.y + 60, { steps: 6 });
  await right.page.mouse.up();
  await right.page.locator(`.task-week [data-day="${goal}"] .task`, { hasText: title }).waitFor();
  await noAxeFindings(right.page, 'the week');
  await shot(right.page, 'tasks-week-zh');
  const [download] = await Promise.all([
    right.page.waitForEvent('download'), right.page.getByRole('button', { name: '导出' }).click(),
  ]);
  assert.match(readFileSync(await download.path(), 'utf8'), new RegExp(`${goal} 11:15,${goal} 12:15,${title},${nameOf(a, 'zh')}`));
  await look(left.page, 'month');
  await left.page.locator(`.task-month [data-day="${goal}"] .task`, { hasText: title }).waitFor();
  await noAxeFindings(left.page, 'the month');
  await shot(left.page, 'tasks-month-zh');
  await left.context.close();
  await right.context.close();
});

test('a task of every week stands in every week; one is done, the others are not', async () => {
  const { page, context } = await opened(staff[3]);
  const title = `晨会 ${run}`;
  await page.locator('.task-tools .ant-btn-primary').click();
  await page.locator('.ant-modal .task-fields input').first().fill(title);
  await page.locator('.ant-modal .task-fields .ant-select').first().click();
  await page.locator('.ant-select-item', { hasText: '每天' }).click();
  await page.locator('.ant-modal-footer .ant-btn-primary').click();
  await task(page, title).click();
  await page.getByRole('button', { name: '完成', exact: true }).click();
  await page.locator('.ant-drawer .ant-tag', { hasText: '已完成' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.ant-drawer').waitFor({ state: 'detached' });
  await page.locator('.task-done', { hasText: title }).waitFor();
  await page.getByRole('button', { name: '往后' }).click();
  await task(page, title).waitFor();
  assert.equal(await page.locator('.task-done', { hasText: title }).count(), 0);
  await context.close();
});

test('a month is shared with a colleague, without what is private', async () => {
  const [, , , , a, b] = staff;
  const send = await commander(a);
  const left = await opened(a);
  await make(left.page, `公开 ${run}`);
  await left.page.locator('.task-tools .ant-btn-primary').click();
  await left.page.locator('.ant-modal .task-fields input').first().fill(`私事 ${run}`);
  await left.page.locator('.ant-modal .ant-switch').click();
  await left.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await left.page.locator('.ant-modal').waitFor({ state: 'detached' });
  await send('calendar.share', { account: b.card.account, on: true });
  const right = await opened(b);
  await right.page.locator('.task-tools .ant-select').click();
  await right.page.locator('.ant-select-item', { hasText: nameOf(a, 'zh') }).click();
  await task(right.page, `公开 ${run}`).waitFor();
  assert.equal(await task(right.page, `私事 ${run}`).count(), 0);
  await left.page.getByRole('button', { name: '共享与订阅' }).click();
  await left.page.locator('.ant-modal .line', { hasText: nameOf(b, 'zh') }).waitFor();
  await left.page.getByRole('button', { name: /生成/ }).click();
  const address = await left.page.locator('#feed-address').inputValue();
  await noAxeFindings(left.page, 'sharing the calendar');
  const feed = await (await fetch(address)).text();
  assert.match(feed, /^BEGIN:VCALENDAR/);
  assert.ok(feed.includes(`公开 ${run}`));
  await left.context.close();
  await right.context.close();
});

test('one of a series is moved, one left out and put back, the rest split: a phone sees it at once', async () => {
  const [, , , , , a, b] = staff;
  const left = await opened(a);
  const right = await opened(b, { language: 'en', phone: true });
  const title = `晨检 ${run}`;
  const send = await commander(a);
  const monday = Date.UTC(2030, 0, 7, 2);
  const { stream } = await send('task.create', {
    title, zone: 'Asia/Shanghai', starts_at: monday, ends_at: monday + 3_600_000, assignees: [b.card.account],
    repeat: { every: 'day', until: '2030-01-13' },
  }, `task:${'0195e3a4-7c1a-7000-8000-'}${Date.now().toString(16).padStart(12, '0')}`);
  const at = (page, n) => page.locator(`.task-week [data-day="2030-01-${String(7 + n).padStart(2, '0')}"] .task`, { hasText: title });
  const count = (page, n, many) => page.waitForFunction(([day, text, wanted]) => [...document.querySelectorAll(`.task-week [data-day="${day}"] .task`)]
    .filter((one) => one.textContent.includes(text)).length === wanted, [`2030-01-${String(7 + n).padStart(2, '0')}`, title, many]);
  const both = async (n, many) => { await count(left.page, n, many); await count(right.page, n, many); };
  const scope = (page, which) => page.locator(`[data-scope=${which}]`).click();
  for (const { page } of [left, right]) {
    await page.evaluate((task) => { location.hash = `#/tasks/${task}`; }, stream);
    await page.locator('.ant-drawer .task-fields').waitFor();
    await page.locator('.ant-drawer-close').click();
    await page.locator('.ant-drawer').waitFor({ state: 'detached' });
    await look(page, 'week');
  }
  await both(1, 1);

  const from = await at(left.page, 1).boundingBox();
  const to = await left.page.locator('.task-week [data-day="2030-01-09"]').boundingBox();
  await left.page.mouse.move(from.x + 30, from.y + 10);
  await left.page.mouse.down();
  await left.page.mouse.move(to.x + 40, to.y + 90, { steps: 6 });
  await left.page.mouse.up();
  await left.page.locator('[data-scope=one]').waitFor();
  await noAxeFindings(left.page, 'how much of a series');
  await shot(left.page, 'tasks-scope-zh');
  await scope(left.page, 'one');
  await both(1, 0);
  await both(2, 2);

  await at(left.page, 4).press('Alt+ArrowRight');
  await scope(left.page, 'rest');
  await both(4, 0);
  await both(5, 1);

  await at(left.page, 0).click();
  await left.page.getByRole('button', { name: '删除任务' }).click();
  await scope(left.page, 'one');
  await both(0, 0);
  await at(left.page, 3).click();
  await left.page.locator('.ant-drawer').getByText('已取消的日期').waitFor();

  // A file of its own, which the other one opens.
  await left.page.locator('.task-files input[type=file]').setInputFiles({ name: `清单 ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('一二三') });
  await left.page.locator('.task-file', { hasText: `清单 ${run}` }).waitFor();
  await noAxeFindings(left.page, 'a task with a file');
  await shot(left.page, 'tasks-file-zh');
  await at(right.page, 3).click();
  const file = right.page.locator('.task-file', { hasText: `清单 ${run}` });
  await file.waitFor();
  const opened_ = await right.page.request.get(`${await file.evaluate((one) => one.href)}`);
  assert.equal(await opened_.text(), '一二三');
  await nothingSideways(right.page, 'a task on a phone');
  await noAxeFindings(right.page, 'a task on a phone');
  await shot(right.page, 'tasks-file-en-phone');
  await left.page.getByRole('button', { name: /^恢复/ }).click();
  await both(0, 1);
  await left.page.getByRole('button', { name: `移除文件“清单 ${run}.txt”` }).click();
  await file.waitFor({ state: 'detached' });
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

test('whoever has to do it is reminded, and comes from the to-do to the task', async () => {
  const [, , , , , , , a] = staff;
  const send = await commander(a);
  const title = `会前准备 ${run}`;
  const soon = Date.now() + 2_000;
  await send('task.create', { title, zone: 'Asia/Shanghai', starts_at: soon, ends_at: soon + 3_600_000, remind: [0] },
    `task:0195e3a4-7c1a-7000-8000-${(Date.now() + 7).toString(16).padStart(12, '0')}`);
  const { page, context, faults } = await profile(browser);
  await signIn(page, a);
  await goTo(page, 'notices');
  await page.locator('.line[data-notice]', { hasText: title }).click();
  await page.locator('.notice-article').getByText('任务将于').waitFor();
  await noAxeFindings(page, 'a reminder');
  await shot(page, 'tasks-reminder-zh');
  await page.locator('.notice-article .notice-acts .ant-btn').first().click();
  await page.locator('.ant-drawer .task-fields').waitFor();
  await page.getByRole('button', { name: '完成', exact: true }).click();
  await page.locator('.ant-drawer .ant-tag', { hasText: '已完成' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('in Uyghur, on a phone, in large type and high contrast', async () => {
  const { page, context } = await opened(staff[0], { language: 'ug', phone: true, prefs: { size: 'xlarge', contrast: true } });
  for (const which of LOOKS) {
    await look(page, which);
    await page.locator(which === 'day' ? '.task-day' : `.task-${which}`).waitFor();
    await nothingSideways(page, which);
    await noAxeFindings(page, `${which} in Uyghur`);
    await shot(page, `tasks-${which}-ug-phone`);
  }
  await context.close();
});
