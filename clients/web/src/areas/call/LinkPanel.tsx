// How the connection is: in words, and in figures for who is asked for them.

import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountId } from '../../wire/generated';
import type { Mine } from './model';
import { type Size, troubleOf } from './quality';

export function LinkPanel({ mine, nameOf }: { mine: Mine; nameOf: (account: AccountId) => string }) {
  const { t } = useI18n();
  const reading = useObservable(mine.media.reading);
  const { mids } = useObservable(mine.media.places);
  if (reading === null) return <p className="soft">{t('call.figures.waiting')}</p>;
  const trouble = troubleOf(reading);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const size = ({ width, height, fps }: Size) => t('call.figures.size', { w: width, h: height, fps: Math.round(fps) });
  const rows: [string, string][] = [
    [t('call.figures.rtt'), reading.rtt === undefined ? '—' : t('call.figures.ms', { n: reading.rtt })],
    [t('call.figures.up'), t('call.figures.kbit', { n: reading.upKbit })],
    [`${t('call.figures.up')} · ${t('call.figures.lost')}`, percent(reading.upLost)],
    ...(reading.up === null ? [] : [[`${t('call.figures.up')} · ${t('call.figures.picture')}`, size(reading.up)] as [string, string]]),
    [t('call.figures.down'), t('call.figures.kbit', { n: reading.downKbit })],
    [`${t('call.figures.down')} · ${t('call.figures.lost')}`, percent(reading.downLost)],
    ...reading.flows.filter((one) => one.kind === 'video' && one.height > 0).map((one): [string, string] => {
      const by = mine.state?.publications.find(({ id }) => id === mids.get(one.mid))?.by;
      return [by === undefined ? t('call.figures.picture') : nameOf(by), size(one)];
    }),
  ];
  return (
    <div className="call-figures">
      <p>{trouble === 'none' ? t('call.figures.good') : t(`call.poor.${trouble}`)}</p>
      <dl className="facts" data-up={reading.upKbit} data-down={reading.downKbit}>
        {rows.map(([name, value], at) => <div key={`${name} ${at}`}><dt><bdi>{name}</bdi></dt><dd dir="ltr">{value}</dd></div>)}
      </dl>
    </div>
  );
}
