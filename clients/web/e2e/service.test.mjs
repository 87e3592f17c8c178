// Service accounts: an asker waits and sees the place move; agents take, hand on, take over,
// note and close, and nothing is ever reloaded.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander } from './api.mjs';
import {
  demoAccounts, goTo, launch, message, nameOf, noAxeFindings, nothingSideways, people, profile, roomRow, run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let manager;
let agents;

before(async () => {
  browser = await launch();
  staff = await people();
  [manager] = await people('hall_manager');
  agents = (await people('department_staff')).slice(0, 2);
});
after(() => browser?.close());

async function person(one, options) {
  const made = await profile(browser, options);
  await signIn(made.page, one);
  await goTo(made.page, 'services');
  return made;
}

const service = (page, name) => page.locator('.service-list button[data-service]', { hasText: name });
const thread = (page, name) => page.locator('.desk-threads button', { hasText: name });
const bar = (page) => page.locator('.thread-words');
const acts = (page, name) => page.locator('.thread-acts').getByRole('button', { name, exact: true });
const tab = (page, name) => page.locator('.desk-which .ant-segmented-item', { hasText: name }).click();

async function openDesk(name, members = agents) {
  const desk = `room:${crypto.randomUUID()}`;
  const send = await commander(manager);
  await send('room.create_desk', { name, members: members.map((one) => one.card.account) }, desk);
  await send('room.set_answers', { answers: [{ title: '办理地点', text: '请到三楼 12 号窗口办理。' }] }, desk);
}

async function ask(page, name) {
  await service(page, name).click();
  await page.getByRole('button', { name: '开始咨询', exact: true }).click();
  await page.locator('.chat textarea').waitFor();
}

test('the place in the row moves by itself, and one agent has the thread', async () => {
  const name = `社保咨询 ${run}`;
  await openDesk(name);
  const [first, second] = [await person(staff[0]), await person(staff[1])];
  const desk = await person(agents[0]);
  await service(desk.page, name).click();
  await ask(first.page, name);
  await say(first.page, `社保卡丢了怎么补办 ${run}`);
  await first.page.locator('.thread-words', { hasText: '下一位就是您' }).waitFor();
  await ask(second.page, name);
  await second.page.locator('.thread-words', { hasText: '前面还有 1 位' }).waitFor();
  await noAxeFindings(second.page, 'waiting');
  await shot(second.page, 'service-waiting-zh');

  // At the desk they appear as they come.
  await tab(desk.page, '待接待');
  await thread(desk.page, nameOf(staff[1], 'zh')).waitFor();
  await thread(desk.page, nameOf(staff[0], 'zh')).click();
  await message(desk.page, `社保卡丢了怎么补办 ${run}`).waitFor();
  await noAxeFindings(desk.page, 'desk');
  await shot(desk.page, 'service-desk-zh');
  await acts(desk.page, '接待').click();
  await desk.page.locator('.thread-words', { hasText: '由我接待' }).waitFor();

  // Told to both, without a question from either.
  await first.page.locator('.thread-words', { hasText: `${nameOf(agents[0], 'zh')} 正在为您服务` }).waitFor();
  await second.page.locator('.thread-words', { hasText: '下一位就是您' }).waitFor();

  // A ready answer by a slash.
  await desk.page.locator('.chat textarea').first().fill('/地点');
  await desk.page.locator('.answer-list li', { hasText: '办理地点' }).waitFor();
  await shot(desk.page, 'service-answers-zh');
  await desk.page.locator('.chat textarea').first().press('Enter');
  await desk.page.locator('.chat textarea').first().press('Enter');
  await message(first.page, '请到三楼 12 号窗口办理。').waitFor();

  await acts(desk.page, '结束咨询').click();
  await first.page.locator('.thread-words', { hasText: '本次咨询已结束' }).waitFor();
  await tab(desk.page, '已结束');
  await thread(desk.page, nameOf(staff[0], 'zh')).waitFor();
  await first.page.getByRole('button', { name: '再次咨询', exact: true }).click();
  await first.page.locator('.thread-words', { hasText: '前面还有 1 位' }).waitFor();
  await tab(desk.page, '待接待');
  await thread(desk.page, nameOf(staff[0], 'zh')).waitFor();
  assert.deepEqual([...first.faults, ...second.faults, ...desk.faults], []);
  for (const one of [first, second, desk]) await one.context.close();
});

test('agents see each other write, hand on, take over and leave notes that no asker sees', async () => {
  const name = `不动产咨询 ${run}`;
  await openDesk(name);
  const asker = await person(staff[2]);
  const [left, right] = [await person(agents[0]), await person(agents[1])];
  await ask(asker.page, name);
  await say(asker.page, `房产证加名字 ${run}`);
  for (const { page } of [left, right]) {
    await service(page, name).click();
    await thread(page, nameOf(staff[2], 'zh')).click();
  }
  await acts(left.page, '接待').click();
  // Who has the thread writes to the asker; until then it would be a note, which tells nobody.
  await left.page.locator('.thread-words', { hasText: '由我接待' }).waitFor();
  await right.page.locator('.thread-words', { hasText: `${nameOf(agents[0], 'zh')} 正在接待` }).waitFor();
  await left.page.locator('.chat textarea').first().pressSequentially('您好');
  await right.page.locator('.thread-clash', { hasText: nameOf(agents[0], 'zh') }).waitFor();
  await noAxeFindings(right.page, 'collision');
  await shot(right.page, 'service-clash-zh');

  // Who only looks writes to colleagues.
  await say(right.page, `这位上周来过 ${run}`);
  await message(left.page, `这位上周来过 ${run}`).locator('.msg-for', { hasText: '内部备注' }).waitFor();
  await say(left.page, `请带结婚证 ${run}`);
  await message(asker.page, `请带结婚证 ${run}`).waitFor();
  assert.equal(await message(asker.page, `这位上周来过 ${run}`).count(), 0);

  await acts(right.page, '接替').click();
  await right.page.locator('.ant-modal-confirm .ant-btn-primary').click();
  await right.page.locator('.thread-words', { hasText: '由我接待' }).waitFor();
  await left.page.locator('.thread-words', { hasText: `${nameOf(agents[1], 'zh')} 正在接待` }).waitFor();
  await acts(right.page, '转给同事').click();
  await right.page.getByRole('menuitem', { name: nameOf(agents[0], 'zh') }).click();
  await left.page.locator('.thread-words', { hasText: '由我接待' }).waitFor();
  await asker.page.locator('.thread-words', { hasText: nameOf(agents[0], 'zh') }).waitFor();
  assert.deepEqual([...asker.faults, ...left.faults, ...right.faults], []);
  for (const one of [asker, left, right]) await one.context.close();
});

test('a manager opens a service and keeps its answers; in Uyghur on a phone one asks it', async () => {
  const name = `企业开办 ${run}`;
  const left = await person(manager);
  await left.page.getByRole('button', { name: '开设服务号', exact: true }).click();
  await left.page.locator('.ant-modal input[type=text], .ant-modal .field input').first().fill(name);
  await left.page.locator('.picker input[type=search]').fill(agents[0].card.names.zh);
  await left.page.locator('.picker-list li', { hasText: agents[0].card.names.zh }).locator('input').check();
  await noAxeFindings(left.page, 'new service');
  await left.page.locator('.ant-modal .ant-btn-primary').click();
  await left.page.locator('.desk-name', { hasText: name }).waitFor();
  await left.page.getByRole('button', { name: '常用语', exact: true }).click();
  await left.page.getByRole('button', { name: '添加常用语', exact: true }).click();
  await left.page.locator('.answer input').fill('办照材料');
  await left.page.locator('.answer textarea').first().fill('身份证、租赁合同。');
  await noAxeFindings(left.page, 'ready answers');
  await shot(left.page, 'service-answers-manage-zh');
  await left.page.locator('.ant-modal .ant-btn-primary').click();
  await left.page.locator('.ant-modal').waitFor({ state: 'hidden' });

  const asker = (await demoAccounts()).find((one) => one.card.names.ug && one.grants[0]?.role === 'counter_staff');
  const right = await person(asker, { language: 'ug', phone: true });
  await nothingSideways(right.page, 'services');
  await shot(right.page, 'service-list-ug-phone');
  await service(right.page, name).click();
  await right.page.locator('.chat-none .ant-btn-primary').click();
  await right.page.locator('.chat textarea').waitFor();
  await say(right.page, `تىجارەت كىنىشكىسى ${run}`);
  await noAxeFindings(right.page, 'asking in Uyghur');
  await nothingSideways(right.page, 'thread');
  await shot(right.page, 'service-thread-ug-phone');
  await thread(left.page, asker.card.names.zh).waitFor();
  assert.deepEqual([...left.faults, ...right.faults], []);
  for (const one of [left, right]) await one.context.close();
});

test('a service is followed before anything is asked, its agents go by number, and it is left again', async () => {
  const name = `关注咨询 ${run}`;
  await openDesk(name);
  const asker = await person(staff[3]);
  await service(asker.page, name).click();
  await asker.page.getByRole('button', { name: '关注', exact: true }).click();
  await asker.page.locator('.thread-words', { hasText: '已关注，可随时咨询' }).waitFor();
  await noAxeFindings(asker.page, 'followed');
  await shot(asker.page, 'service-followed-zh');
  await goTo(asker.page, 'conversations');
  await roomRow(asker.page, name).waitFor();

  // Who runs the desk says how its agents are seen.
  const boss = await person(manager);
  await service(boss.page, name).click();
  await boss.page.locator('.desk-followers', { hasText: '1 人关注' }).waitFor();
  await boss.page.getByRole('button', { name: '工号', exact: true }).click();
  const dialog = boss.page.getByRole('dialog');
  await dialog.locator('.ant-segmented-item', { hasText: '仅工号' }).click();
  await dialog.getByLabel(`${nameOf(agents[0], 'zh')} 的工号`).fill('0107');
  await noAxeFindings(boss.page, 'agent numbers');
  await shot(boss.page, 'service-signs-zh');
  await dialog.getByRole('button', { name: /保\s?存/u }).click();
  await dialog.waitFor({ state: 'hidden' });
  await boss.page.getByRole('button', { name: '客服人员', exact: true }).click();
  await boss.page.locator('.members .member', { hasText: nameOf(agents[0], 'zh') }).getByText('工号 0107').waitFor();

  // The asker meets a number and no name.
  await roomRow(asker.page, name).click();
  await asker.page.getByRole('button', { name: '开始咨询', exact: true }).click();
  await say(asker.page, `怎么预约 ${run}`);
  const agent = await person(agents[0]);
  await service(agent.page, name).click();
  await thread(agent.page, nameOf(staff[3], 'zh')).click();
  await acts(agent.page, '接待').click();
  await agent.page.locator('.thread-words', { hasText: '由我接待' }).waitFor();
  await say(agent.page, `请在小程序预约 ${run}`);
  await asker.page.locator('.thread-words', { hasText: '0107 号客服 正在为您服务' }).waitFor();
  await message(asker.page, `请在小程序预约 ${run}`).locator('.msg-name', { hasText: '0107 号客服' }).waitFor();
  assert.equal(await asker.page.locator('.chat').getByText(nameOf(agents[0], 'zh')).count(), 0);
  await noAxeFindings(asker.page, 'an agent by number');
  await shot(asker.page, 'service-number-zh');

  // Turned away from, it leaves the list, and the agent is free.
  await asker.page.getByRole('button', { name: '取消关注', exact: true }).click();
  await asker.page.locator('.ant-modal-confirm').getByRole('button', { name: '取消关注', exact: true }).click();
  await agent.page.locator('.thread-words', { hasText: '本次咨询已结束' }).waitFor();
  await roomRow(asker.page, name).waitFor({ state: 'detached' });
  assert.deepEqual([...asker.faults, ...boss.faults, ...agent.faults], []);
  for (const one of [asker, boss, agent]) await one.context.close();
});
