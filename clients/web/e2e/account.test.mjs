// Signing in, and keeping an account safe.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, totp } from './api.mjs';
import {
  connected, demoAccounts, fillSignIn, goTo, launch, noAxeFindings, people, profile, shot, signIn,
} from './people.mjs';

let browser;
let staff;

before(async () => {
  browser = await launch();
  // Nobody here is needed by another journey: passwords are changed.
  staff = (await people('department_staff'));
});
after(() => browser?.close());

test('a wrong password is told in words', async () => {
  const { page, context } = await profile(browser);
  await fillSignIn(page, staff[0], 'not-the-password');
  await page.getByText('用户名或密码不正确').waitFor();
  await noAxeFindings(page, 'sign-in failed');
  await context.close();
});

test('the second factor: enrolled, asked for at sign-in, turned off', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, staff[1]);
  await goTo(page, 'me');
  const card = page.locator('section[aria-labelledby=totp-title]');
  await card.getByRole('button', { name: '启用' }).click();
  const secret = await card.locator('code').textContent();
  await noAxeFindings(page, 'enrolling the second factor');
  await shot(page, 'totp-zh');
  await card.locator('input').fill('000000');
  await card.getByRole('button', { name: '确认启用' }).click();
  await page.getByText('动态口令不正确').waitFor();
  await card.locator('input').fill(totp(secret));
  await card.getByRole('button', { name: '确认启用' }).click();
  await card.getByText('已启用').waitFor();
  await page.locator('main').getByRole('button', { name: '退出登录' }).click();

  await page.locator('button[type=submit]').waitFor();
  await fillSignIn(page, staff[1]);
  await page.getByText('请输入动态口令。').waitFor();
  await noAxeFindings(page, 'sign-in asks for a code');
  await shot(page, 'sign-in-code-zh');
  const code = page.locator('input[autocomplete=one-time-code]');
  await code.fill('000000');
  await page.locator('button[type=submit]').click();
  await page.getByText('动态口令不正确').waitFor();
  // The next step's code: one may serve only once.
  await code.fill(totp(secret, 1));
  await page.locator('button[type=submit]').click();
  await connected(page);

  await goTo(page, 'me');
  await card.getByRole('button', { name: '停用' }).click();
  await card.locator('input[type=password]').fill(staff[1].password);
  await card.getByRole('button', { name: '停用' }).click();
  await card.getByText('未启用').waitFor();
  await context.close();
});

test('a changed password ends the sessions elsewhere, at once', async () => {
  const here = await profile(browser);
  const there = await profile(browser);
  await signIn(here.page, staff[2]);
  await signIn(there.page, staff[2]);
  await goTo(here.page, 'me');
  const card = here.page.locator('section[aria-labelledby=password-title]');
  const [current, next, repeat] = [0, 1, 2].map((n) => card.locator('input').nth(n));
  const fresh = 'Hetian-2026-Mulberry';
  await current.fill(staff[2].password);
  await next.fill(fresh);
  await repeat.fill('another');
  await card.getByRole('button', { name: '保存' }).click();
  await card.getByText('两次输入的密码不一致。').waitFor();
  await repeat.fill(fresh);
  await card.getByRole('button', { name: '保存' }).click();
  await here.page.getByText('密码已修改').waitFor();
  await there.page.getByText('您已退出登录').waitFor();
  await connected(here.page);
  await there.page.locator('input[autocomplete=username]').waitFor();
  await fillSignIn(there.page, staff[2]);
  await there.page.getByText('用户名或密码不正确').waitFor();
  await fillSignIn(there.page, staff[2], fresh);
  await connected(there.page);
  await here.context.close();
  await there.context.close();
});

test('who got a password from the administrator chooses one before anything else', async () => {
  const admin = (await demoAccounts()).find((one) => one.grants[0]?.role === 'region_admin');
  const given = 'Given-by-admin-7';
  await (await commander(admin))('account.reset_password', { password: given }, `account:${staff[3].card.account}`);
  const { page, context } = await profile(browser);
  await fillSignIn(page, staff[3], given);
  await page.getByText('管理员要求您先设置自己的密码').waitFor();
  await noAxeFindings(page, 'a password must be chosen');
  await shot(page, 'must-change-zh');
  assert.equal(await page.locator('.rail').count(), 0);
  const [current, next, repeat] = [0, 1, 2].map((n) => page.locator('form input').nth(n));
  await current.fill(given);
  await next.fill('Kashgar-2026-Poplar');
  await repeat.fill('Kashgar-2026-Poplar');
  await page.getByRole('button', { name: '保存' }).click();
  await connected(page);
  await page.locator('.rail').waitFor();
  await context.close();
});

test('another device is signed out from the list of devices', async () => {
  const here = await profile(browser);
  const there = await profile(browser);
  await signIn(there.page, staff[4]);
  await signIn(here.page, staff[4]);
  await goTo(here.page, 'me');
  await here.page.locator('.sessions li').nth(1).waitFor();
  await here.page.locator('.sessions li button').first().click();
  await there.page.getByText('您已退出登录').waitFor();
  await connected(here.page);
  await here.context.close();
  await there.context.close();
});
