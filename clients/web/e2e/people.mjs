// Helpers of the journeys: a browser, signed-in people, what a page must never have.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

export const URL = process.env.HUB_URL ?? 'http://127.0.0.1:8080';
const SHOTS = new globalThis.URL('../test-results/', import.meta.url).pathname;

/** Sets texts of one run apart from another's on the same data. */
export const run = Date.now().toString(36);

export function launch(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
  });
}

/** With the browser's test camera, microphone and screen, and nobody to be asked for them. */
export function launchMedia() {
  return launch('--use-fake-device-for-media-stream=fps=30', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required');
}

/** A fresh browser profile: language zh/ug/en, desktop or phone. */
export async function profile(browser, { language = 'zh', phone = false, prefs = {} } = {}) {
  const context = await browser.newContext({
    locale: 'zh-CN',
    viewport: phone ? { width: 390, height: 844 } : { width: 1366, height: 800 },
    hasTouch: phone,
    reducedMotion: 'reduce',
  });
  await context.addInitScript(({ kept }) => {
    if (localStorage.getItem('hub.prefs') === null) localStorage.setItem('hub.prefs', JSON.stringify(kept));
  }, { kept: { language, ...prefs } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  return { context, page, faults };
}

/** The demonstration accounts, as the sign-in page is told them. */
export async function demoAccounts() {
  const hello = await (await fetch(`${URL}/v1/hello`)).json();
  assert.equal(hello.demo, true, 'the hub must run in demo mode');
  return hello.demo_accounts;
}

/** People whose name nobody else bears, so that the finder's first line is the right one. */
export async function people(role = 'counter_staff') {
  const all = await demoAccounts();
  const zh = (one) => one.card.names.zh;
  return all.filter((one) => one.grants[0]?.role === role
    && all.filter((two) => zh(two).includes(zh(one))).length === 1);
}

export async function signIn(page, account) {
  await page.goto(URL);
  await page.locator(`button[data-username="${account.card.username}"]`).click();
  await connected(page);
}

/** By user name and password, as outside the demonstration. */
export async function fillSignIn(page, account, password = account.password) {
  await page.goto(URL);
  await page.locator('input[autocomplete=username]').fill(account.card.username);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('button[type=submit]').click();
}

export function connected(page) {
  return page.locator('[data-state="connected"]').waitFor();
}

export function nameOf(account, language) {
  const { names } = account.card;
  return language === 'zh' ? names.zh : names[language] || names.zh;
}

export async function goTo(page, place) {
  await page.locator(`[data-place=${place}]`).click();
}

/** Opens the one-to-one conversation with somebody through the people finder. */
export async function openDirect(page, peer) {
  await goTo(page, 'people');
  await page.locator('.people-found input[type=search]').fill(peer.card.names.zh);
  await page.waitForFunction(() => document.querySelectorAll('.people-list li').length === 1);
  await page.locator('.people-list li button').click();
  await page.locator('.contact-acts .ant-btn-primary').click();
  await page.locator('.chat textarea').waitFor();
}

export function roomRow(page, text) {
  return page.locator('.rooms-list li').filter({ hasText: text }).first();
}

export async function openRoom(page, text) {
  await roomRow(page, text).locator('button.line').click();
  await page.locator('.chat textarea').waitFor();
}

export async function say(page, text) {
  await page.locator('.chat textarea').first().fill(text);
  await page.locator('.chat textarea').first().press('Enter');
}

export function message(page, text) {
  return page.locator('.msg[data-message]').filter({ hasText: text });
}

export async function shot(page, name) {
  await page.screenshot({ path: `${SHOTS}${name}.png` });
}

export async function noAxeFindings(page, what) {
  // Colours in the middle of a fade are nobody's choice.
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'
    || one.effect?.getTiming().iterations === Infinity));
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map((v) =>
    `${v.id} (${v.impact}): ${v.help}\n    ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')} — ${n.failureSummary?.split('\n').at(1)?.trim()}`).join('\n    ')}`);
  assert.equal(violations.length, 0, `${what}:\n  ${told.join('\n  ')}`);
}

export async function nothingSideways(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${what}: ${wide} px stick out sideways`);
}

/** Asks until it is enough. `waitForFunction` takes the promise of an async check for a yes. */
export async function eventually(ask, enough) {
  const until = Date.now() + 20_000;
  for (;;) {
    const got = await ask();
    if (enough(got)) return got;
    if (Date.now() > until) throw new Error(`never enough: ${JSON.stringify(got)}`);
    await new Promise((next) => { setTimeout(next, 50); });
  }
}

/** Does something with a message by its menu. */
export async function act(page, text, name) {
  const one = message(page, text).last();
  await one.hover();
  await one.locator('.msg-menu').click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

/** A small picture, made in the page: nothing lies in the repository for it. */
export async function picture(page, width = 320, height = 200) {
  const url = await page.evaluate(([w, h]) => {
    const canvas = document.createElement('canvas');
    canvas.width = w;
    canvas.height = h;
    const draw = canvas.getContext('2d');
    const sky = draw.createLinearGradient(0, 0, w, h);
    sky.addColorStop(0, '#2f6fb0');
    sky.addColorStop(1, '#f2c14e');
    draw.fillStyle = sky;
    draw.fillRect(0, 0, w, h);
    return canvas.toDataURL('image/png');
  }, [width, height]);
  return Buffer.from(url.split(',')[1], 'base64');
}
