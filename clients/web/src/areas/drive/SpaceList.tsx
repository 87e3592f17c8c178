// The spaces one has: one's own, and those shared with others; how full each is.

import CloudOutlined from '@ant-design/icons/es/icons/CloudOutlined';
import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import TeamOutlined from '@ant-design/icons/es/icons/TeamOutlined';
import Button from 'antd/es/button';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { SpaceCard } from '../../wire/generated';
import { type DriveModel, sizeWords } from './model';

export function SpaceList({ model, onNew }: { model: DriveModel; onNew: () => void }) {
  const { t } = useI18n();
  const spaces = useObservable(model.spaces);
  const { space } = useObservable(model.look);
  const line = (one: SpaceCard) => (
    <li key={one.stream}>
      <button
        type="button"
        className={`line${one.stream === space ? ' line-current' : ''}`}
        aria-current={one.stream === space ? 'true' : undefined}
        onClick={() => model.show(one.stream)}
      >
        <span className="drive-icon" aria-hidden="true">{one.kind === 'personal' ? <CloudOutlined /> : <TeamOutlined />}</span>
        <span className="line-body">
          <bdi className="line-name">{one.kind === 'personal' ? t('drive.mine') : one.name}</bdi>
          <span className="line-sub">
            {one.kind === 'shared' && `${t('drive.people', { n: one.members })} · `}
            {t('drive.used', { used: sizeWords(one.used_bytes), all: sizeWords(one.quota_bytes) })}
          </span>
        </span>
      </button>
    </li>
  );
  const shared = spaces.filter((one) => one.kind === 'shared');
  return (
    <nav className="card drive-spaces" aria-label={t('drive.spaces')}>
      <ul className="plain">{spaces.filter((one) => one.kind === 'personal').map(line)}</ul>
      {shared.length > 0 && <h2 className="drive-shared">{t('drive.shared')}</h2>}
      <ul className="plain">{shared.map(line)}</ul>
      <Button block icon={<PlusOutlined aria-hidden="true" />} onClick={onNew}>{t('drive.newSpace')}</Button>
    </nav>
  );
}
