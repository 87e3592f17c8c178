import { expect, it } from 'vitest';
import { type Counted, type Received, countedOf, readingOf, troubleOf, weakOf } from './quality';

const down = (mid: string, change: Partial<Received> = {}): Received =>
  ({ mid, kind: 'video', bytes: 0, packets: 100, lost: 0, frozen: 0, frames: 0, width: 640, height: 360, fps: 30, ...change });
const counted = (at: number, change: Partial<Counted> = {}): Counted =>
  ({ at, rtt: 20, upLost: 0, upBytes: 0, limited: 'none', up: null, downs: [], ...change });

it('reads what the browser counts', () => {
  const read = countedOf(1, [
    { type: 'outbound-rtp', kind: 'video', bytesSent: 10, frameWidth: 320, frameHeight: 180, framesPerSecond: 30, qualityLimitationReason: 'bandwidth' },
    { type: 'outbound-rtp', kind: 'video', bytesSent: 30, frameWidth: 640, frameHeight: 360, framesPerSecond: 20, qualityLimitationReason: 'cpu' },
    { type: 'remote-inbound-rtp', fractionLost: 0.1 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 },
  ], [
    { type: 'inbound-rtp', kind: 'audio', mid: '0', packetsReceived: 0 },
    { type: 'inbound-rtp', kind: 'video', mid: '6', packetsReceived: 5, packetsLost: 1, bytesReceived: 900, framesDecoded: 3 },
  ]);
  expect(read).toMatchObject({ rtt: 50, upLost: 0.1, upBytes: 40, limited: 'cpu', up: { width: 640, height: 360, fps: 20 } });
  expect(read.downs).toMatchObject([{ mid: '6', packets: 5, lost: 1, bytes: 900, frames: 3 }]);
});

it('counts between two moments, and passes over a place that changed hands', () => {
  const before = counted(0, { downs: [down('6'), down('7', { packets: 900 })] });
  const now = counted(2_000, { upBytes: 50_000, downs: [down('6', { packets: 190, lost: 10, bytes: 25_000 }), down('7', { packets: 5 })] });
  const reading = readingOf(before, now);
  expect(reading).toMatchObject({ rtt: 20, upKbit: 200, downKbit: 100, downLost: 0.1 });
  expect(reading.flows.map((one) => one.mid)).toEqual(['6']);
});

it('tells whose network it is', () => {
  const was = counted(0, { downs: [down('6'), down('7')] });
  const good = down('7', { packets: 300 });
  const bad = (mid: string) => down(mid, { packets: 200, lost: 40 });
  const theirs = readingOf(was, counted(2_000, { downs: [bad('6'), good] }));
  expect([weakOf(theirs), troubleOf(theirs)]).toEqual([['6'], 'none']);
  expect(troubleOf(readingOf(was, counted(2_000, { downs: [bad('6'), bad('7')] })))).toBe('down');
  expect(troubleOf(readingOf(was, counted(2_000, { upLost: 0.2, downs: [good] })))).toBe('up');
  expect(troubleOf(readingOf(was, counted(2_000, { rtt: 900, downs: [good] })))).toBe('up');
  expect(troubleOf(readingOf(was, counted(2_000, { limited: 'cpu', downs: [good] })))).toBe('machine');
  expect(troubleOf(readingOf(was, counted(2_000, { downs: [good] })))).toBe('none');
});
