// 我的: picture, own fields, choices that follow the person, history, cache, the watermark.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { commander } from './api.mjs';
import {
  demoAccounts, goTo, launch, message, nameOf, noAxeFindings, nothingSideways, openDirect, people, picture, profile, run, say,
  shot, signIn,
} from './people.mjs';

let browser;
let staff;
let operator;

before(async () => {
  browser = await launch();
  // From the end of the list, where no other journey takes its people.
  staff = (await people()).slice(-6);
  operator = (await demoAccounts()).find((one) => one.grants[0]?.role === 'operator');
});
after(() => browser?.close());

test('a picture of oneself is seen by the other in the list, the message and among people', async () => {
  const [a, b] = staff;
  const one = await profile(browser);
  const two = await profile(browser);
  await signIn(one.page, a);
  await goTo(one.page, 'me');
  const [chooser] = await Promise.all([
    one.page.waitForEvent('filechooser'),
    one.page.getByRole('button', { name: '更换头像' }).click(),
  ]);
  await chooser.setFiles({ name: '我.png', mimeType: 'image/png', buffer: await picture(one.page, 640, 400) });
  await one.page.locator('.avatar-crop').waitFor();
  await one.page.locator('.avatar-crop').press('ArrowRight');
  await noAxeFindings(one.page, 'choosing a picture');
  await shot(one.page, 'me-avatar-zh');
  await one.page.locator('.ant-modal').getByRole('button', { name: '保存' }).click();
  const mine = one.page.locator('.me-head .face-picture');
  await mine.waitFor();
  await one.page.waitForFunction(() => document.querySelector('.me-head .face-picture').naturalWidth > 0);
  const [width, height] = await mine.evaluate((face) => [face.naturalWidth, face.naturalHeight]);
  assert.equal(width, height, 'square');

  await openDirect(one.page, b);
  await say(one.page, `头像 ${run}`);
  await signIn(two.page, b);
  const row = two.page.locator('.rooms-list li').filter({ hasText: nameOf(a, 'zh') }).first();
  await row.locator('.face-picture').waitFor();
  await row.locator('button.line').click();
  await message(two.page, `头像 ${run}`).locator('.face-picture').waitFor();
  await goTo(two.page, 'people');
  await two.page.locator('.people-found input[type=search]').fill(nameOf(a, 'zh'));
  await two.page.locator('.people-list .face-picture').first().waitFor();

  // Somebody who is not signed in gets no picture.
  const src = await two.page.locator('.people-list .face-picture').first().getAttribute('src');
  assert.equal((await fetch(`${process.env.HUB_URL}${src}`)).status, 401);

  await goTo(one.page, 'me');
  await one.page.getByRole('button', { name: '移除头像' }).click();
  await mine.waitFor({ state: 'detached' });
  assert.deepEqual([one.faults, two.faults], [[], []]);
  await one.context.close();
  await two.context.close();
});

test('what is chosen on one device holds on the other at once, and after a new sign-in', async () => {
  const person = staff[2];
  const desk = await profile(browser);
  const phone = await profile(browser, { phone: true });
  await signIn(desk.page, person);
  await signIn(phone.page, person);
  await goTo(desk.page, 'me');
  await goTo(phone.page, 'me');
  await desk.page.locator('.settings').getByText('ئۇيغۇرچە').click();
  await phone.page.waitForFunction(() => document.documentElement.lang === 'ug' && document.documentElement.dir === 'rtl');
  await desk.page.locator('.settings .ant-segmented').nth(1).locator('label').nth(1).click();
  await phone.page.waitForFunction(() => document.documentElement.dataset.size === 'large');
  await phone.page.locator('#set-quiet').click();
  await desk.page.locator('#set-quiet[aria-checked=true]').waitFor();
  await desk.page.locator('.quiet input[type=time]').first().fill('23:30');
  await phone.page.waitForFunction(() => document.querySelector('.quiet input[type=time]')?.value === '23:30');
  await desk.page.locator('#set-show_text').click();
  await phone.page.locator('#set-show_text[aria-checked=true]').waitFor();
  await nothingSideways(phone.page, '我的 on a phone, in Uyghur');
  await noAxeFindings(phone.page, '我的 on a phone, in Uyghur');
  await shot(phone.page, 'me-phone-ug');
  await noAxeFindings(desk.page, '我的, in Uyghur');
  await shot(desk.page, 'me-ug');

  const third = await profile(browser);
  await signIn(third.page, person);
  await third.page.waitForFunction(() => document.documentElement.lang === 'ug');
  // As it was, for whoever comes after.
  const send = await commander(person);
  await send('account.set_preferences', { language: 'zh', text_size: 'normal' }, `account:${person.card.account}`);
  await third.page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  for (const one of [desk, phone, third]) {
    assert.deepEqual(one.faults, []);
    await one.context.close();
  }
});

test('fields that the operator makes are filled in by the person and seen on the card', async () => {
  const person = staff[3];
  const there = await profile(browser);
  await signIn(there.page, operator);
  await goTo(there.page, 'me');
  const fields = there.page.locator('section[aria-labelledby=fields-title]');
  const key = `lang_${run}`;
  await fields.getByLabel('中文名称').fill(`接待语言${run}`);
  await fields.getByLabel('维吾尔文名称').fill('تىلى');
  await fields.getByLabel('标识').fill(key);
  await fields.getByRole('button', { name: '添加' }).click();
  await fields.getByText(key).waitFor();
  await noAxeFindings(there.page, 'operation');
  await shot(there.page, 'me-operator-zh');

  const here = await profile(browser);
  await signIn(here.page, person);
  await goTo(here.page, 'me');
  await here.page.locator(`#own-${key}`).fill('汉语、维吾尔语');
  await here.page.locator('.me-fields').getByRole('button', { name: '保存' }).click();
  await here.page.getByText('已保存').waitFor();
  const seen = await there.page.evaluate((id) => fetch(`/v1/people/${id}`).then((answer) => answer.json()), person.card.account);
  assert.ok(seen.fields.some((one) => one.field === key && one.text === '汉语、维吾尔语'));

  // Taken away again: it goes from the page of who has it open.
  await fields.locator('li').filter({ hasText: key }).getByRole('button').click();
  await here.page.locator(`#own-${key}`).waitFor({ state: 'detached' });
  await here.context.close();
  await there.context.close();
});

test('history is cleared for oneself alone, on all devices, and stays so', async () => {
  const [a, b] = [staff[4], staff[5]];
  const desk = await profile(browser);
  const phone = await profile(browser, { phone: true });
  const other = await profile(browser);
  await signIn(other.page, b);
  await openDirect(other.page, a);
  await say(other.page, `以前 ${run}`);
  await signIn(desk.page, a);
  await signIn(phone.page, a);
  for (const { page } of [desk, phone]) {
    await page.locator('.rooms-list li').filter({ hasText: nameOf(b, 'zh') }).first().locator('button.line').click();
    await message(page, `以前 ${run}`).waitFor();
  }
  await goTo(desk.page, 'me');
  const size = desk.page.locator('section[aria-labelledby=store-title]');
  await size.getByText(/已占用 [\d.]+ [KM]?B/u).waitFor();
  await size.locator('.history-one .ant-select').click();
  await desk.page.keyboard.type(nameOf(b, 'zh'));
  await desk.page.keyboard.press('Enter');
  await size.locator('.history-one').getByRole('button', { name: '清空' }).click();
  await desk.page.getByRole('dialog').getByRole('button', { name: '清空' }).click();
  await desk.page.getByText('聊天记录已清空').waitFor();
  await message(phone.page, `以前 ${run}`).waitFor({ state: 'detached' });
  await say(other.page, `以后 ${run}`);
  await message(phone.page, `以后 ${run}`).waitFor();
  assert.equal(await message(other.page, `以前 ${run}`).count(), 1, 'the other has lost nothing');
  await phone.page.reload();
  await message(phone.page, `以后 ${run}`).waitFor();
  assert.equal(await message(phone.page, `以前 ${run}`).count(), 0);

  await size.getByRole('button', { name: '清除缓存' }).click();
  await desk.page.getByText(/已清除 [\d.]+ [KM]?B/u).waitFor();
  for (const one of [desk, phone, other]) await one.context.close();
});

/** The program beside this checkout, or the one that is named. */
const HUB = process.env.HUB_BIN ?? fileURLToPath(new globalThis.URL('../../../target/debug/hub', import.meta.url));

async function readMark(path) {
  // Without this hub's database: whose it is is told by the end of the account's id.
  const data = mkdtempSync(`${tmpdir()}/mark-`);
  const { stdout } = await promisify(execFile)(HUB, ['watermark', 'read', path, '--data', data])
    .catch((failed) => failed);
  rmSync(data, { recursive: true });
  return stdout;
}

test('the hidden watermark is read back from a picture of the screen', async () => {
  const person = staff[0];
  const tail = person.card.account.replaceAll('-', '').slice(-10);
  // The day in Beijing, from which it is.
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const folder = mkdtempSync(`${tmpdir()}/shots-`);
  for (const scale of [0.75, 1, 1.25, 1.5, 2]) {
    const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 }, deviceScaleFactor: scale });
    const page = await context.newPage();
    await signIn(page, person);
    await page.locator('.rooms-list button.line').first().click();
    await page.locator('[data-mark=hidden]').waitFor({ state: 'attached' });
    await page.locator('[data-mark=named]').waitFor({ state: 'attached' });
    await page.locator('[data-message]').first().waitFor();
    const path = `${folder}/${scale}.png`;
    await page.screenshot({ path });
    const said = await readMark(path);
    assert.ok(said.includes(tail) && said.includes(day), `PNG at ${scale}: ${said}`);
    if (scale === 1) await shot(page, 'watermark-zh');
    if (scale >= 1) {
      await page.screenshot({ path: `${folder}/${scale}.jpg`, type: 'jpeg', quality: 85 });
      const jpeg = await readMark(`${folder}/${scale}.jpg`);
      assert.ok(jpeg.includes(tail), `JPEG at ${scale}: ${jpeg}`);
    }
    await context.close();
  }
  rmSync(folder, { recursive: true });
});

test('the operator takes the watermark away and puts it back, for pages that are open', async () => {
  const there = await profile(browser);
  const here = await profile(browser);
  await signIn(there.page, operator);
  await signIn(here.page, staff[1]);
  await here.page.locator('[data-mark=named]').waitFor({ state: 'attached' });
  await goTo(there.page, 'me');
  await there.page.locator('#mark-visible').click();
  await here.page.locator('[data-mark=named]').waitFor({ state: 'detached' });
  await there.page.locator('#mark-visible').click();
  await here.page.locator('[data-mark=named]').waitFor({ state: 'attached' });
  await here.context.close();
  await there.context.close();
});
