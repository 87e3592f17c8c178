// Calls: ringing and answering, pictures that arrive, who leads, a shared screen, a reload in the
// middle, and the line that stays in the conversation. Each person is a browser profile of their
// own; cameras and microphones are the browser's test devices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { commander, makeGroup } from './api.mjs';
import {
  launchMedia, nameOf, noAxeFindings, nothingSideways, openDirect, openRoom, people, profile, roomRow, run, shot, signIn,
} from './people.mjs';

let browser;
let staff;

before(async () => {
  browser = await launchMedia();
  staff = (await people()).slice(20);
});
after(() => browser?.close());

/** Signed in, sending a small picture: three browsers encode on few cores here. */
async function person(account, options = {}) {
  const made = await profile(browser, options);
  await made.context.addInitScript(({ codec }) => {
    localStorage.setItem('hub.call.devices', JSON.stringify({ small: true }));
    if (codec !== undefined) localStorage.setItem('hub.codec', codec);
    // What the page connects by, so that it can be asked what arrived.
    const Native = RTCPeerConnection;
    window.connections = [];
    window.RTCPeerConnection = class extends Native {
      constructor(...args) {
        super(...args);
        window.connections.push(this);
      }
    };
  }, { codec: options.codec });
  await signIn(made.page, account);
  return made;
}

const tool = (page, name) => page.locator(`.call-window [data-tool=${name}]`);
const phase = (page, name) => page.locator(`.call-window[data-phase=${name}]`).waitFor();
const tile = (page, account, kind = 'camera') => page.locator(`.call-tile[data-account="${account.card.account}"][data-kind=${kind}]`);
const ring = (page) => page.locator('.ring-card');
const hangUp = (page) => tool(page, 'leave').click();
const outcome = (page, why) => page.locator(`.call-outcome[data-why=${why}]`).waitFor();
const line = (page, words) => page.locator('.log-event', { hasText: words }).last();

/** Of all pictures that arrived: how many frames, by which codec. */
function arrived(page) {
  return page.evaluate(async () => {
    let frames = 0;
    const codecs = new Set();
    for (const one of window.connections) {
      if (one.connectionState === 'closed') continue;
      const stats = await one.getStats();
      for (const stat of stats.values()) {
        if (stat.type !== 'inbound-rtp' || stat.kind !== 'video' || !stat.framesDecoded) continue;
        frames += stat.framesDecoded;
        codecs.add(stats.get(stat.codecId)?.mimeType);
      }
    }
    return { frames, codecs: [...codecs] };
  });
}

/** Pictures go on arriving from here on. */
async function seesMore(page, more = 15) {
  const { frames } = await arrived(page);
  for (let tries = 0; tries < 60; tries += 1) {
    const now = await arrived(page);
    if (now.frames >= frames + more) return now.codecs;
    await page.waitForTimeout(500);
  }
  throw new Error(`no more than ${(await arrived(page)).frames - frames} frames arrived`);
}

test('a call of two: rung, answered, seen, turned off and on, hung up, told in the chat', async () => {
  const [anna, bela] = staff;
  const left = await person(anna);
  const right = await person(bela);
  await openDirect(left.page, bela);
  await left.page.locator('[data-call=video]').click();
  await phase(left.page, 'calling');
  await tile(left.page, anna).locator('video').waitFor();
  await noAxeFindings(left.page, 'calling somebody');
  await shot(left.page, 'call-calling-zh');
  await ring(right.page).waitFor();
  await right.page.keyboard.press('Escape');
  assert.equal(await ring(right.page).count(), 1, 'Escape declines nothing');
  await noAxeFindings(right.page, 'a call that rings');
  await shot(right.page, 'call-ring-zh');
  await ring(right.page).getByRole('button', { name: '视频接听' }).click();
  await phase(left.page, 'talking');
  await phase(right.page, 'talking');
  await right.page.locator('.call-window[data-link=up]').waitFor();
  for (const { page } of [left, right]) {
    const codecs = await seesMore(page);
    assert.deepEqual(codecs, ['video/H264']);
  }
  await tile(right.page, anna).locator('video').waitFor();
  await noAxeFindings(right.page, 'a call');
  await shot(right.page, 'call-two-zh');

  // The camera is let go of, and comes back.
  await tool(left.page, 'camera').click();
  await tile(right.page, anna).and(right.page.locator('[data-live=false]')).waitFor();
  await tool(left.page, 'mic').click();
  await right.page.locator(`.call-tile[data-account="${anna.card.account}"]`, { has: right.page.locator('.call-sign-muted') }).waitFor();
  await tool(left.page, 'camera').click();
  await tile(right.page, anna).locator('video').waitFor();
  await seesMore(right.page);

  // Small, moved by keys, and the workbench is there below it.
  await tool(left.page, 'size').click();
  const drag = left.page.locator('.call-drag');
  const from = await left.page.locator('.call-window').boundingBox();
  await drag.focus();
  await drag.press('ArrowUp');
  await drag.press('ArrowUp');
  const to = await left.page.locator('.call-window').boundingBox();
  assert.equal(Math.round(from.y - to.y), 64, 'moved by two steps');
  await left.page.locator('.call-bar', { hasText: '通话中' }).waitFor();
  await noAxeFindings(left.page, 'a small call');
  await shot(left.page, 'call-small-zh');
  await left.page.locator('.call-bar button').click();
  await left.page.locator('.call-full').waitFor();

  await hangUp(left.page);
  await outcome(right.page, 'over');
  await line(left.page, /视频通话 \d\d:\d\d/u).waitFor();
  await line(right.page, /视频通话 \d\d:\d\d/u).waitFor();
  await shot(left.page, 'call-line-zh');
  assert.deepEqual([...left.faults, ...right.faults], []);
  for (const one of [left, right]) await one.context.close();
});

test('declined, busy, taken back: each side is told in words, and calls back from the line', async () => {
  const [anna, bela, cara] = staff.slice(2);
  const left = await person(anna);
  const right = await person(bela);
  await openDirect(left.page, bela);
  await openDirect(right.page, anna);
  await left.page.locator('[data-call=voice]').click();
  await ring(right.page).getByRole('button', { name: '拒绝', exact: true }).click();
  await outcome(left.page, 'declined');
  await line(left.page, '对方已拒绝').waitFor();
  await line(right.page, '您已拒绝').waitFor();

  // From the line of the one before; taken back it is a missed call.
  await line(right.page, '您已拒绝').getByRole('button', { name: '回拨' }).click();
  await ring(left.page).waitFor();
  await hangUp(right.page);
  await ring(left.page).waitFor({ state: 'detached' });
  await line(left.page, '未接来电').waitFor();

  // In a call, another one is a small card that says that one is busy.
  await left.page.locator('[data-call=voice]').click();
  await ring(right.page).getByRole('button', { name: '语音接听' }).click();
  await phase(left.page, 'talking');
  const third = await person(cara);
  await openDirect(third.page, anna);
  await third.page.locator('[data-call=voice]').click();
  await left.page.locator('.ring-card-small').waitFor();
  await noAxeFindings(left.page, 'called during a call');
  await shot(left.page, 'call-second-zh');
  await left.page.locator('.ring-card-small').getByRole('button', { name: '正忙' }).click();
  await outcome(third.page, 'busy');
  await phase(left.page, 'talking');
  await hangUp(left.page);
  await outcome(right.page, 'over');
  assert.deepEqual([...left.faults, ...right.faults, ...third.faults], []);
  for (const one of [left, right, third]) await one.context.close();
});

test('nobody answers: both sides are told when it has rung long enough', async () => {
  const [anna, bela] = staff.slice(14);
  const left = await person(anna);
  const right = await person(bela);
  await openDirect(left.page, bela);
  await left.page.locator('[data-call=voice]').click();
  await ring(right.page).waitFor();
  // As long as the hub's own setting, 45 seconds unless an operator has said otherwise.
  await left.page.locator('.call-outcome[data-why=unanswered]').waitFor({ timeout: 70_000 });
  await left.page.locator('.call-outcome').getByRole('button', { name: '再次呼叫' }).waitFor();
  await ring(right.page).waitFor({ state: 'detached' });
  await line(left.page, '无人接听').waitFor();
  await roomRow(right.page, nameOf(anna, 'zh')).locator('.line-sub', { hasText: '未接来电' }).waitFor();
  assert.deepEqual([...left.faults, ...right.faults], []);
  for (const one of [left, right]) await one.context.close();
});

test('a group of three: joined late, a hand, muted by the host, a screen, a reload, the end', async () => {
  const [anna, bela, cara] = staff.slice(5);
  const name = `碰头会 ${run}`;
  await makeGroup(await commander(anna), name, [bela, cara]);
  const left = await person(anna, { codec: 'VP8' });
  const right = await person(bela, { codec: 'VP8' });
  const late = await person(cara, { codec: 'VP8' });
  for (const { page } of [left, right, late]) await openRoom(page, name);

  await left.page.locator('[data-call=video]').click();
  const lobby = left.page.locator('.call-lobby');
  await lobby.locator('.call-preview video').waitFor();
  await noAxeFindings(left.page, 'before a call');
  await shot(left.page, 'call-lobby-zh');
  await lobby.locator('.call-picks li', { hasText: nameOf(bela, 'zh') }).click();
  await lobby.locator('.ant-btn-primary').click();
  await ring(right.page).getByRole('button', { name: '视频接听' }).click();
  await phase(left.page, 'talking');
  assert.deepEqual(await seesMore(right.page), ['video/VP8']);

  // Nobody rang the third; the bar and the list say that there is a call.
  await late.page.locator('.call-bar', { hasText: '2 人' }).waitFor();
  await roomRow(late.page, name).locator('.rooms-calling').waitFor();
  assert.equal(await ring(late.page).count(), 0);
  await late.page.locator('.call-bar button').click();
  await late.page.locator('.call-lobby .ant-btn-primary').click();
  await phase(late.page, 'talking');
  for (const account of [anna, bela]) await tile(late.page, account).locator('video').waitFor();
  await seesMore(late.page, 30);
  for (const { page } of [left, right]) await tile(page, cara).locator('video').waitFor();
  await shot(late.page, 'call-three-zh');

  await tool(late.page, 'hand').click();
  await tile(left.page, cara).locator('.call-hand').waitFor();
  await tool(left.page, 'people').click();
  await noAxeFindings(left.page, 'people of a call');
  await shot(left.page, 'call-people-zh');
  const act = async (account, what) => {
    await left.page.locator(`.call-people li[data-account="${account.card.account}"] .call-do`).click();
    await left.page.getByRole('menuitem', { name: what, exact: true }).click();
  };
  await act(cara, '放下手');
  await tile(left.page, cara).locator('.call-hand').waitFor({ state: 'detached' });
  await act(bela, '静音');
  await right.page.locator('.call-words', { hasText: '主持人已将您静音' }).waitFor();
  await tool(right.page, 'mic').and(right.page.locator('.call-btn-off')).waitFor();
  await tile(left.page, bela).locator('.call-sign-muted').waitFor();

  // A screen is large for the others, and ends where it began.
  await tool(right.page, 'screen').click();
  await tile(left.page, bela, 'screen').locator('video').waitFor();
  assert.equal(await tile(left.page, bela, 'screen').locator('video').evaluate((video) => getComputedStyle(video).objectFit), 'contain');
  await left.page.waitForFunction(() => document.querySelector('.call-tile-screen video')?.videoWidth > 0);
  await shot(left.page, 'call-screen-zh');
  await tool(right.page, 'screen').click();
  await tile(left.page, bela, 'screen').waitFor({ state: 'detached' });

  // Devices, figures and the conversation beside the call.
  await tool(left.page, 'devices').click();
  await left.page.locator('.call-side .call-preview video').waitFor();
  await noAxeFindings(left.page, 'devices of a call');
  await shot(left.page, 'call-devices-zh');
  await tool(left.page, 'link').click();
  await left.page.locator('.call-figures .facts').waitFor();
  await noAxeFindings(left.page, 'figures of a call');
  await shot(left.page, 'call-link-zh');
  await tool(left.page, 'chat').click();
  await left.page.locator('.call-side textarea').fill(`材料在盘里 ${run}`);
  await left.page.locator('.call-side textarea').press('Enter');
  await left.page.locator('.call-side .msg', { hasText: `材料在盘里 ${run}` }).waitFor();
  await noAxeFindings(left.page, 'the conversation beside a call');
  await shot(left.page, 'call-chat-zh');

  // A page that is loaded again comes back into its call by itself.
  await late.page.reload();
  await phase(late.page, 'talking');
  await late.page.locator('.call-window[data-link=up]').waitFor();
  await seesMore(late.page, 30);
  await tile(left.page, cara).locator('video').waitFor();

  await tool(late.page, 'leave').click();
  await tile(left.page, cara).waitFor({ state: 'detached' });
  await tool(left.page, 'end').click();
  await left.page.locator('.ant-modal-confirm .ant-btn-dangerous').click();
  await outcome(right.page, 'ended');
  await line(late.page, /视频通话 \d\d:\d\d/u).waitFor();
  await left.page.locator('.chat-head button').last().click();
  await left.page.locator('.call-past', { hasText: '视频通话' }).waitFor();
  await left.page.locator('.call-past', { hasText: '3 人参加' }).waitFor();
  assert.deepEqual([...left.faults, ...right.faults, ...late.faults], []);
  for (const one of [left, right, late]) await one.context.close();
});

test('the waiting room and the lock keep people out until a host lets them in', async () => {
  const [anna, bela] = staff.slice(8);
  const name = `等候室 ${run}`;
  await makeGroup(await commander(anna), name, [bela]);
  const left = await person(anna);
  const right = await person(bela);
  for (const { page } of [left, right]) await openRoom(page, name);
  await left.page.locator('[data-call=voice]').click();
  await left.page.locator('.call-lobby .ant-btn-primary').click();
  await phase(left.page, 'alone');
  await tool(left.page, 'people').click();
  await left.page.locator('#call-waiting').click();
  await left.page.locator('#call-waiting[aria-checked=true]').waitFor();
  await right.page.locator('.call-bar button').click();
  await right.page.locator('.call-lobby .ant-btn-primary').click();
  await phase(right.page, 'door');
  await shot(right.page, 'call-door-zh');
  await left.page.locator('.call-badge').waitFor();
  await left.page.locator('.call-people').getByRole('button', { name: '同意' }).click();
  await phase(right.page, 'talking');
  await right.page.locator('.call-window[data-link=up]').waitFor();
  await left.page.locator('#call-lock').click();
  await right.page.locator('.call-head [aria-label="通话已锁定"]').waitFor();
  await left.page.locator(`.call-people li[data-account="${bela.card.account}"] .call-do`).click();
  await left.page.getByRole('menuitem', { name: '移出通话' }).click();
  await left.page.locator('.ant-modal-confirm .ant-btn-primary').click();
  await outcome(right.page, 'removed');
  await hangUp(left.page);
  assert.deepEqual([...left.faults, ...right.faults], []);
  for (const one of [left, right]) await one.context.close();
});

test('another device takes the call over, and this one says so', async () => {
  const [anna, bela] = staff.slice(10);
  const left = await person(anna);
  const right = await person(bela);
  const second = await person(bela);
  await openDirect(left.page, bela);
  await left.page.locator('[data-call=voice]').click();
  await ring(second.page).waitFor();
  await ring(right.page).getByRole('button', { name: '语音接听' }).click();
  await phase(left.page, 'talking');
  await ring(second.page).waitFor({ state: 'detached' });
  await openDirect(second.page, anna);
  await second.page.locator('.call-bar').getByRole('button', { name: '转到本机' }).click();
  await phase(second.page, 'talking');
  await outcome(right.page, 'elsewhere');
  await hangUp(second.page);
  await outcome(left.page, 'over');
  assert.deepEqual([...left.faults, ...right.faults, ...second.faults], []);
  for (const one of [left, right, second]) await one.context.close();
});

test('on a phone, in Uyghur, with large type', async () => {
  const [anna, bela] = staff.slice(12);
  const left = await person(anna);
  const right = await person(bela, { language: 'ug', phone: true, prefs: { size: 'large' } });
  await openDirect(left.page, bela);
  await left.page.locator('[data-call=video]').click();
  await ring(right.page).waitFor();
  await noAxeFindings(right.page, 'a call that rings, Uyghur, phone');
  await nothingSideways(right.page, 'a call that rings');
  await shot(right.page, 'call-ring-ug-phone');
  await ring(right.page).locator('.ring-yes').first().click();
  await phase(right.page, 'talking');
  await right.page.locator('.call-window[data-link=up]').waitFor();
  await seesMore(right.page);
  await noAxeFindings(right.page, 'a call, Uyghur, phone');
  await nothingSideways(right.page, 'a call');
  await shot(right.page, 'call-two-ug-phone');
  await tool(right.page, 'devices').click();
  await right.page.locator('.call-side select').first().waitFor();
  await noAxeFindings(right.page, 'devices, Uyghur, phone');
  await shot(right.page, 'call-devices-ug-phone');
  await right.page.locator('.call-side [data-tool=close]').click();
  await tool(right.page, 'size').click();
  await right.page.locator('.call-small').waitFor();
  await noAxeFindings(right.page, 'a small call, Uyghur, phone');
  await shot(right.page, 'call-small-ug-phone');
  await hangUp(left.page);
  await outcome(right.page, 'over');
  assert.deepEqual([...left.faults, ...right.faults], []);
  for (const one of [left, right]) await one.context.close();
});
