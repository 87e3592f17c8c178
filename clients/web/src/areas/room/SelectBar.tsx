// Instead of the composer while messages are being chosen.

import Button from 'antd/es/button';
import { useI18n } from '../../i18n';

export function SelectBar({ count, onForward, onCancel }: { count: number; onForward: () => void; onCancel: () => void }) {
  const { t } = useI18n();
  return (
    <div className="composer select-bar" role="group" aria-label={t('chat.select')}>
      <span role="status">{t('chat.selected', { n: count })}</span>
      <Button type="primary" disabled={count === 0} onClick={onForward}>{t('chat.forward')}</Button>
      <Button onClick={onCancel}>{t('app.cancel')}</Button>
    </div>
  );
}
