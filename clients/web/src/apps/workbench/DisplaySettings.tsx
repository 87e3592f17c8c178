// Language, text size, contrast: on the account, so on all devices at once.

import Switch from 'antd/es/switch';
import { useI18n } from '../../i18n';
import { Choice, LanguageSwitch } from '../../kit/pieces';
import { type TextSize, choose, prefs } from '../../kit/prefs';
import { useObservable } from '../../kit/useObservable';

export function DisplaySettings() {
  const { t } = useI18n();
  const { size, contrast } = useObservable(prefs);
  const sizes: readonly TextSize[] = ['normal', 'large', 'xlarge'];
  return (
    <section className="card settings" aria-labelledby="display-title">
      <h2 id="display-title">{t('settings.appearance')}</h2>
      <div className="setting"><span>{t('app.language')}</span><LanguageSwitch /></div>
      <div className="setting">
        <span>{t('settings.size')}</span>
        <Choice<TextSize>
          label={t('settings.size')}
          value={size}
          onChange={(next) => choose({ size: next })}
          options={sizes.map((value) => ({ value, label: t(`settings.size.${value}`) }))}
        />
      </div>
      <div className="setting">
        <label htmlFor="set-contrast">{t('settings.contrast')}</label>
        <Switch id="set-contrast" aria-label={t('settings.contrast')} checked={contrast} onChange={(on) => choose({ contrast: on })} />
      </div>
    </section>
  );
}
