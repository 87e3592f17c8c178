// How a call goes, from what the browser counts: figures for who wants them, and one word for
// what is wrong. Pure.

/** What the browser has counted up to a moment, of what is used here. */
export type Counted = {
  at: number;
  rtt: number | undefined;
  /** How the hub sees what is sent: the lost share. */
  upLost: number | undefined;
  upBytes: number;
  limited: string;
  up: Size | null;
  downs: readonly Received[];
};
export type Size = { width: number; height: number; fps: number };
export type Received = Size & {
  mid: string; kind: 'audio' | 'video'; bytes: number; packets: number; lost: number; frozen: number; frames: number;
};
export type Flow = Size & { mid: string; kind: 'audio' | 'video'; kbit: number; lost: number; frozen: number };
export type Reading = {
  rtt: number | undefined; upLost: number; upKbit: number; limited: string; up: Size | null;
  downKbit: number; downLost: number; flows: readonly Flow[];
};
/** `up`, `down`: the network of this device; `machine`: it cannot keep up with the pictures. */
export type Trouble = 'none' | 'up' | 'down' | 'machine';

/** A share of packets from which speech suffers, and a way there and back from which talk does. */
const LOST = 0.05;
const SLOW_MS = 500;
const FROZEN_S = 0.5;

type Stat = Record<string, unknown> & { type: string };
const num = (value: unknown): number => (typeof value === 'number' ? value : 0);

export function countedOf(at: number, sent: Iterable<Stat>, received: Iterable<Stat>): Counted {
  const counted: Counted = { at, rtt: undefined, upLost: undefined, upBytes: 0, limited: 'none', up: null, downs: [] };
  for (const one of sent) {
    if (one.type === 'outbound-rtp') {
      counted.upBytes += num(one['bytesSent']);
      const height = num(one['frameHeight']);
      if (one['kind'] === 'video' && height > (counted.up?.height ?? 0) && num(one['framesPerSecond']) > 0) {
        counted.up = { width: num(one['frameWidth']), height, fps: num(one['framesPerSecond']) };
      }
      if (one['qualityLimitationReason'] === 'cpu') counted.limited = 'cpu';
      else if (one['qualityLimitationReason'] === 'bandwidth' && counted.limited === 'none') counted.limited = 'bandwidth';
    } else if (one.type === 'remote-inbound-rtp') {
      counted.upLost = Math.max(counted.upLost ?? 0, num(one['fractionLost']));
    } else if (one.type === 'candidate-pair' && one['nominated'] === true && one['currentRoundTripTime'] !== undefined) {
      counted.rtt = num(one['currentRoundTripTime']) * 1000;
    }
  }
  return { ...counted, downs: [...received].flatMap(receivedOf) };
}

function receivedOf(one: Stat): Received[] {
  if (one.type !== 'inbound-rtp' || num(one['packetsReceived']) === 0) return [];
  return [{
    mid: String(one['mid']), kind: one['kind'] === 'video' ? 'video' : 'audio', bytes: num(one['bytesReceived']),
    packets: num(one['packetsReceived']), lost: num(one['packetsLost']), frozen: num(one['totalFreezesDuration']),
    frames: num(one['framesDecoded']), width: num(one['frameWidth']), height: num(one['frameHeight']),
    fps: num(one['framesPerSecond']),
  }];
}

/** What has happened between two moments. */
export function readingOf(before: Counted, now: Counted): Reading {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const kbit = (bytes: number) => Math.max(0, Math.round(bytes * 8 / 1000 / seconds));
  const flows: Flow[] = [];
  let lost = 0;
  let packets = 0;
  for (const one of now.downs) {
    const was = before.downs.find((other) => other.mid === one.mid && other.packets <= one.packets);
    const got = one.packets - (was?.packets ?? one.packets);
    // Its numbers jump where the place changes hands.
    const missed = Math.max(0, one.lost - (was?.lost ?? one.lost));
    if (was === undefined || got === 0) continue;
    lost += missed;
    packets += got;
    flows.push({
      mid: one.mid, kind: one.kind, kbit: kbit(one.bytes - was.bytes), lost: missed / (missed + got),
      frozen: Math.max(0, one.frozen - was.frozen), width: one.width, height: one.height, fps: Math.round(one.fps),
    });
  }
  return {
    rtt: now.rtt === undefined ? undefined : Math.round(now.rtt), upLost: now.upLost ?? 0, upKbit: kbit(now.upBytes - before.upBytes),
    limited: now.limited, up: now.up, downKbit: flows.reduce((sum, one) => sum + one.kbit, 0),
    downLost: packets === 0 ? 0 : lost / (lost + packets), flows,
  };
}

/** Lines through which little comes well. */
export function weakOf({ flows }: Reading): string[] {
  return flows.filter((one) => one.lost > LOST || one.frozen > FROZEN_S).map((one) => one.mid);
}

/** What is wrong here. Where only one of several comes badly, it is theirs. */
export function troubleOf(reading: Reading): Trouble {
  const weak = weakOf(reading).length;
  if (weak > 0 && weak === reading.flows.length && (weak > 1 || reading.downLost > LOST)) return 'down';
  if (reading.upLost > LOST || (reading.rtt ?? 0) > SLOW_MS) return 'up';
  return reading.limited === 'cpu' ? 'machine' : 'none';
}
