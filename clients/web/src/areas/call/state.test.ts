import { expect, it } from 'vitest';
import type { CallInfo, CallPerson, EventFrame, LiveCall } from '../../wire/generated';
import { isHost, personOf, phaseOf, stateOf, talkSince, withEvent } from './state';

const person = (account: string, change: Partial<CallPerson> = {}): CallPerson =>
  ({ account, stand: 'inside', since: 1_000, leg: `leg-${account}`, host: false, hand: false, ...change });
const live = (people: CallPerson[], change: Partial<LiveCall> = {}): LiveCall => ({
  room: 'r', room_kind: 'group', room_name: '一组', call: 1, mode: 'video', by: 'ann', began_at: 1_000,
  locked: false, waiting_room: false, people, ...change,
});
const info = (call: LiveCall | undefined): CallInfo =>
  ({ room: 'r', head: 4, publications: [], past: [], people: [], ...(call === undefined ? {} : { live: call }) });
const event = (seq: number, by: string | undefined, word: Pick<EventFrame, 'type' | 'body'>): EventFrame =>
  ({ stream: 'call:r', seq, at: 1_000 + seq, ...(by === undefined ? {} : { by }), ...word }) as EventFrame;

it('follows who rings, comes and goes', () => {
  let state = stateOf(info(live([person('ann', { host: true }), { account: 'bea', stand: 'ringing', since: 1_000, host: false, hand: false }])));
  expect(phaseOf(state, 'ann', 'leg-ann')).toBe('calling');
  state = withEvent(state, event(5, 'bea', { type: 'call.joined', body: { leg: 'leg-bea' } }))!;
  expect(phaseOf(state, 'ann', 'leg-ann')).toBe('talking');
  expect(talkSince(state.live!)).toBe(1_005);
  state = withEvent(state, event(6, 'bea', { type: 'call.hand_raised', body: { account: 'bea', on: true } }))!;
  expect(personOf(state.live!, 'bea')!.hand).toBe(true);
  state = withEvent(state, event(7, 'bea', { type: 'call.left', body: { account: 'bea', why: 'left' } }))!;
  expect(personOf(state.live!, 'bea')).toMatchObject({ stand: 'left', hand: false });
  expect(personOf(state.live!, 'bea')!.leg).toBeUndefined();
  expect(phaseOf(state, 'ann', 'leg-ann')).toBe('alone');
});

it('passes over what it has seen, and asks again about what it cannot know', () => {
  const state = stateOf(info(live([person('ann')])));
  expect(withEvent(state, event(4, 'bea', { type: 'call.joined', body: { leg: 'x' } }))).toBe(state);
  const started = event(5, 'bea', { type: 'call.started', body: { mode: 'voice', direct: false, ring: [], leg: 'x' } });
  expect(withEvent(state, started)).toBeNull();
});

it('knows when another device has taken the place over', () => {
  let state = stateOf(info(live([person('ann'), person('bea')])));
  state = withEvent(state, event(5, 'ann', { type: 'call.joined', body: { leg: 'phone' } }))!;
  expect(phaseOf(state, 'ann', 'leg-ann')).toBe('elsewhere');
  expect(phaseOf(state, 'ann', 'phone')).toBe('talking');
});

it('stands at the door until let in or sent away', () => {
  let state = stateOf(info(live([person('ann', { host: true })], { waiting_room: true })));
  state = withEvent(state, event(5, 'bea', { type: 'call.waits', body: { leg: 'leg-bea' } }))!;
  expect(phaseOf(state, 'bea', 'leg-bea')).toBe('door');
  const inside = withEvent(state, event(6, 'ann', { type: 'call.admitted', body: { account: 'bea', yes: true, leg: 'leg-bea' } }))!;
  expect(phaseOf(inside, 'bea', 'leg-bea')).toBe('talking');
  const away = withEvent(state, event(6, 'ann', { type: 'call.admitted', body: { account: 'bea', yes: false } }))!;
  expect(phaseOf(away, 'bea', 'leg-bea')).toBe('removed');
});

it('leads only who is inside, and ends for everybody', () => {
  let state = stateOf(info(live([person('ann', { host: true }), person('bea')])));
  expect(isHost(state.live!, 'ann')).toBe(true);
  state = withEvent(state, event(5, undefined, { type: 'call.left', body: { account: 'ann', why: 'lost' } }))!;
  state = withEvent(state, event(6, undefined, { type: 'call.host_set', body: { account: 'bea', on: true } }))!;
  expect([isHost(state.live!, 'ann'), isHost(state.live!, 'bea')]).toEqual([false, true]);
  state = withEvent(state, event(7, 'bea', { type: 'call.ended', body: { call: 1, why: 'ended', talked_ms: 7, people: ['ann', 'bea'] } }))!;
  expect(phaseOf(state, 'bea', 'leg-bea')).toBe('over');
  expect(state.over).toMatchObject({ why: 'ended', talked_ms: 7 });
});

it('says who declined, and why nobody came', () => {
  const ringing = (account: string): CallPerson => ({ account, stand: 'ringing', since: 1, host: false, hand: false });
  let state = stateOf(info(live([person('ann', { host: true }), ringing('bea'), ringing('cat')])));
  state = withEvent(state, event(5, 'bea', { type: 'call.declined', body: { busy: true } }))!;
  state = withEvent(state, event(6, undefined, { type: 'call.unanswered', body: { accounts: ['cat'] } }))!;
  expect(state.live!.people.map((one) => one.stand)).toEqual(['inside', 'busy', 'unanswered']);
});
