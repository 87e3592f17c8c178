// Everybody can use it: three languages, large type, high contrast, keyboard alone, a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  connected, fillSignIn, goTo, launch, message, noAxeFindings, nothingSideways, openDirect, people,
  profile, run, say, shot, signIn,
} from './people.mjs';

let browser;
let staff;
let managers;

before(async () => {
  browser = await launch();
  staff = (await people()).slice(8, 20);
  managers = (await people('hall_manager')).slice(2);
});
after(() => browser?.close());

for (const language of ['zh', 'ug', 'en']) {
  test(`no axe findings on any page: ${language}`, async () => {
    const { page, context } = await profile(browser, { language });
    await page.goto(process.env.HUB_URL);
    await page.locator('button[data-username]').first().waitFor();
    await noAxeFindings(page, 'sign-in');
    await shot(page, `sign-in-${language}`);
    await signIn(page, managers[0]);
    await page.locator('.rooms-list button').first().waitFor();
    await noAxeFindings(page, 'conversations');
    await page.locator('.rooms-list button').first().click();
    await page.locator('[data-message]').first().waitFor();
    await noAxeFindings(page, 'a group');
    await openDirect(page, staff[0]);
    await say(page, `بىر · 一 · one ${run} ${language}`);
    await message(page, `one ${run} ${language}`).waitFor();
    await noAxeFindings(page, 'chat');
    await message(page, `one ${run} ${language}`).hover();
    await message(page, `one ${run} ${language}`).locator('.msg-menu').click();
    await page.locator('[role=menuitem]').first().waitFor();
    await noAxeFindings(page, 'the menu of a message');
    await page.keyboard.press('Escape');
    await shot(page, `chat-${language}`);
    await goTo(page, 'people');
    await page.locator('.people-list li').first().waitFor();
    await page.locator('.people-tree [role=treeitem]').first().waitFor({ state: 'attached' });
    await noAxeFindings(page, 'people');
    await shot(page, `people-${language}`);
    await page.locator('.people-found input[type=search]').fill('qqqq');
    await page.locator('.people-found .nothing').waitFor();
    await noAxeFindings(page, 'nobody found');
    await goTo(page, 'me');
    await page.locator('.sessions li').first().waitFor();
    await noAxeFindings(page, 'me');
    await shot(page, `me-${language}`);
    await goTo(page, 'conversations');
    await page.locator('.rooms-head button').click();
    await page.locator('.picker-list li').first().waitFor();
    await noAxeFindings(page, 'new group');
    await shot(page, `new-group-${language}`);
    await context.close();
  });
}

test('language, size and contrast are switched by the person and kept', async () => {
  const { page, context } = await profile(browser);
  await signIn(page, staff[1]);
  await goTo(page, 'me');
  await page.locator('.settings').getByText('ئۇيغۇرچە').click();
  await page.waitForFunction(() => document.documentElement.dir === 'rtl' && document.documentElement.lang === 'ug');
  const before = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  await page.locator('.settings .ant-segmented').nth(1).locator('label').nth(2).click();
  await page.waitForFunction((was) => parseFloat(getComputedStyle(document.documentElement).fontSize) > was * 1.3, before);
  await page.locator('#set-contrast').click();
  await page.waitForFunction(() => document.documentElement.dataset.contrast === 'high');
  await noAxeFindings(page, 'settings, extra large, high contrast, Uyghur');
  await shot(page, 'settings-ug-xlarge-contrast');
  await page.reload();
  await connected(page);
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
  await context.close();
});

test('extra large letters and high contrast: a working day, nothing cut off', async () => {
  for (const phone of [false, true]) {
    const where = phone ? 'phone' : 'desktop';
    const { page, context } = await profile(browser, { phone, prefs: { size: 'xlarge', contrast: true } });
    await signIn(page, managers[1]);
    await page.locator('.rooms-list button').first().waitFor();
    await noAxeFindings(page, `conversations, ${where}`);
    await nothingSideways(page, `conversations, ${where}`);
    await openDirect(page, staff[3]);
    await say(page, `大字号 ${run} ${where}`);
    await message(page, `大字号 ${run} ${where}`).waitFor();
    await noAxeFindings(page, `chat, ${where}`);
    await nothingSideways(page, `chat, ${where}`);
    await shot(page, `chat-xlarge-contrast-${where}`);
    if (phone) await page.locator('.chat-head .only-narrow').click();
    for (const place of ['people', 'me']) {
      await goTo(page, place);
      await page.locator(place === 'people' ? '.people-list li' : '.sessions li').first().waitFor();
      await noAxeFindings(page, `${place}, ${where}`);
      await nothingSideways(page, `${place}, ${where}`);
    }
    // A name is read whole: never an ellipsis in the directory.
    await goTo(page, 'people');
    await page.locator('.people-list .line-name').first().waitFor();
    const cut = await page.locator('.people-list .line-name').evaluateAll((names) =>
      names.filter((name) => name.scrollWidth > name.clientWidth + 1).length);
    assert.equal(cut, 0, `${cut} names are cut, ${where}`);
    await context.close();
  }
});

/** Presses the key until what has the focus fits, as somebody without a mouse does. */
async function until(page, key, what, fits) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate(fits)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${what} is not reached with ${key}`);
}

test('keyboard alone: sign in, find a person by initials, write, switch the language', async () => {
  const me = staff[4];
  const { page, context } = await profile(browser);
  await page.goto(process.env.HUB_URL);
  await page.locator('button[data-username]').first().waitFor();
  await until(page, 'Tab', 'the user name', () => document.activeElement.matches('input[autocomplete=username]'));
  await page.keyboard.type(me.card.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(me.password);
  await page.keyboard.press('Enter');
  await connected(page);

  await until(page, 'Tab', 'the way past the navigation', () => document.activeElement.matches('.skip'));
  await until(page, 'Tab', 'the directory', () => document.activeElement.matches('[data-place=people]'));
  await page.keyboard.press('Enter');
  await page.locator('.people-list li').first().waitFor();
  await until(page, 'Tab', 'the finder', () => document.activeElement.matches('.people-found input[type=search]'));
  await page.keyboard.type('byl');
  await page.waitForFunction(() => document.querySelector('.people-list .line-name')?.textContent === '白玉兰');
  await until(page, 'Tab', 'the button', () => document.activeElement.matches('.people-list li:first-child button'));
  await page.keyboard.press('Enter');
  await page.locator('.contact-acts .ant-btn-primary').waitFor();
  await until(page, 'Tab', 'the card’s button', () => document.activeElement.matches('.contact-acts .ant-btn-primary'));
  await page.keyboard.press('Enter');
  await page.locator('.chat textarea').waitFor();
  await page.waitForFunction(() => document.activeElement.matches('.chat textarea'));
  await page.keyboard.type(`键盘发送 ${run}`);
  await page.keyboard.press('Enter');
  await message(page, `键盘发送 ${run}`).waitFor();

  // Back over the messages: one stop for all of them, arrows within, Enter for the menu.
  await until(page, 'Shift+Tab', 'the messages', () => document.activeElement.matches('.row[data-seq]'));
  await page.keyboard.press('Enter');
  await page.locator('[role=menuitem]').first().waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[role=menuitem]').first().waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.activeElement.matches('.row[data-seq]'));

  await until(page, 'Shift+Tab', 'the own page', () => document.activeElement.matches('[data-place=me]'));
  await page.keyboard.press('Enter');
  await page.locator('.settings').waitFor();
  await until(page, 'Tab', 'the languages', () => document.activeElement.closest('.settings .ant-segmented') !== null);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.documentElement.lang === 'ug');
  await context.close();
});

test('a phone shows one pane at a time, and its back button goes back', async () => {
  const [, , , , , , me, peer] = staff;
  const { page, context } = await profile(browser, { phone: true, language: 'ug' });
  await page.goto(process.env.HUB_URL);
  await page.locator('button[data-username]').first().waitFor();
  await nothingSideways(page, 'sign-in');
  await noAxeFindings(page, 'phone sign-in');
  await shot(page, 'phone-sign-in-ug');
  await fillSignIn(page, me);
  await connected(page);
  await page.locator('.rooms-list button').first().waitFor();
  await nothingSideways(page, 'conversations');
  await noAxeFindings(page, 'phone conversations');
  await shot(page, 'phone-rooms-ug');
  await page.locator('.rooms-list button').first().click();
  await page.locator('.chat textarea').waitFor();
  assert.equal(await page.locator('.rooms').isVisible(), false);
  await noAxeFindings(page, 'phone chat');
  await nothingSideways(page, 'chat');
  await shot(page, 'phone-chat-ug');
  await page.goBack();
  await page.locator('.rooms-list').waitFor();

  await goTo(page, 'people');
  await page.locator('.people-found input[type=search]').fill(peer.card.names.zh);
  await page.waitForFunction(() => document.querySelectorAll('.people-list li').length === 1);
  await noAxeFindings(page, 'phone people');
  await nothingSideways(page, 'people');
  await page.locator('.people-list li button').click();
  await page.locator('.contact-acts .ant-btn-primary').click();
  await page.locator('.chat textarea').waitFor();
  await say(page, `تېلېفوندىن ${run}`);
  await message(page, `تېلېفوندىن ${run}`).waitFor();
  await page.locator('.chat-head .only-narrow').click();
  await page.locator('.rooms-list').waitFor();
  await goTo(page, 'me');
  await page.locator('.sessions li').first().waitFor();
  await noAxeFindings(page, 'phone me');
  await nothingSideways(page, 'me');
  await context.close();
});
