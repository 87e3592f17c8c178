// A long conversation: scrolled by number, placed by number, read from where one stopped.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, fill, makeGroup } from './api.mjs';
import {
  launch, message, noAxeFindings, openRoom, people, profile, roomRow, run, shot, signIn,
} from './people.mjs';

const MESSAGES = 420;
const NAME = `长会话 ${run}`;
let browser;
let owner;
let reader;
let stream;

before(async () => {
  browser = await launch();
  [owner] = await people('hall_manager');
  reader = (await people()).at(-1);
  stream = await makeGroup(await commander(owner), NAME, [reader]);
  const long = '这条消息比较长，会占用几行，用来检验高度不一的消息是否也能保持位置。'.repeat(3);
  await fill(stream, owner, Array.from({ length: MESSAGES }, (_, n) => `第${n + 1}句 ${n % 7 === 0 ? long : ''}`));
});
after(() => browser?.close());

/** What the log shows: numbers in view, and where the first whole row stands. */
function inView(page) {
  return page.evaluate(() => {
    const log = document.querySelector('.log');
    const box = log.getBoundingClientRect();
    const rows = [...document.querySelectorAll('.row[data-seq]')];
    const seen = rows.filter((row) => {
      const at = row.getBoundingClientRect();
      return at.bottom > box.top + 1 && at.top < box.bottom - 1;
    });
    const whole = seen.find((row) => row.getBoundingClientRect().top >= box.top);
    return {
      whole: Number(whole?.dataset.seq),
      at: whole && whole.getBoundingClientRect().top - box.top,
      numbers: seen.map((row) => Number(row.dataset.seq)),
      waiting: seen.some((row) => row.classList.contains('row-wait')),
      existing: rows.length,
    };
  });
}

function loaded(page) {
  return page.waitForFunction(() => {
    const rows = document.querySelectorAll('.row[data-seq]');
    return rows.length > 0 && document.querySelectorAll('.row-wait').length === 0;
  });
}

async function opened() {
  const made = await profile(browser);
  await signIn(made.page, reader);
  return made;
}

test('unread: a button leads to where it begins, and reading brings the count down', async () => {
  const { page, context } = await opened();
  await roomRow(page, NAME).locator('.ant-badge').waitFor();
  await openRoom(page, NAME);
  await message(page, `第${MESSAGES}句`).waitFor();
  await roomRow(page, NAME).locator('.ant-badge').waitFor({ state: 'detached' });
  await page.locator('.log-above').click();
  await page.locator('.log-unread').waitFor();
  await loaded(page);
  assert.ok((await inView(page)).numbers.includes(1), 'nothing was read: unread begins at the beginning');
  await page.locator('.log-above').waitFor({ state: 'detached' });
  await shot(page, 'unread-zh');
  await noAxeFindings(page, 'the beginning of what is unread');
  await page.locator('.log-below button').click();
  await message(page, `第${MESSAGES}句`).waitFor();
  await context.close();
});

test('a few hundred messages scroll up page by page, each once, in order', async () => {
  const { page, context, faults } = await opened();
  await openRoom(page, NAME);
  await message(page, `第${MESSAGES}句`).waitFor();
  const met = new Set();
  await page.locator('.log').hover();
  let most = 0;
  for (;;) {
    await loaded(page);
    const { numbers, existing } = await inView(page);
    numbers.forEach((number, index) => {
      met.add(number);
      if (index > 0) assert.equal(number, numbers[index - 1] + 1, 'no number is left out');
    });
    most = Math.max(most, existing);
    if (numbers[0] === 1) break;
    const before = await page.evaluate(() => document.querySelector('.log').scrollTop);
    await page.mouse.wheel(0, -500);
    await page.waitForFunction((was) => document.querySelector('.log').scrollTop !== was, before);
  }
  // One event made the group; the others are the messages.
  assert.equal(met.size, MESSAGES + 1, 'every number was seen');
  assert.ok(most < 150, `${most} rows existed at once`);
  await page.locator('.log-start').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('what is read stays in its place while pages come in above it', async () => {
  const { page, context } = await opened();
  // The answers wait until they are let through.
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await openRoom(page, NAME);
  await message(page, `第${MESSAGES}句`).waitFor();
  await loaded(page);
  await page.route(/\/events\?/, async (route) => {
    await held;
    await route.continue();
  });
  await page.locator('.log').hover();
  while (!(await inView(page)).waiting) {
    const before = await page.evaluate(() => document.querySelector('.log').scrollTop);
    await page.mouse.wheel(0, -200);
    await page.waitForFunction((was) => document.querySelector('.log').scrollTop !== was, before);
  }
  const place = await inView(page);
  release();
  await loaded(page);
  const then = await page.evaluate((seq) => document.querySelector(`.row[data-seq="${seq}"]`).getBoundingClientRect().top
    - document.querySelector('.log').getBoundingClientRect().top, place.whole);
  assert.ok(Math.abs(then - place.at) <= 1, `moved by ${then - place.at} px`);
  await context.close();
});

test('a message is found by its number, and the way back is one click', async () => {
  const { page, context } = await opened();
  await openRoom(page, NAME);
  await message(page, `第${MESSAGES}句`).waitFor();
  await page.getByRole('button', { name: '按编号定位消息' }).click();
  const field = page.locator('#jump-number');
  await page.waitForFunction(() => document.activeElement?.id === 'jump-number');
  await noAxeFindings(page, 'the number of a message');
  await field.fill('99999');
  assert.equal(await page.getByRole('button', { name: '定位', exact: true }).isDisabled(), true);
  await field.fill('123');
  await field.press('Enter');
  await page.locator('.row-sought[data-seq="123"]', { hasText: '第122句' }).waitFor();
  assert.ok((await inView(page)).numbers.includes(123));
  await page.locator('.log-place', { hasText: String(MESSAGES + 1) }).waitFor();
  await shot(page, 'by-number-zh');

  // Somebody writes meanwhile: nothing moves, the button says so.
  const place = await inView(page);
  await (await commander(owner))('room.send_message', { text: `新的一句 ${run}` }, stream);
  await page.locator('.log-below button', { hasText: '1 条新消息' }).waitFor();
  assert.deepEqual((await inView(page)).numbers, place.numbers);
  await page.locator('.log-below button').click();
  await message(page, `新的一句 ${run}`).waitFor();
  await page.locator('.log-below').waitFor({ state: 'detached' });
  await context.close();
});
