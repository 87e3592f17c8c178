// Which pictures stand where, and what is asked of the hub for them. Pure. Invariants: hands that
// sign are always among the large pictures; what is not seen is not asked for.

import type { AccountId, CallPublication, CallWish, LiveCall, MediaClass } from '../../wire/generated';
import { standing } from './state';

export type Picture = {
  key: string;
  account: AccountId;
  kind: Exclude<MediaClass, 'audio'>;
  /** What is sent of it, while it is on. */
  publication: number | undefined;
  /** Whether the person's microphone is on. */
  heard: boolean;
  hand: boolean;
  mine: boolean;
};
export type Layout = 'grid' | 'speaker';
/** How large a picture is on the screen, in its own pixels; 0: not in view. */
export type Heights = ReadonlyMap<string, number>;

/** One for everybody inside, and one for each screen that is shared. */
export function picturesOf(live: LiveCall, publications: readonly CallPublication[], me: AccountId): Picture[] {
  const inside = standing(live, 'inside');
  const people = [...inside.filter((one) => one.account !== me), ...inside.filter((one) => one.account === me)];
  const on = (account: AccountId, ...classes: MediaClass[]) =>
    publications.find((one) => one.by === account && one.on && classes.includes(one.class));
  return people.flatMap(({ account, hand }) => {
    const face = on(account, 'sign') ?? on(account, 'camera');
    const screen = on(account, 'screen');
    const shared = { account, heard: on(account, 'audio') !== undefined, hand, mine: account === me };
    const own: Picture = {
      ...shared, key: `${account} face`, kind: face?.class === 'sign' ? 'sign' : 'camera', publication: face?.id,
    };
    if (screen === undefined) return [own];
    return [{ ...shared, hand: false, key: `${account} screen`, kind: 'screen' as const, publication: screen.id }, own];
  });
}

export type Arranged = { main: Picture[]; strip: Picture[] };

export function arrange(
  pictures: readonly Picture[],
  { layout, pinned, speaker }: { layout: Layout; pinned: ReadonlySet<string>; speaker: AccountId | undefined },
): Arranged {
  const signs = pictures.filter((one) => one.kind === 'sign');
  const chosen = pictures.filter((one) => pinned.has(one.key));
  // One's own screen is before one's eyes already.
  const screens = pictures.filter((one) => one.kind === 'screen' && !one.mine);
  let large = chosen.length > 0 ? chosen : screens;
  if (large.length === 0 && layout === 'speaker') {
    const others = pictures.filter((one) => !one.mine);
    large = [others.find((one) => one.account === speaker) ?? others[0] ?? pictures[0]].filter((one) => one !== undefined);
  }
  if (large.length === 0) return { main: [...pictures], strip: [] };
  const main = pictures.filter((one) => large.includes(one) || signs.includes(one));
  return { main, strip: pictures.filter((one) => !main.includes(one)) };
}

/** Of the three sizes that a camera is sent in (180, 360 and 720 lines), the one that is enough. */
export function layerFor(height: number): 0 | 1 | 2 {
  return height <= 240 ? 0 : height <= 480 ? 1 : 2;
}

/** The most important first: signs, screens, then by size. */
export function wishesOf(pictures: readonly Picture[], heights: Heights): CallWish[] {
  const order = { sign: 0, screen: 1, camera: 2 };
  return pictures
    .flatMap((one) => {
      const height = heights.get(one.key) ?? 0;
      return one.mine || one.publication === undefined || height === 0 ? []
        : [{ kind: one.kind, height, wish: { publication: one.publication, layer: one.kind === 'camera' ? layerFor(height) : 2 } }];
    })
    .sort((a, b) => order[a.kind] - order[b.kind] || b.height - a.height)
    .map((one) => one.wish);
}
