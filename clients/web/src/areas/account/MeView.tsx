// 我的: who one is, how one wants the hub, and the safety of the account.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { Http } from '../../wire/http';
import { errorBodyOf } from '../../wire/http';
import './account.css';
import { AlertSettings } from './AlertSettings';
import type { MeModel } from './me';
import type { AccountModel } from './model';
import { OperatorSettings } from './OperatorSettings';
import { PasswordForm } from './PasswordForm';
import { ProfileCard } from './ProfileCard';
import { SessionsView } from './SessionsView';
import { type Clearable, StoreSettings } from './StoreSettings';
import { TotpView } from './TotpView';

export function MeView({ model, own, http, rooms, onSignOut, children }: {
  model: AccountModel; own: MeModel; http: Http; rooms: readonly Clearable[]; onSignOut: () => void; children: ReactNode;
}) {
  const { t, error } = useI18n();
  const me = useObservable(model.me);
  const { message } = App.useApp();
  const wrong = (cause: unknown) => void message.error(error(errorBodyOf(cause)));

  return (
    <main className="page me" id="main">
      <h1>{t('me.page')}</h1>
      <div className="me-cols">
        <ProfileCard account={model} model={own} />
        {children}
        <AlertSettings account={model} model={own} />
        <StoreSettings model={own} rooms={rooms} />
        <About http={http} onSignOut={onSignOut} />
      </div>
      <h2 className="me-part">{t('me.security')}</h2>
      <div className="me-cols">
        <section className="card" aria-labelledby="password-title">
          <h2 id="password-title">{t('password.title')}</h2>
          <PasswordForm model={model} onDone={() => void message.success(t('password.done'))} />
        </section>
        <TotpView model={model} onError={wrong} />
        <SessionsView model={model} http={http} onError={wrong} />
      </div>
      {me.permissions.includes('system.operate') && (
        <>
          <h2 className="me-part">{t('me.operate')}</h2>
          <div className="me-cols"><OperatorSettings model={own} /></div>
        </>
      )}
    </main>
  );
}

function About({ http, onSignOut }: { http: Http; onSignOut: () => void }) {
  const { t } = useI18n();
  const [build, setBuild] = useState('');
  const [fresh, setFresh] = useState<'asking' | 'same' | 'new' | null>(null);
  useEffect(() => { http.hello().then((hello) => setBuild(hello.build), () => undefined); }, [http]);

  /** The page as the server has it now, against the one that is open. */
  async function look() {
    setFresh('asking');
    try {
      const text = await (await fetch('/', { cache: 'no-store' })).text();
      const entry = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.getAttribute('src') ?? '';
      setFresh(text.includes(entry) ? 'same' : 'new');
    } catch {
      setFresh(null);
    }
  }
  return (
    <section className="card" aria-labelledby="about-title">
      <h2 id="about-title">{t('about.title')}</h2>
      <dl className="facts">
        <dt>{t('about.name')}</dt><dd>{t('app.name')}</dd>
        <dt>{t('about.build')}</dt><dd><bdi dir="ltr">{build || '—'}</bdi></dd>
      </dl>
      <p role="status">{fresh === 'same' ? t('about.latest') : fresh === 'new' ? t('about.newer') : ''}</p>
      <div className="me-acts">
        {fresh === 'new'
          ? <Button type="primary" onClick={() => location.reload()}>{t('ending.reload')}</Button>
          : <Button loading={fresh === 'asking'} onClick={() => void look()}>{t('about.look')}</Button>}
        <Button danger onClick={onSignOut}>{t('me.signout')}</Button>
      </div>
    </section>
  );
}
