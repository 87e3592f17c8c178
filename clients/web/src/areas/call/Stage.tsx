// The pictures of a call: large ones, and the others in a strip beside them. What is seen is
// asked for at the size at which it is seen.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, LiveCall } from '../../wire/generated';
import { type Layout, type Picture, arrange, picturesOf, wishesOf } from './layout';
import type { Mine } from './model';
import { weakOf } from './quality';
import { Tile } from './Tile';

export function Stage({ mine, live, me, layout, small, nameOf }: {
  mine: Mine; live: LiveCall; me: AccountId; layout: Layout; small: boolean; nameOf: (account: AccountId) => string;
}) {
  const { t } = useI18n();
  const { media, local, state } = mine;
  const places = useObservable(media.places);
  const own = useObservable(local.tracks);
  const reading = useObservable(media.reading);
  const [pinned, setPinned] = useState<ReadonlySet<string>>(new Set());
  const heights = useRef(new Map<string, number>());
  const publications = state?.publications ?? [];
  const speaker = state?.speaker;

  const pictures = useMemo(() => withOwn(picturesOf(live, publications, me), own), [live, publications, me, own]);
  const wish = useCallback(() => media.wish(wishesOf(pictures, heights.current)), [media, pictures]);
  useEffect(wish);
  const now = useRef(wish);
  useEffect(() => { now.current = wish; });
  const onHeight = useCallback((key: string, height: number) => {
    if (heights.current.get(key) === height) return;
    heights.current.set(key, height);
    now.current();
  }, []);

  const weak = useMemo(() => {
    const lines = reading === null ? [] : weakOf(reading);
    const ids = new Set(lines.map((mid) => places.mids.get(mid)));
    return new Set(publications.filter((one) => ids.has(one.id)).map((one) => one.by));
  }, [reading, places, publications]);

  const { main, strip } = arrange(pictures, { layout: small ? 'speaker' : layout, pinned, speaker });
  const pin = (key: string) => setPinned((was) => {
    const next = new Set(was);
    if (!next.delete(key)) next.add(key);
    return next;
  });
  const tile = (picture: Picture) => (
    <Tile
      key={picture.key}
      picture={picture}
      name={nameOf(picture.account)}
      track={picture.mine ? own[picture.kind === 'screen' ? 'screen' : 'camera'] ?? undefined
        : picture.publication === undefined ? undefined : places.video.get(picture.publication)}
      speaking={speaker === picture.account && picture.kind !== 'screen' && picture.heard}
      weak={weak.has(picture.account) && picture.kind !== 'screen'}
      pinned={pinned.has(picture.key)}
      onPin={small || pictures.length < 2 ? undefined : () => pin(picture.key)}
      onHeight={onHeight}
    />
  );
  return (
    <div className={`call-stage${strip.length > 0 ? ' call-stage-strip' : ''}`} role="group" aria-label={t('call.stage')}>
      <div className="call-main" data-count={Math.min(main.length, 13)} tabIndex={main.length > 12 ? 0 : undefined}>{main.map(tile)}</div>
      {strip.length > 0 && <div className="call-strip" tabIndex={strip.length > 3 ? 0 : undefined}>{strip.map(tile)}</div>}
    </div>
  );
}

/** One's own signs are true at once, not when the hub has heard of them. */
function withOwn(pictures: Picture[], own: Mine['local']['tracks'] extends { get(): infer T } ? T : never): Picture[] {
  return pictures.map((one) => (one.mine ? { ...one, heard: own.mic !== null } : one))
    .filter((one) => !(one.mine && one.kind === 'screen' && own.screen === null));
}
