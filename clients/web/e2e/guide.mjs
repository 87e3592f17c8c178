// Takes the pictures of the user guide: walks a demonstration hall as its people do and writes
// docs/guide/pictures/*.webp. Run by `make guide` against a fresh hall.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commander, makeGroup } from './api.mjs';
import { demoAccounts, goTo, launch, openRoom, profile, say, signIn } from './people.mjs';

const FOLDER = fileURLToPath(new URL('../../../docs/guide/pictures/', import.meta.url));
const QUALITY = 0.8;
const DESKTOP = { width: 1280, height: 800 };

// The clocks of the pictures go as those of the halls, wherever they are taken.
process.env.TZ = 'Asia/Shanghai';
mkdirSync(FOLDER, { recursive: true });
const browser = await launch();
const everybody = await demoAccounts();
const press = await (await browser.newContext()).newPage();

/** A screen as WebP: what changes between two runs is what has changed on the page. */
async function picture(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  const png = (await page.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64');
  const webp = await press.evaluate(async ([data, quality]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', quality).split(',')[1];
  }, [png, QUALITY]);
  writeFileSync(`${FOLDER}${name}.webp`, Buffer.from(webp, 'base64'));
  console.log(name);
}

async function person(account, options = {}) {
  const made = await profile(browser, options);
  if (options.phone !== true) await made.page.setViewportSize(DESKTOP);
  await signIn(made.page, account);
  return made.page;
}

const posted = (post, nth = 0) => everybody.filter((one) => one.card.post.startsWith(post))[nth];
const unread = (page) => page.locator('.rooms-list li').first().waitFor();

// Before signing in.
{
  const { page } = await profile(browser);
  await page.setViewportSize(DESKTOP);
  await page.goto(process.env.HUB_URL);
  await page.locator('.demo-grid button').first().waitFor();
  await picture(page, 'sign-in');
  await page.context().close();
}

const manager = posted('大厅主任', 3);
const clerk = posted('综合受理岗', 9);
const helper = posted('社保医保岗', 0);
const hall = '喀什市政务服务中心工作群';

// Conversations and a group.
{
  const page = await person(manager);
  await unread(page);
  await openRoom(page, hall);
  await page.locator('.msg[data-message]').last().waitFor();
  await picture(page, 'conversations');
  await page.locator('.chat textarea').first().fill('@');
  await page.locator('.mention-list li').first().waitFor();
  await picture(page, 'mention');
  await page.locator('.chat textarea').first().fill('');
  await page.locator('[data-tool=mail]').click();
  await page.locator('.ant-modal input').first().waitFor();
  await picture(page, 'mail');
  await page.keyboard.press('Escape');
  await page.locator('.ant-modal').waitFor({ state: 'hidden' });
  await page.locator('.chat-head button').last().click();
  await page.locator('.member').first().waitFor();
  await picture(page, 'group');
  await page.context().close();
}

// Somebody asks a service, and an agent answers.
{
  const asker = await person(clerk);
  await goTo(asker, 'services');
  await asker.locator('button[data-service]', { hasText: '医保业务咨询' }).click();
  await asker.getByRole('button', { name: '开始咨询', exact: true }).click();
  await asker.locator('.chat textarea').waitFor();
  await say(asker, '群众的身份证过期了，还能办异地就医备案吗？');
  await asker.locator('.thread-words[data-place]').waitFor();
  await picture(asker, 'service-asking');
  const agent = await person(helper);
  await goTo(agent, 'services');
  await agent.locator('button[data-service]', { hasText: '医保业务咨询' }).click();
  await agent.locator('.desk-threads button', { hasText: clerk.card.names.zh }).click();
  await agent.locator('.thread-acts').getByRole('button', { name: '接待', exact: true }).click();
  await agent.locator('.thread-words', { hasText: '由我接待' }).waitFor();
  await agent.locator('.chat textarea').first().fill('/');
  await agent.locator('.answer-list li').first().waitFor();
  await picture(agent, 'service-desk');
  await agent.context().close();
  await asker.context().close();
}

// Notices, schedule, drive, search, people, oneself.
{
  const send = await commander(manager);
  const people = [manager, clerk, helper].map((one) => one.card.account);
  const notice = (body) => send('notice.send', { confirm: false, target: { to: 'people', accounts: people }, ...body }, `notice:${crypto.randomUUID()}`);
  await notice({ kind: 'announcement', title: '本周五系统升级，晚 23 点至 24 点暂停服务', text: '请各窗口提前办结当日业务。', confirm: true });
  await notice({ kind: 'todo', title: '补充本窗口办事指南（维吾尔文版）', text: '请在周四前完成。', link: '/#/drive' });
  const page = await person(manager);
  await goTo(page, 'notices');
  await page.locator('.notice-lines button').first().click();
  await page.locator('.notice-article').waitFor();
  await picture(page, 'notices');
  const task = (title, from, to) => {
    const at = (hour) => new Date().setHours(Math.floor(hour), (hour % 1) * 60, 0, 0);
    const body = { title, starts_at: at(from), ends_at: at(to), zone: 'Asia/Shanghai', assignees: people.slice(1) };
    return send('task.create', body, `task:${crypto.randomUUID()}`);
  };
  await task('晨会：延时服务安排', 9, 9.5);
  await task('听障群众预约办理居民医保', 10, 11);
  await task('接入视频会议系统测试', 11.5, 12);
  await goTo(page, 'tasks');
  await page.getByText('听障群众预约办理居民医保').first().waitFor();
  await picture(page, 'schedule');
  await page.locator('.ant-segmented-item', { hasText: '月视图' }).click();
  await page.getByText('晨会：延时服务安排').first().waitFor();
  await picture(page, 'month');
  await goTo(page, 'drive');
  const file = (name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`${name}\n`.repeat(400)) });
  await page.locator('input[data-upload]').setInputFiles([file('窗口值班表.txt'), file('一次性告知单模板.txt'), file('例会纪要.txt')]);
  for (const name of ['窗口值班表', '一次性告知单模板', '例会纪要']) await page.locator('.drive-list, main').getByText(`${name}.txt`).first().waitFor();
  await picture(page, 'drive');
  await goTo(page, 'people');
  await page.locator('.people-list li').first().waitFor();
  await picture(page, 'people');
  await page.keyboard.press('Control+k');
  await page.locator('.ant-modal input').first().fill('办事指南');
  await page.locator('.ant-modal mark').first().waitFor();
  await picture(page, 'search');
  await page.keyboard.press('Escape');
  await page.locator('.ant-modal').waitFor({ state: 'hidden' });
  await goTo(page, 'me');
  await page.locator('#main h1').waitFor();
  await picture(page, 'me');
  await page.context().close();
}

// On a phone, in Chinese and in Uyghur.
{
  const page = await person(manager, { phone: true });
  await unread(page);
  await picture(page, 'phone-conversations');
  await openRoom(page, hall);
  await page.locator('.msg[data-message]').last().waitFor();
  await picture(page, 'phone-chat');
  await page.context().close();
  const writer = everybody.find((one) => one.card.names.ug && one.card.post.startsWith('综合受理岗'));
  await makeGroup(await commander(manager), '双语窗口', [writer]);
  const other = await person(writer, { phone: true, language: 'ug' });
  await unread(other);
  await picture(other, 'phone-uyghur');
  await other.context().close();
}
await browser.close();
