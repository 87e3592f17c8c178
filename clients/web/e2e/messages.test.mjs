// What messages hold and what can be done with them, between people in separate browsers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import {
  act, launch, message, nameOf, noAxeFindings, nothingSideways, openDirect, openRoom, people, profile, roomRow,
  run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let managers;

before(async () => {
  browser = await launch();
  staff = await people();
  managers = await people('hall_manager');
});
after(() => browser?.close());

async function pair(one, two, languages = ['zh', 'zh']) {
  const left = await profile(browser, { language: languages[0] });
  const right = await profile(browser, { language: languages[1] });
  await signIn(left.page, one);
  await signIn(right.page, two);
  await openDirect(left.page, two);
  await say(left.page, `开始 ${run}`);
  await openRoom(right.page, nameOf(one, languages[1]));
  return {
    left: left.page, right: right.page,
    async end() {
      assert.deepEqual([...left.faults, ...right.faults], []);
      await left.context.close();
      await right.context.close();
    },
  };
}

async function threesome(name) {
  const [a, b, c] = managers.length > 2 ? managers : [...managers, ...staff];
  const stream = await makeGroup(await commander(a), `${name} ${run}`, [b, c]);
  const all = [];
  for (const one of [a, b, c]) {
    const made = await profile(browser);
    await signIn(made.page, one);
    await openRoom(made.page, `${name} ${run}`);
    all.push(made);
  }
  return {
    people: [a, b, c], pages: all.map((one) => one.page), stream,
    async end() {
      assert.deepEqual(all.flatMap((one) => one.faults), []);
      for (const one of all) await one.context.close();
    },
  };
}

test('reactions, edits with their history, pins, and deleting for oneself', async () => {
  const { left, right, end } = await pair(staff[7], staff[8]);
  await say(left, `下午三点开会 ${run}`);
  await act(right, `下午三点开会 ${run}`, '添加表情回应');
  await right.locator('.react-pop button').first().click();
  await message(left, `下午三点开会 ${run}`).locator('.reaction', { hasText: '👍' }).waitFor();
  await message(left, `下午三点开会 ${run}`).locator('.reaction').click();
  await message(right, `下午三点开会 ${run}`).locator('.reaction', { hasText: '2' }).waitFor();

  await act(left, `下午三点开会 ${run}`, '编辑');
  await left.locator('.ant-modal textarea').fill(`下午四点开会 ${run}`);
  await left.locator('.ant-modal-footer .ant-btn-primary').click();
  await message(right, `下午四点开会 ${run}`).locator('.msg-edited').click();
  await right.locator('.edits li', { hasText: `下午三点开会 ${run}` }).waitFor();
  await noAxeFindings(right, 'edit history');
  await shot(right, 'message-history-zh');
  await right.keyboard.press('Escape');
  await right.locator('.ant-modal').waitFor({ state: 'hidden' });

  await act(right, `下午四点开会 ${run}`, '在会话中置顶');
  await left.locator('.pins .pin').waitFor();
  await shot(left, 'message-pinned-zh');
  await noAxeFindings(left, 'pins');
  await act(left, `下午四点开会 ${run}`, '取消置顶');
  await right.locator('.pins').waitFor({ state: 'detached' });

  await act(right, `下午四点开会 ${run}`, '仅为我删除');
  await right.locator('.ant-modal-confirm .ant-btn-primary').click();
  await message(right, `下午四点开会 ${run}`).waitFor({ state: 'detached' });
  await message(left, `下午四点开会 ${run}`).waitFor();
  await end();
});

test('a place, a link and a name card travel without any file', async () => {
  const { left, right, end } = await pair(staff[9], staff[10]);
  await left.locator('[data-tool=location]').click();
  await left.locator('.region-pick').click({ position: { x: 200, y: 120 } });
  await left.locator('.ant-modal .field input').nth(2).fill(`政务服务中心 ${run}`);
  await noAxeFindings(left, 'choosing a place');
  await shot(left, 'place-dialog-zh');
  await left.locator('.ant-modal-footer .ant-btn-primary').click();
  await message(right, `政务服务中心 ${run}`).locator('.region-pin').waitFor();

  await left.locator('[data-tool=link]').click();
  // Nobody answers there: its host is all that can be said of it.
  await left.locator('.ant-modal .field input').fill(`http://127.0.0.1:9/${run}`);
  await left.locator('.ant-modal-footer .ant-btn-primary').click();
  const link = right.locator(`a.part-link[href="http://127.0.0.1:9/${run}"]`);
  await link.filter({ hasText: '127.0.0.1:9' }).waitFor();
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');

  await left.locator('[data-tool=card]').click();
  await left.locator('.ant-modal input[type=search]').fill(staff[11].card.names.zh);
  await left.locator('.picker-list li', { hasText: staff[11].card.names.zh }).locator('input').check();
  await left.locator('.ant-modal-footer .ant-btn-primary').click();
  await message(right, nameOf(staff[11], 'zh')).last().locator('button.part-card').click();
  await right.locator('.card-sheet .watermark').waitFor();
  await noAxeFindings(right, 'name card');
  await shot(right, 'name-card-zh');
  await right.keyboard.press('Escape');
  await right.locator('.ant-modal').waitFor({ state: 'hidden' });
  await noAxeFindings(right, 'parts');
  await shot(right, 'message-parts-zh');
  await end();
});

test('somebody is called by name, all are called, and the emoji picker writes', async () => {
  const { people: [, b], pages: [one, two, three], end } = await threesome('点名群');
  await one.locator('.chat textarea').pressSequentially(`请@${b.card.names.zh.slice(0, 1)}`);
  await one.locator('.mention-list [role=option]', { hasText: b.card.names.zh }).waitFor();
  await noAxeFindings(one, 'mention list');
  await shot(one, 'mention-list-zh');
  await one.locator('.mention-list [role=option]', { hasText: b.card.names.zh }).click();
  await one.locator('.chat textarea').pressSequentially(`看一下 ${run}`);
  await one.locator('.chat textarea').press('Enter');
  await message(two, `看一下 ${run}`).locator('.at-me').waitFor();
  await message(three, `看一下 ${run}`).locator('.at').waitFor();
  assert.equal(await message(three, `看一下 ${run}`).locator('.at-me').count(), 0);

  await one.locator('.chat textarea').pressSequentially('@所有');
  await one.locator('.mention-list [role=option]').first().waitFor();
  await one.locator('.chat textarea').press('Enter');
  await one.locator('.mention-list').waitFor({ state: 'detached' });
  await one.locator('.chat textarea').pressSequentially(`收到请回复 ${run}`);
  await one.locator('.tools button').first().click();
  await one.locator('.emoji-grid button').first().click();
  await one.keyboard.press('Escape');
  await one.locator('.chat textarea').press('Enter');
  await message(three, `收到请回复 ${run}`).locator('.at-me').waitFor();
  await end();
});

test('a whisper is seen by those it is for and leaves nothing with the others', async () => {
  const { people: [, b], pages: [one, two, three], end } = await threesome('悄悄话群');
  await one.locator('[data-tool=whisper]').click();
  await one.locator('.ant-modal li', { hasText: b.card.names.zh }).locator('input').check();
  await noAxeFindings(one, 'readers of a whisper');
  await one.locator('.ant-modal-footer .ant-btn-primary').click();
  await say(one, `只给你看 ${run}`);
  await message(two, `只给你看 ${run}`).locator('.msg-for').waitFor();
  await one.locator('.composer-whisper button').last().click();
  await say(one, `大家都看 ${run}`);
  await message(three, `大家都看 ${run}`).waitFor();
  assert.equal(await message(three, `只给你看 ${run}`).count(), 0);
  assert.equal((await three.content()).includes('只给你看'), false);
  await shot(two, 'whisper-zh');
  await noAxeFindings(two, 'whisper');

  // The answer goes to the same people without being asked for.
  await act(two, `只给你看 ${run}`, '回复');
  await two.locator('.composer-whisper').waitFor();
  await say(two, `明白 ${run}`);
  await message(one, `明白 ${run}`).locator('.msg-for').waitFor();
  assert.equal(await message(three, `明白 ${run}`).count(), 0);
  await end();
});

test('a burning message is covered until it is opened, and then gone on both sides', async () => {
  const { left, right, end } = await pair(staff[12], staff[13]);
  await left.locator('[data-tool=burn]').click();
  await left.locator('.composer-burn .ant-select').click();
  await left.locator('.ant-select-item', { hasText: '5 秒' }).click();
  await say(left, `验证码 4821 ${run}`);
  await right.locator('.burn-cover').last().waitFor();
  assert.equal(await right.getByText(`验证码 4821 ${run}`).count(), 0);
  await noAxeFindings(right, 'covered message');
  await shot(right, 'burning-covered-zh');
  await right.locator('.burn-cover').last().click();
  await message(right, `验证码 4821 ${run}`).locator('.burn-left').waitFor();
  await shot(right, 'burning-open-zh');
  for (const page of [left, right]) {
    await message(page, `验证码 4821 ${run}`).waitFor({ state: 'detached' });
    await page.locator('.log-event', { hasText: '消息已焚毁' }).last().waitFor();
  }
  assert.equal((await left.content()).includes(`验证码 4821 ${run}`), false);
  await end();
});

test('messages are forwarded together and one by one', async () => {
  const { left, right, end } = await pair(staff[14], staff[15]);
  for (const text of ['第一条', '第二条']) {
    await say(left, `${text} ${run}`);
    await message(right, `${text} ${run}`).waitFor();
  }
  await act(right, `第一条 ${run}`, '多选');
  await message(right, `第二条 ${run}`).locator('.msg-choose input').check();
  await right.locator('.select-bar .ant-btn-primary').click();
  await right.locator('.picker-list li', { hasText: nameOf(staff[14], 'zh') }).locator('input').check();
  await noAxeFindings(right, 'forwarding');
  await shot(right, 'forward-zh');
  await right.locator('.ant-modal-footer .ant-btn-primary').click();
  await left.locator('.part-forwarded', { hasText: `第二条 ${run}` }).click();
  await left.locator('.forwarded li', { hasText: `第二条 ${run}` }).waitFor();
  await noAxeFindings(left, 'forwarded messages');
  await shot(left, 'forwarded-zh');
  await end();
});

test('conversations are pinned, muted and hidden, with keys alone too', async () => {
  const [a, b] = [staff[16], staff[17]];
  const stream = await makeGroup(await commander(managers[0]), `置顶群 ${run}`, [a, b]);
  const { page, context } = await profile(browser);
  await signIn(page, a);
  const row = roomRow(page, `置顶群 ${run}`);
  const choose = async (name) => {
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await choose('置顶');
  await page.locator('.rooms-pinned', { hasText: `置顶群 ${run}` }).waitFor();
  await openDirect(page, b);
  await say(page, `最新的 ${run}`);
  await page.waitForFunction((name) => document.querySelector('.rooms-list li')?.textContent.includes(name), `置顶群 ${run}`);
  await choose('消息免打扰');
  await page.locator('.rooms-muted', { hasText: `置顶群 ${run}` }).waitFor();
  await noAxeFindings(page, 'pinned and muted');
  await shot(page, 'conversation-list-zh');
  await page.reload();
  await page.locator('.rooms-pinned.rooms-muted', { hasText: `置顶群 ${run}` }).waitFor();
  await choose('不显示该会话');
  await row.waitFor({ state: 'detached' });
  await (await commander(b))('room.send_message', { text: `又来了 ${run}` }, stream);
  await row.waitFor();
  await context.close();
});

test('a phone, from right to left, in large letters: the tools fit and every part is read', async () => {
  const [a, b] = [staff[18], staff[19]];
  const { page, context } = await profile(browser, { phone: true, language: 'ug', prefs: { size: 'large', contrast: true } });
  await signIn(page, a);
  await openDirect(page, b);
  await say(page, `سالام ${run}`);
  await page.locator('[data-tool=location]').click();
  await page.locator('.ant-modal .field input').nth(2).fill(`ئورۇن ${run}`);
  await nothingSideways(page, 'a place, phone');
  await noAxeFindings(page, 'a place, phone');
  await shot(page, 'phone-place-ug');
  await page.locator('.ant-modal-footer .ant-btn-primary').click();
  await message(page, `ئورۇن ${run}`).locator('.region-pin').waitFor();
  await page.locator('[data-tool=burn]').click();
  await page.locator('.composer-burn').waitFor();
  await nothingSideways(page, 'chat tools, phone');
  await noAxeFindings(page, 'chat tools, phone');
  await shot(page, 'phone-tools-ug');
  await context.close();
});
