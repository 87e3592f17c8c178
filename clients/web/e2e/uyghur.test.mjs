// A working day in Uyghur: one person at a desk, another with a phone, from signing in to a search.
// Every page reads from right to left, nothing sticks out, axe finds nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  connected, fillSignIn, goTo, launch, message, nameOf, noAxeFindings, nothingSideways, openDirect, openRoom,
  people, profile, run, say, shot,
} from './people.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** What holds on each page of the walk. */
async function sound(page, what) {
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl', what);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'ug', what);
  await nothingSideways(page, what);
  await noAxeFindings(page, what);
  await shot(page, `uyghur-${what.replaceAll(' ', '-')}`);
}

test('two people work a day in Uyghur', async () => {
  const staff = (await people()).filter((one) => one.card.names.ug);
  const [desk, away] = [staff.at(-7), staff.at(-8)];
  const left = await profile(browser, { language: 'ug' });
  const right = await profile(browser, { language: 'ug', phone: true });
  const [wide, phone] = [left.page, right.page];

  // Signing in, by name and password.
  await wide.goto(process.env.HUB_URL ?? 'http://127.0.0.1:8080');
  await wide.locator('input[autocomplete=username]').waitFor();
  await sound(wide, 'sign in');
  await fillSignIn(wide, desk);
  await connected(wide);
  await fillSignIn(phone, away);
  await connected(phone);
  await sound(phone, 'list on a phone');
  await railFits(phone);

  // Chat: a message there, an answer to it here, a file.
  await openDirect(wide, away);
  await say(wide, `ئەتە سائەت ئوندا يىغىن بار ${run}`);
  await openRoom(phone, nameOf(desk, 'ug'));
  await message(phone, 'سائەت ئوندا').waitFor();
  await chooseFor(phone, 'سائەت ئوندا', 'جاۋاب');
  await say(phone, `بولىدۇ، كېلىمەن ${run}`);
  const tools = await phone.locator('.tools').boundingBox();
  const last = await phone.locator('.tools > button').last().boundingBox();
  assert.ok(tools.height < 60 && last.x >= tools.x - 1 && last.width >= 24, `one row of tools: ${JSON.stringify([tools, last])}`);
  await message(wide, 'بولىدۇ').locator('.quote, .msg-quote').first().waitFor();
  await wide.locator('input[data-kind=document]').setInputFiles({
    name: `ھۆججەتلەر ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('كىملىك\nنوپۇس دەپتىرى\n'),
  });
  await message(phone, `ھۆججەتلەر ${run}.txt`).locator('.part-file').waitFor();
  await sound(wide, 'chat');
  await sound(phone, 'chat on a phone');
  await phone.goBack();

  // A task with the other.
  await goTo(wide, 'tasks');
  await wide.locator('.task-tools .ant-btn-primary').click();
  await wide.locator('.ant-modal .task-fields input').first().fill(`ئارخىپ رەتلەش ${run}`);
  await wide.locator('.ant-modal .picker input[type=search]').fill(away.card.names.zh);
  await wide.locator('.ant-modal .picker-list li', { hasText: nameOf(away, 'ug') }).locator('input').check();
  await sound(wide, 'new task');
  await wide.locator('.ant-modal-footer .ant-btn-primary').click();
  await wide.locator('.task', { hasText: `ئارخىپ رەتلەش ${run}` }).waitFor();
  await sound(wide, 'tasks');
  await goTo(phone, 'tasks');
  await phone.locator('.task', { hasText: `ئارخىپ رەتلەش ${run}` }).waitFor();
  await sound(phone, 'tasks on a phone');

  // A notice: its row stands in the list and leads to it.
  const [sender] = await people('hall_manager');
  const title = `مۇلازىمەت ۋاقتى ئۆزگەردى ${run}`;
  await (await commander(sender))('notice.send', {
    kind: 'announcement', title, text: 'دۈشەنبىدىن باشلاپ سائەت توققۇزدا.', confirm: true,
    target: { to: 'people', accounts: [away.card.account] },
  }, `notice:${crypto.randomUUID()}`);
  await goTo(phone, 'conversations');
  const row = phone.locator('[data-stream="notices:announcement"]', { hasText: title });
  await row.waitFor();
  await sound(phone, 'notice in the list');
  await row.click();
  await phone.locator('.notice-lines button', { hasText: title }).click();
  await phone.getByRole('button', { name: 'بىلدىم دەپ جەزملەش' }).click();
  await phone.locator('.notice-ok').waitFor();
  await sound(phone, 'notice');

  // The word that was said is found.
  await wide.keyboard.press('Control+k');
  await wide.waitForFunction(() => document.activeElement?.matches('.search input[type=search]'));
  await wide.locator('.search input[type=search]').fill(`يىغىن ${run}`);
  await wide.locator('[data-hit]').first().waitFor();
  await sound(wide, 'search');
  await wide.locator('[data-hit]').first().click();
  await wide.locator('.row-sought', { hasText: 'سائەت ئوندا' }).waitFor();

  for (const place of ['mail', 'people', 'drive', 'services', 'apps', 'me']) {
    await goTo(phone, place);
    await phone.locator('#main h1').first().waitFor();
    await sound(phone, `${place} on a phone`);
  }
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

/** No name in the rail ends in dots. */
async function railFits(page) {
  const cut = await page.locator('.rail-name').evaluateAll((names) => names
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent));
  assert.deepEqual(cut, [], 'names of the rail that are cut');
}

/** By the menu of a message, as a finger reaches it. */
async function chooseFor(page, text, name) {
  const one = message(page, text).last();
  await one.hover();
  await one.locator('.msg-menu').click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}
