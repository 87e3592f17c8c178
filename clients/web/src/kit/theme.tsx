// The look: one calm official blue on white, dense enough for a working day. Text colours
// keep 4.5:1 on their ground everywhere, placeholders included.

import App from 'antd/es/app';
import ConfigProvider from 'antd/es/config-provider';
import theme from 'antd/es/theme';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { type ReactNode, useLayoutEffect } from 'react';
import { I18nProvider, i18nFor } from '../i18n';
import { ugCN } from '../i18n/antdUg';
import { type TextSize, prefs } from './prefs';
import { useObservable } from './useObservable';

const BASE: Record<TextSize, number> = { normal: 14, large: 17, xlarge: 20 };
const LOCALES = { zh: zhCN, ug: ugCN, en: enUS };
const FONTS = {
  zh: "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  ug: "'UKIJ Tuz Tom', 'Microsoft Uighur', 'Noto Sans Arabic', 'Noto Naskh Arabic', system-ui, 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  en: "system-ui, 'Segoe UI', 'Noto Sans', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
};

export function Themed({ children }: { children: ReactNode }) {
  const { language, size, contrast } = useObservable(prefs);
  const { tag, dir, t } = i18nFor(language);

  useLayoutEffect(() => {
    const root = document.documentElement;
    root.lang = tag;
    root.dir = dir;
    root.dataset['size'] = size;
    root.dataset['contrast'] = contrast ? 'high' : 'normal';
    root.style.setProperty('--font', FONTS[language]);
    root.style.fontSize = `${(BASE[size] / 14) * 100}%`;
    document.title = t('app.name');
    document.querySelector('link[rel=manifest]')?.setAttribute('href', `/manifest.${language}.webmanifest`);
  }, [tag, dir, size, contrast, language, t]);

  const primary = contrast ? '#00337a' : '#0b4f96';
  const ink = contrast ? '#000000' : '#1b2430';
  const soft = contrast ? '#1a1a1a' : '#4a5665';
  return (
    <ConfigProvider
      direction={dir}
      locale={LOCALES[language]}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: theme.defaultAlgorithm,
        components: {
          // What is chosen, and what is off, must be seen without relying on a faint grey.
          Segmented: { itemSelectedBg: primary, itemSelectedColor: '#ffffff', itemColor: soft },
          Switch: { colorTextQuaternary: '#6b7684', colorTextTertiary: '#55606e' },
        },
        token: {
          fontFamily: FONTS[language],
          fontSize: BASE[size],
          controlHeight: Math.round(BASE[size] * 2.3),
          // Dense: a clerk looks at this all day and wants to see much of it.
          sizeUnit: 4,
          sizeStep: 3,
          borderRadius: 6,
          colorPrimary: primary,
          colorLink: primary,
          colorError: contrast ? '#8f0000' : '#b3261e',
          colorSuccess: '#1b6e3c',
          colorText: ink,
          colorTextSecondary: soft,
          colorTextTertiary: soft,
          colorTextDescription: soft,
          colorTextPlaceholder: contrast ? '#333333' : '#5d6876',
          colorBorder: contrast ? '#000000' : '#8a94a3',
          motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
        },
      }}
    >
      <I18nProvider language={language}>
        <App className="hub-app">{children}</App>
      </I18nProvider>
    </ConfigProvider>
  );
}
