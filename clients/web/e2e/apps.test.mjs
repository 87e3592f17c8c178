// The app square: registered by a manager, found and opened by a person whom it then knows, a
// conversation with it; and another system that writes in a group.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  URL as HUB, goTo, launch, message, nameOf, noAxeFindings, nothingSideways, openRoom, people, profile, roomRow, run, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let admin;
let program;
const name = `办件查询${run}`;

before(async () => {
  browser = await launch();
  staff = await people();
  [admin] = await people('region_admin');
  program = await clientProgram();
});
after(async () => {
  await browser?.close();
  program?.server.close();
});

/** An application of its own: sends the browser to the hub, changes the code for who it is. */
async function clientProgram() {
  const at = { id: '', secret: '', verifiers: new Map() };
  const server = createServer((request, response) => {
    answer(new URL(request.url, at.url)).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  at.url = `http://127.0.0.1:${server.address().port}`;
  async function answer(url) {
    if (url.pathname === '/start') {
      const [state, verifier] = [randomBytes(8).toString('hex'), randomBytes(32).toString('base64url')];
      at.verifiers.set(state, verifier);
      const to = new URL('/oauth/authorize', HUB);
      to.search = new URLSearchParams({
        response_type: 'code', client_id: at.id, redirect_uri: `${at.url}/back`, scope: 'openid', state,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
      });
      return { status: 302, headers: { location: to.href } };
    }
    const body = new URLSearchParams({
      grant_type: 'authorization_code', code: url.searchParams.get('code'), redirect_uri: `${at.url}/back`,
      code_verifier: at.verifiers.get(url.searchParams.get('state')),
    });
    const basic = Buffer.from(`${at.id}:${at.secret}`).toString('base64');
    const told = await (await fetch(`${HUB}/oauth/token`, { method: 'POST', body, headers: { authorization: `Basic ${basic}` } })).json();
    const claims = JSON.parse(Buffer.from(told.id_token.split('.')[1], 'base64url').toString());
    return {
      status: 200, headers: { 'content-type': 'text/html; charset=utf-8' },
      body: `<!doctype html><html lang="zh"><title>办件查询</title><main><h1>您好，${claims.name}</h1></main>`,
    };
  }
  return { at, server };
}

const tile = (page, text) => page.locator('.app-tile', { hasText: text });
const field = (page, label) => page.locator('.ant-drawer label.field', { hasText: label }).locator('input, textarea:not([aria-hidden])').first();

test('a manager registers an application, and whoever opens it is known there', async () => {
  const [, , , , , bot] = staff;
  const left = await profile(browser);
  await signIn(left.page, admin);
  await goTo(left.page, 'apps');
  await left.page.getByRole('button', { name: '管理应用' }).click();
  await left.page.getByRole('button', { name: '登记应用' }).click();
  await field(left.page, '名称').fill(name);
  await left.page.locator('.picker input[type=search]').fill(bot.card.names.zh);
  await left.page.locator('.picker-list li', { hasText: bot.card.names.zh }).locator('input').check();
  await left.page.locator('.app-form .ant-btn-primary').click();
  await field(left.page, '一句话介绍').fill('查询办件进度与结果');
  await field(left.page, '图标').fill('📋');
  await field(left.page, '打开地址').fill(`${program.at.url}/start`);
  await field(left.page, '登录返回地址').fill(`${program.at.url}/back`);
  await left.page.locator('.app-form .ant-switch').click();
  await noAxeFindings(left.page, 'an application in full');
  await shot(left.page, 'apps-manage-zh');
  await left.page.locator('.app-form').getByRole('button', { name: '保存' }).click();
  await tile(left.page, name).waitFor();

  // A picture takes the place of the sign: cut to a square, shown wherever the application is.
  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const picture = { name: '标志.png', mimeType: 'image/png', buffer: Buffer.from(dot, 'base64') };
  await left.page.locator('.app-picture input[type=file]').setInputFiles({ ...picture, buffer: Buffer.from('no picture') });
  await left.page.getByText('无法读取这张图片。').waitFor();
  await left.page.locator('.app-picture input[type=file]').setInputFiles(picture);
  await left.page.locator('.app-picture img').waitFor();
  await tile(left.page, name).locator('img').waitFor();
  assert.equal(await field(left.page, '图标').inputValue(), '', 'saving the form does not bring the letters back');
  program.at.id = await field(left.page, '应用编号').inputValue();

  await left.page.getByRole('button', { name: '新建令牌' }).click();
  await field(left.page, '用途').fill('生产环境');
  for (const scope of ['查看', '收发消息', '识别登录人员']) await left.page.getByRole('checkbox', { name: scope }).check();
  await left.page.locator('.adding .ant-btn-primary').click();
  program.at.secret = await left.page.locator('.app-once input').inputValue();
  await left.page.locator('.app-once').scrollIntoViewIfNeeded();
  await noAxeFindings(left.page, 'a token, shown once');
  await shot(left.page, 'apps-token-zh');
  assert.match(program.at.secret, /^app_[0-9a-f]{64}$/);

  const [reader] = staff;
  const right = await profile(browser);
  await signIn(right.page, reader);
  await goTo(right.page, 'apps');
  await right.page.getByRole('searchbox', { name: '按名称或拼音查找应用' }).fill('bjcx');
  await tile(right.page, name).waitFor();
  await noAxeFindings(right.page, 'the app square');
  await shot(right.page, 'apps-zh');
  const opened = right.context.waitForEvent('page');
  await tile(right.page, name).locator('a').click();
  const tab = await opened;
  await tab.getByRole('heading', { name: `您好，${nameOf(reader, 'zh')}` }).waitFor();

  // A conversation with it, in which it answers by its token.
  await tile(right.page, name).getByRole('button', { name: `与${name}对话` }).click();
  await right.page.locator('.chat textarea').first().waitFor();
  const stream = new URL(right.page.url()).hash.split('/').at(-1);
  const id = crypto.randomUUID();
  const said = await fetch(`${HUB}/v1/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.at.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id, stream, type: 'room.send_message', body: { text: `您的办件已受理 ${run}` } }),
  });
  assert.equal(said.status, 200);
  await message(right.page, `您的办件已受理 ${run}`).waitFor();
  await roomRow(right.page, name).locator('.rooms-kind', { hasText: '应用' }).waitFor();
  await roomRow(right.page, name).locator('.face-picture').waitFor();
  await noAxeFindings(right.page, 'a conversation with an application');
  await shot(right.page, 'apps-chat-zh');
  assert.deepEqual([...left.faults, ...right.faults], []);
  await left.context.close();
  await right.context.close();
});

test('the order is changed, and an application of others is not shown', async () => {
  const [, reader] = staff;
  const send = await commander(admin);
  for (const [title, accounts] of [[`甲${run}`, [reader.card.account]], [`乙${run}`, [admin.card.account]]]) {
    const app = `app:${crypto.randomUUID()}`;
    await send('app.create', { name: title, account: staff[5].card.account }, app);
    await send('app.change', { shown: true, url: '/docs', order: 5, target: { to: 'people', accounts } }, app);
  }
  const { page, context } = await profile(browser);
  await signIn(page, reader);
  await goTo(page, 'apps');
  await tile(page, `甲${run}`).waitFor();
  assert.equal(await tile(page, `乙${run}`).count(), 0);

  const left = await profile(browser);
  await signIn(left.page, admin);
  await goTo(left.page, 'apps');
  await left.page.getByRole('button', { name: '管理应用' }).click();
  const rows = left.page.locator('.app-rows > li');
  await rows.filter({ hasText: `乙${run}` }).waitFor();
  const before = await rows.count();
  const place = async (text) => (await rows.allTextContents()).findIndex((one) => one.includes(text));
  const at = await place(`乙${run}`);
  await left.page.getByRole('button', { name: `下移乙${run}` }).click();
  await left.page.waitForFunction(([text, n]) => [...document.querySelectorAll('.app-rows > li')]
    .findIndex((one) => one.textContent.includes(text)) === n, [`乙${run}`, at + 1]);
  await rows.filter({ hasText: `乙${run}` }).dragTo(rows.first());
  await left.page.waitForFunction((text) => document.querySelector('.app-rows > li').textContent.includes(text), `乙${run}`);
  assert.equal(await rows.count(), before);
  await noAxeFindings(left.page, 'the list of applications');
  await shot(left.page, 'apps-order-zh');
  await left.context.close();
  await context.close();
});

test('another system writes in a group under its name', async () => {
  const [, , owner, other] = staff;
  const send = await commander(owner);
  const stream = `room:${crypto.randomUUID()}`;
  await send('room.create', { name: `值班群${run}`, members: [other.card.account] }, stream);
  const { page, context, faults } = await profile(browser);
  await signIn(page, owner);
  await openRoom(page, `值班群${run}`);
  await page.getByRole('button', { name: '群成员' }).click();
  await page.getByRole('button', { name: '添加机器人' }).click();
  await field(page, '机器人名称').fill('机房告警');
  await page.locator('.hooks .ant-btn-primary').click();
  const address = await page.getByRole('textbox', { name: '机器人地址' }).inputValue();
  await noAxeFindings(page, 'the address of a bot');
  await shot(page, 'apps-hook-zh');
  await page.locator('.ant-drawer-close').click();
  const body = JSON.stringify({ msgtype: 'text', text: { content: `磁盘使用率 95% ${run}` } });
  const path = new URL(address).pathname;
  const posted = await fetch(`${HUB}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  assert.equal(posted.status, 200);
  await message(page, `磁盘使用率 95% ${run}`).waitFor();
  await page.locator('.msg-name', { hasText: '机房告警' }).locator('.msg-bot').waitFor();
  await noAxeFindings(page, 'a message of a bot');
  await shot(page, 'apps-bot-zh');
  assert.deepEqual(faults, []);
  await context.close();
});

test('the chat of a task opens from its drawer', async () => {
  const [owner, , , , other] = staff;
  const send = await commander(owner);
  // Now: today in every zone.
  const starts_at = Date.now();
  await send('task.create', {
    title: `窗口盘点${run}`, starts_at, ends_at: starts_at + 3_600_000, zone: 'Asia/Urumqi', assignees: [other.card.account],
  }, `task:${crypto.randomUUID()}`);
  const { page, context } = await profile(browser);
  await signIn(page, other);
  await goTo(page, 'tasks');
  await page.getByText(`窗口盘点${run}`).first().click();
  await page.locator('.task-drawer').getByRole('button', { name: '任务聊天' }).click();
  await page.locator('.chat-head', { hasText: `窗口盘点${run}` }).waitFor();
  await roomRow(page, `窗口盘点${run}`).locator('.rooms-kind', { hasText: '任务' }).waitFor();
  await shot(page, 'apps-task-chat-zh');
  await context.close();
});

test('in Uyghur, on a phone, in large type', async () => {
  const [reader] = staff;
  const { page, context } = await profile(browser, { language: 'ug', phone: true, prefs: { size: 'xlarge', contrast: true } });
  await signIn(page, reader);
  await goTo(page, 'apps');
  await tile(page, name).waitFor();
  await nothingSideways(page, 'the app square');
  await noAxeFindings(page, 'the app square in Uyghur');
  await shot(page, 'apps-ug-phone');
  await context.close();
});
