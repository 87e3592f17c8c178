// The way from the top of a space to a folder; every step leads back to itself.

import RightOutlined from '@ant-design/icons/es/icons/RightOutlined';
import { useI18n } from '../../i18n';
import type { Step } from './model';

export function Crumbs({ top, path, extra, onGo }: {
  top: string; path: readonly Step[]; extra?: string | undefined; onGo: (path: readonly Step[]) => void;
}) {
  const { t } = useI18n();
  const steps = [{ name: top, to: [] as readonly Step[] }, ...path.map((step, index) => ({ name: step.name, to: path.slice(0, index + 1) }))];
  const last = extra === undefined ? steps.length - 1 : steps.length;
  return (
    <nav aria-label={t('drive.place')}>
      <ol className="plain crumbs">
        {steps.map(({ name, to }, index) => (
          <li key={to.at(-1)?.node ?? 'top'}>
            {index > 0 && <RightOutlined className="flip" aria-hidden="true" />}
            {index === last
              ? <bdi className="crumb-here" aria-current="page">{name}</bdi>
              : <button type="button" className="crumb" onClick={() => onGo(to)}><bdi>{name}</bdi></button>}
          </li>
        ))}
        {extra !== undefined && <li><RightOutlined className="flip" aria-hidden="true" /><span className="crumb-here" aria-current="page">{extra}</span></li>}
      </ol>
    </nav>
  );
}
