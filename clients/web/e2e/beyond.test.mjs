// What is done with a message outside its conversation, and what is said of one long ago: a task
// made of it, its file kept in the drive, an edit and a reaction far below it after a reload.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, fill, makeGroup } from './api.mjs';
import { act, goTo, launch, message, noAxeFindings, openRoom, people, profile, run, say, shot, signIn } from './people.mjs';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

test('a message becomes a task, and its file is kept in the drive', async () => {
  const [anna, bela] = (await people()).slice(6, 8);
  const name = `转办组 ${run}`;
  const file = `台账 ${run}.txt`;
  await makeGroup(await commander(anna), name, [bela]);
  const { page, faults } = await profile(browser);
  await signIn(page, bela);
  await openRoom(page, name);
  await say(page, `周五前整理台账 ${run}`);
  await message(page, '整理台账').waitFor();
  await act(page, '整理台账', '加入任务');
  const dialog = page.locator('.ant-modal').filter({ hasText: '新建' }).last();
  await dialog.waitFor();
  assert.match(await dialog.locator('input').first().inputValue(), /整理台账/u);
  await noAxeFindings(page, 'a task of a message');
  await shot(page, 'message-to-task');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'detached' });

  await page.locator('.composer input[type=file]').last().setInputFiles({ name: file, mimeType: 'text/plain', buffer: Buffer.from('一二三') });
  await page.locator('.msg .part-file').filter({ hasText: file }).waitFor();
  const one = page.locator('.msg[data-message]').filter({ hasText: file }).last();
  await one.hover();
  await one.locator('.msg-menu').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('menuitem', { name: '另存为' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), file);
  await one.hover();
  await one.locator('.msg-menu').click();
  await page.getByRole('menuitem', { name: '存到微盘' }).click();
  await page.locator('.ant-modal').getByRole('button', { name: '保存到这里' }).click();
  await page.getByText('已保存到微盘').waitFor();

  // A file goes into the task with it: it stands in the task's own conversation.
  await one.hover();
  await one.locator('.msg-menu').click();
  await page.getByRole('menuitem', { name: '加入任务' }).click();
  const withFile = page.locator('.ant-modal').filter({ hasText: '新建' }).last();
  await withFile.getByText(`文件“${file}”`).waitFor();
  await withFile.getByRole('button', { name: '保存' }).click();
  await withFile.waitFor({ state: 'detached' });
  const ofTask = page.locator('.rooms-list li').filter({ has: page.locator('.line-name', { hasText: file }) }).first();
  await ofTask.filter({ hasText: '任务' }).locator('button.line').click();
  await page.locator('.chat-head h2').filter({ hasText: file }).waitFor();
  await page.locator('.msg .part-file').filter({ hasText: file }).waitFor();
  await shot(page, 'task-with-file');
  // And in the task's own list.
  await goTo(page, 'tasks');
  await page.locator('.task', { hasText: file }).first().click();
  await page.locator('.task-file', { hasText: file }).waitFor();
  assert.deepEqual(faults, []);
});

test('an edit far below its message is seen, at once and after a reload', async () => {
  const [anna, bela] = (await people()).slice(6, 8);
  const name = `长谈组 ${run}`;
  const command = await commander(anna);
  const stream = await makeGroup(command, name, [bela]);
  const { seq } = await command('room.send_message', { text: `旧文字 ${run}` }, stream);
  await fill(stream, bela, Array.from({ length: 150 }, (_, n) => `第 ${n} 句`));
  const { page, faults } = await profile(browser);
  await signIn(page, bela);
  await openRoom(page, name);
  await message(page, '第 149 句').waitFor();
  await command('room.edit_message', { seq, text: `新文字 ${run}` }, stream);
  await command('room.react', { seq, emoji: '👍', on: true }, stream);
  await command('room.send_message', { text: `收尾 ${run}` }, stream);
  await fill(stream, bela, Array.from({ length: 120 }, (_, n) => `又 ${n} 句`));
  await page.reload();
  await message(page, '又 119 句').waitFor();
  await page.locator('.log').evaluate((log) => { log.scrollTop = 0; });
  await message(page, `新文字 ${run}`).waitFor();
  await page.locator('.msg').filter({ hasText: `新文字 ${run}` }).getByText('👍').waitFor();
  assert.equal(await message(page, `旧文字 ${run}`).count(), 0);
  assert.deepEqual(faults, []);
});
