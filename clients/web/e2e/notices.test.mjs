// To-dos and announcements: sent to many, seen at once, and proved person by person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  goTo, launch, nameOf, noAxeFindings, nothingSideways, people, profile, run, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let sender;

before(async () => {
  browser = await launch();
  staff = await people();
  [sender] = await people('hall_manager');
});
after(() => browser?.close());

const line = (page, title) => page.locator('.notice-lines button', { hasText: title });
const tab = (page, n) => page.locator('.notice-list .ant-segmented').first().locator('.ant-segmented-item').nth(n).click();

test('an announcement is sent, arrives by itself, is confirmed, and the sender has the proof', async () => {
  const [reader, other] = staff;
  const right = await profile(browser);
  await signIn(right.page, reader);
  const left = await profile(browser);
  await signIn(left.page, sender);
  await goTo(left.page, 'notices');
  await left.page.getByRole('button', { name: '发布', exact: true }).first().click();
  const title = `系统维护 ${run}`;
  await left.page.locator('.ant-modal input[maxlength="200"]').fill(title);
  await left.page.locator('.ant-modal textarea:not([aria-hidden])').fill('周一八点到九点暂停服务。');
  await left.page.locator('.ant-modal .ant-segmented-item', { hasText: '指定人员' }).click();
  for (const one of [reader, other]) {
    await left.page.locator('.picker input[type=search]').fill(one.card.names.zh);
    await left.page.locator('.picker-list li', { hasText: one.card.names.zh }).locator('input').check();
  }
  await left.page.locator('.ant-modal .ant-switch').click();
  await noAxeFindings(left.page, 'sending a notice');
  await shot(left.page, 'notice-send-zh');
  await left.page.locator('.ant-modal-footer .ant-btn-primary').click();
  await line(left.page, title).click();
  await left.page.locator('.notice-proof tbody tr').nth(1).waitFor();

  // It comes to the other by itself.
  await right.page.locator('[data-place=notices] .ant-badge-count').waitFor();
  await goTo(right.page, 'notices');
  await tab(right.page, 1);
  await line(right.page, title).locator('.notice-dot').waitFor();
  await line(right.page, title).click();
  await right.page.getByRole('button', { name: '确认已知悉' }).click();
  await right.page.locator('.notice-ok').waitFor();
  await line(right.page, title).locator('.notice-dot').waitFor({ state: 'detached' });
  await noAxeFindings(right.page, 'a notice');
  await shot(right.page, 'notice-zh');

  // The proof: one has confirmed, the other has not read it.
  const proved = left.page.locator('.notice-proof tr', { hasText: nameOf(reader, 'zh') });
  await proved.locator('td', { hasText: /\d:\d\d/ }).nth(1).waitFor();
  await left.page.locator('.notice-article .ant-segmented-item', { hasText: '未读' }).click();
  await left.page.locator('.notice-proof tbody tr', { hasText: nameOf(other, 'zh') }).waitFor();
  await proved.waitFor({ state: 'detached' });
  await noAxeFindings(left.page, 'the proof of a notice');
  await shot(left.page, 'notice-proof-zh');
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

test('a to-do is done, and what is withdrawn is gone', async () => {
  const [, , reader] = staff;
  const send = await commander(sender);
  const target = { to: 'people', accounts: [reader.card.account] };
  const { stream } = await sendNotice(send, { kind: 'todo', title: `核对排班 ${run}`, text: '请核对。', target });
  await sendNotice(send, { kind: 'todo', title: `归档 ${run}`, target });
  const { page, context } = await profile(browser);
  await signIn(page, reader);
  await goTo(page, 'notices');
  await line(page, `归档 ${run}`).click();
  await page.getByRole('button', { name: '标记为已办' }).click();
  await line(page, `归档 ${run}`).waitFor({ state: 'detached' });
  await line(page, `核对排班 ${run}`).waitFor();
  await page.locator('.notice-list .ant-segmented').nth(1).locator('.ant-segmented-item').nth(1).click();
  await line(page, `归档 ${run}`).waitFor();
  await send('notice.withdraw', {}, stream);
  await page.locator('.notice-list .ant-segmented').nth(1).locator('.ant-segmented-item').nth(0).click();
  await line(page, `核对排班 ${run}`).waitFor({ state: 'detached' });
  await context.close();
});

test('in Uyghur, on a phone, in large type', async () => {
  const [, , , reader] = staff;
  await sendNotice(await commander(sender), {
    kind: 'announcement', title: `مۇلازىمەت ئۇقتۇرۇشى ${run}`, text: 'دۈشەنبە سائەت سەككىزدە.', target: { to: 'people', accounts: [reader.card.account] },
  });
  const { page, context } = await profile(browser, { language: 'ug', phone: true, prefs: { size: 'xlarge', contrast: true } });
  await signIn(page, reader);
  await goTo(page, 'notices');
  await tab(page, 1);
  await line(page, `مۇلازىمەت ئۇقتۇرۇشى ${run}`).waitFor();
  await nothingSideways(page, 'notices');
  await line(page, `مۇلازىمەت ئۇقتۇرۇشى ${run}`).click();
  await page.locator('.notice-article').waitFor();
  await nothingSideways(page, 'a notice');
  await noAxeFindings(page, 'a notice in Uyghur');
  await shot(page, 'notice-ug-phone');
  await context.close();
});

function sendNotice(send, body) { return send('notice.send', body, `notice:${crypto.randomUUID()}`); }
