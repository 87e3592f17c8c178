// The week's plan: written and submitted, returned by a head, submitted again and approved; the
// tasks beside it are the schedule's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import {
  URL, demoAccounts, goTo, launch, nameOf, noAxeFindings, nothingSideways, people, profile, run, shot, signIn,
} from './people.mjs';

const HEADS = ['department_head', 'hall_manager', 'region_admin'];

let browser;
let staff;
let heads;

before(async () => {
  browser = await launch();
  staff = await people();
  heads = (await demoAccounts()).filter((one) => HEADS.includes(one.grants[0]?.role));
});
after(() => browser?.close());

async function opened(account, options) {
  const made = await profile(browser, options);
  await signIn(made.page, account);
  await goTo(made.page, 'tasks');
  await made.page.locator('.task-strip').waitFor();
  return made;
}

/** Somebody who has written nothing this week: what is approved stands, also for the next run. */
async function fresh() {
  while (staff.length > 0) {
    const one = staff.shift();
    const { username } = one.card;
    const signed = await (await fetch(`${URL}/v1/sign-in`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username, password: one.password }),
    })).json();
    const plan = await (await fetch(`${URL}/v1/plans/own`, { headers: { authorization: `Bearer ${signed.token}` } })).json();
    if (plan.exists === false) return one;
  }
  throw new Error('everybody has a plan already: start the hub with fresh data');
}

/** From the schedule to the plans, as a person goes. */
async function toPlans(page) {
  await page.locator('.task-tools .ant-btn').first().click();
  await page.locator('.plans .plan-head').waitFor();
}

function tab(page, n) {
  return page.locator('.plan-head .ant-segmented-item').nth(n).click();
}

/** The parts of a workbook, by name (APPNOTE.TXT: the central directory stands at the end). */
function unpacked(file) {
  const parts = new Map();
  let at = file.readUInt32LE(file.lastIndexOf(Buffer.from('PK\x05\x06')) + 16);
  while (file.readUInt32LE(at) === 0x02014b50) {
    const [size, name, extra, comment] = [file.readUInt32LE(at + 20), ...[28, 30, 32].map((one) => file.readUInt16LE(at + one))];
    const local = file.readUInt32LE(at + 42);
    const begin = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const bytes = file.subarray(begin, begin + size);
    const text = file.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes);
    parts.set(file.subarray(at + 46, at + 46 + name).toString(), text.toString());
    at += 46 + name + extra + comment;
  }
  return parts;
}

const part = (page, which) => page.locator(`.plan-part[data-part=${which}]`);

async function submit(page, which, text) {
  await part(page, which).locator('textarea:not([aria-hidden])').fill(text);
  await part(page, which).locator('.plan-acts .ant-btn-primary').click();
  await part(page, which).locator('.plan-tag-submitted').waitFor();
}

test('a plan is submitted, returned, submitted again and approved, each side seeing it at once', async () => {
  const writer = await fresh();
  const left = await opened(writer);
  const title = `走访 ${run}`;
  await left.page.locator('.task-tools .ant-btn-primary').click();
  await left.page.locator('.ant-modal .task-fields input').first().fill(title);
  await left.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await left.page.locator('.ant-modal').waitFor({ state: 'detached' });
  await toPlans(left.page);
  await left.page.locator('.plan-task', { hasText: title }).waitFor();
  await noAxeFindings(left.page, 'a plan to write');
  await shot(left.page, 'plan-own-zh');
  await part(left.page, 'plan').locator('textarea:not([aria-hidden])').fill(`草稿 ${run}`);
  await left.page.getByRole('button', { name: '保存草稿' }).first().click();
  await left.page.getByText('草稿已保存').waitFor();
  await submit(left.page, 'plan', `办结二十件 ${run}`);
  await part(left.page, 'plan').getByText('审核人').waitFor();

  const to = await part(left.page, 'plan').getByText('审核人').innerText();
  const head = heads.find((one) => to.includes(nameOf(one, 'zh')));
  assert.ok(head, `somebody of the demonstration reviews it: ${to}`);
  const right = await opened(head, { language: 'en' });
  await toPlans(right.page);
  await tab(right.page, 2);
  await right.page.locator('.plan-counts table').waitFor();
  await right.page.locator('.plan-state').click();
  await right.page.locator('.ant-select-item', { hasText: 'Awaiting review' }).click();
  await right.page.locator('.plan-rows .line', { hasText: nameOf(writer, 'en') }).click();
  await right.page.getByText(`办结二十件 ${run}`).waitFor();
  await right.page.locator('.plan-reading .plan-task', { hasText: title }).waitFor();
  assert.equal(await right.page.getByText(`草稿 ${run}`).count(), 0, 'a draft is for oneself');
  await noAxeFindings(right.page, 'a plan to review');
  await shot(right.page, 'plan-review-en');
  await right.page.locator('.plan-review textarea:not([aria-hidden])').fill(`补充目标 ${run}`);
  await right.page.getByRole('button', { name: 'Return', exact: true }).click();

  // The head's phone shows the same at once.
  const phone = await opened(head, { language: 'ug', phone: true });
  await toPlans(phone.page);
  await tab(phone.page, 2);
  await phone.page.locator('.plan-rows .line', { hasText: nameOf(writer, 'ug') }).first().click();
  await phone.page.getByText(`补充目标 ${run}`).first().waitFor();
  await nothingSideways(phone.page, 'a plan to review, on a phone');
  await noAxeFindings(phone.page, 'a plan to review, on a phone');
  await shot(phone.page, 'plan-review-ug-phone');
  await part(left.page, 'plan').locator('.plan-tag-returned').waitFor();
  await part(left.page, 'plan').getByText(`补充目标 ${run}`).waitFor();
  await noAxeFindings(left.page, 'a plan that was returned');
  await shot(left.page, 'plan-returned-zh');
  // Done here is done in the schedule, and goes with the next submission.
  await left.page.locator('.plan-task', { hasText: title }).locator('input[type=checkbox]').click();
  await left.page.locator('.plan-task-done', { hasText: title }).waitFor();
  await submit(left.page, 'plan', `办结二十五件 ${run}`);
  await right.page.getByText(`办结二十五件 ${run}`).waitFor();
  await phone.page.getByText(`办结二十五件 ${run}`).waitFor();
  await right.page.locator('.plan-reading .plan-task-done', { hasText: title }).waitFor();
  await right.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await part(left.page, 'plan').locator('.plan-tag-approved').waitFor();

  await submit(left.page, 'summary', `=1+1 全部办结 ${run}`);
  await left.page.locator('.plan-lines textarea:not([aria-hidden])').fill(`请查收 ${run}`);
  await left.page.getByRole('button', { name: '发表评论' }).click();
  await right.page.locator('.plan-line', { hasText: `请查收 ${run}` }).waitFor();
  const [download] = await Promise.all([
    right.page.waitForEvent('download'), right.page.getByText('Export table').click(),
  ]);
  const table = unpacked(readFileSync(await download.path()));
  assert.ok(table.get('xl/sharedStrings.xml').includes(`=1+1 全部办结 ${run}`));
  const sheets = [...table].filter(([name]) => name.startsWith('xl/worksheets/sheet'));
  assert.equal(sheets.length, 3);
  for (const [name, sheet] of sheets) assert.doesNotMatch(sheet, /<f[ >]/, `${name}: what a person wrote is no formula`);
  assert.match(download.suggestedFilename(), /^plans-\d{4}-\d\d-\d\d\.xlsx$/);
  await left.page.getByRole('button', { name: '返回日程' }).click();
  await left.page.locator('.task-week .task-done', { hasText: title }).waitFor();
  assert.deepEqual([...left.faults, ...right.faults, ...phone.faults], []);
  await phone.context.close();
  await left.context.close();
  await right.context.close();
});

test('a plan is shared with a colleague, in Uyghur and on a phone', async () => {
  const [a, b] = [await fresh(), await fresh()];
  const left = await opened(a);
  const right = await opened(b, { language: 'ug', phone: true });
  await toPlans(left.page);
  await submit(left.page, 'plan', `接待来访 ${run}`);
  await left.page.locator('.plan-shares .ant-btn').last().click();
  await left.page.locator('.plan-shares .picker input[type=search]').fill(b.card.names.zh);
  await left.page.locator('.plan-shares .picker-list li', { hasText: b.card.names.zh }).locator('input').check();
  await left.page.locator('.plan-shares .ant-btn-primary').click();
  await left.page.locator('.plan-share', { hasText: nameOf(b, 'zh') }).waitFor();

  await right.page.locator('[data-place=tasks] .sr').waitFor({ state: 'attached' });
  await toPlans(right.page);
  await right.page.locator('[data-place=tasks] .sr').waitFor({ state: 'detached' });
  await nothingSideways(right.page, 'own plan');
  await noAxeFindings(right.page, 'own plan in Uyghur');
  await shot(right.page, 'plan-own-ug-phone');
  assert.equal(await right.page.locator('.plan-head .ant-segmented-item').count(), 2, 'whoever heads nobody reviews nobody');
  await tab(right.page, 1);
  await right.page.locator('.plan-rows .line', { hasText: nameOf(a, 'ug') }).click();
  await right.page.getByText(`接待来访 ${run}`).waitFor();
  await nothingSideways(right.page, 'a shared plan');
  await noAxeFindings(right.page, 'a shared plan in Uyghur');
  await shot(right.page, 'plan-shared-ug-phone');
  assert.equal(await right.page.locator('.plan-review').count(), 0);
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});
