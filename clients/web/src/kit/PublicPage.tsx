// The frame of a page for somebody who is not at the desk yet: name, language, one matter.

import SafetyOutlined from '@ant-design/icons/es/icons/SafetyOutlined';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n';
import { LanguageSwitch } from './pieces';

export function PublicPage({ filled, children }: { filled?: boolean; children: ReactNode }) {
  const { t } = useI18n();
  return (
    <div className="signin">
      <header className="signin-head">
        <span className="brand"><SafetyOutlined aria-hidden="true" /> <span>{t('app.name')}</span></span>
        <LanguageSwitch />
      </header>
      <main className={filled ? 'signin-main signin-demo' : 'signin-main'} id="main">{children}</main>
    </div>
  );
}
