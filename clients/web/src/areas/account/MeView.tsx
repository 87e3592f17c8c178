// Profile and account safety: own card, password, second factor, sessions.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Tag from 'antd/es/tag';
import type { ReactNode } from 'react';
import { useI18n } from '../../i18n';
import { PersonLine } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import type { Http } from '../../wire/http';
import { errorBodyOf } from '../../wire/http';
import type { AccountModel } from './model';
import { PasswordForm } from './PasswordForm';
import { SessionsView } from './SessionsView';
import { TotpView } from './TotpView';

export function MeView({ model, http, onSignOut, children }: {
  model: AccountModel; http: Http; onSignOut: () => void; children: ReactNode;
}) {
  const { t, error } = useI18n();
  const me = useObservable(model.me);
  const { message } = App.useApp();

  return (
    <main className="page me" id="main">
      <h1>{t('me.page')}</h1>
      <div className="me-cols">
        <section className="card" aria-label={t('me.title')}>
          <div className="line line-static"><PersonLine card={me.card} /></div>
          <dl className="facts">
            <dt>{t('signin.username')}</dt><dd><bdi dir="ltr">{me.card.username}</bdi></dd>
            {me.card.phone && <><dt>{t('me.phone')}</dt><dd><bdi dir="ltr">{me.card.phone}</bdi></dd></>}
            <dt>{t('me.roles')}</dt>
            <dd>{[...new Set(me.grants.map((grant) => grant.role))].map((role) => (
              <Tag key={role}>{t(`role.${role}`)}</Tag>
            ))}</dd>
          </dl>
          <Button danger onClick={onSignOut}>{t('me.signout')}</Button>
        </section>
        {children}
        <section className="card" aria-labelledby="password-title">
          <h2 id="password-title">{t('password.title')}</h2>
          <PasswordForm model={model} onDone={() => void message.success(t('password.done'))} />
        </section>
        <TotpView model={model} onError={(e) => void message.error(error(errorBodyOf(e)))} />
        <SessionsView model={model} http={http} onError={(e) => void message.error(error(errorBodyOf(e)))} />
      </div>
    </main>
  );
}
