// A secret that is shown once.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { useI18n } from '../../i18n';

export function Once({ label, secret }: { label: string; secret: string }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  return (
    <div className="app-once" role="status">
      <strong>{t('apps.once')}</strong>
      <Input readOnly dir="ltr" value={secret} aria-label={label} onFocus={(event) => event.target.select()} />
      <span>
        <Button size="small" onClick={() => void navigator.clipboard?.writeText(secret).then(() => void message.success(t('apps.copied')))}>{t('apps.copy')}</Button>
      </span>
    </div>
  );
}
