// The room with oneself: there from the start, a file goes from the phone to the computer and a
// note back, and pinned on one device it is pinned on the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, message, noAxeFindings, nothingSideways, openRoom, people, profile, roomRow, run, say, shot, signIn } from './people.mjs';

let browser;
let staff;

before(async () => {
  browser = await launch();
  staff = await people();
});
after(() => browser?.close());

test('one person sends from the phone and receives at the desk', async () => {
  const me = staff[26];
  const desk = await profile(browser);
  const phone = await profile(browser, { phone: true });
  await signIn(desk.page, me);
  await signIn(phone.page, me);

  for (const { page } of [desk, phone]) {
    await page.locator('.rooms-search input').fill('文件传输');
    await roomRow(page, '文件传输助手').waitFor();
  }
  await noAxeFindings(phone.page, 'the list with the assistant, phone');
  await shot(phone.page, 'assistant-list-phone-zh');
  await openRoom(desk.page, '文件传输助手');
  await openRoom(phone.page, '文件传输助手');

  const text = { name: `身份证明 ${run}.txt`, mimeType: 'text/plain', buffer: Buffer.from('从手机传来\n') };
  await phone.page.locator('input[data-kind=document]').setInputFiles(text);
  const file = message(desk.page, `身份证明 ${run}.txt`).locator('.part-file');
  const [download] = await Promise.all([desk.page.waitForEvent('download'), file.click()]);
  assert.equal(download.suggestedFilename(), `身份证明 ${run}.txt`);
  await say(desk.page, `电脑收到 ${run}`);
  await message(phone.page, `电脑收到 ${run}`).waitFor();
  await noAxeFindings(desk.page, 'the assistant, desk');
  await nothingSideways(phone.page, 'the assistant, phone');
  await noAxeFindings(phone.page, 'the assistant, phone');
  await shot(desk.page, 'assistant-zh');
  await shot(phone.page, 'assistant-phone-zh');

  const row = roomRow(desk.page, '文件传输助手');
  await row.hover();
  await row.locator('.rooms-more').click();
  await desk.page.getByRole('menuitem', { name: '置顶', exact: true }).click();
  await desk.page.locator('.rooms-pinned').filter({ hasText: '文件传输助手' }).waitFor();
  await phone.page.locator('.chat-head .only-narrow').click();
  await phone.page.locator('.rooms-pinned').filter({ hasText: '文件传输助手' }).waitFor();
  assert.deepEqual([...desk.faults, ...phone.faults], []);
  await desk.context.close();
  await phone.context.close();
});

test('in Uyghur it has its own name', async () => {
  const { context, page, faults } = await profile(browser, { language: 'ug' });
  await signIn(page, staff[26]);
  await openRoom(page, 'ھۆججەت يەتكۈزگۈچ');
  await noAxeFindings(page, 'the assistant, ug');
  await shot(page, 'assistant-ug');
  assert.deepEqual(faults, []);
  await context.close();
});
