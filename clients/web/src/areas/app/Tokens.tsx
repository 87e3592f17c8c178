// Tokens of an application: made here, shown once, revoked.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { fullTime } from '../../kit/time';
import { useReport } from '../../kit/useReport';
import { type AppInfo, NAME_CHARS_MAX, type Scope } from '../../wire/generated';
import type { AppModel } from './model';
import { Once } from './Once';

const SCOPES: readonly Scope[] = ['read', 'messages', 'notices', 'tasks', 'sign_in'];

export function Tokens({ model, app }: { model: AppModel; app: AppInfo }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { modal } = App.useApp();
  const report = useReport();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);

  function revoke(token: string) {
    modal.confirm({
      title: t('apps.tokens.revokeSure'), okText: t('apps.tokens.revoke'), cancelText: t('app.cancel'),
      onOk: () => report(() => model.run(app.app, { type: 'app.revoke_token', body: { token } })),
    });
  }

  return (
    <section aria-label={t('apps.tokens')}>
      <h2>{t('apps.tokens')}</h2>
      {app.tokens.length === 0 && <Nothing>{t('apps.tokens.none')}</Nothing>}
      <ul className="plain app-tokens">
        {app.tokens.map(({ token, label, scopes, used_at, revoked_at }) => (
          <li key={token}>
            <span className="app-words">
              <bdi>{label}</bdi>
              <span className="soft small">
                {scopes.map((scope) => t(`apps.scope.${scope}`)).join(' · ')} — {used_at === undefined
                  ? t('apps.tokens.unused') : t('apps.tokens.used', { time: fullTime(used_at, i18n) })}
              </span>
            </span>
            {revoked_at === undefined
              ? <Button size="small" danger aria-label={`${t('apps.tokens.revoke')} ${label}`} onClick={() => revoke(token)}>{t('apps.tokens.revoke')}</Button>
              : <span className="app-tag">{t('apps.tokens.revoked')}</span>}
          </li>
        ))}
      </ul>
      {secret !== null && <Once label={t('apps.token')} secret={secret} />}
      {making
        ? <NewToken
            onMake={async (label, scopes) => {
              if (await report(async () => setSecret(await model.issueToken(app.app, label, scopes)))) setMaking(false);
            }}
            onCancel={() => setMaking(false)}
          />
        : <Button onClick={() => setMaking(true)}>{t('apps.tokens.new')}</Button>}
    </section>
  );
}

function NewToken({ onMake, onCancel }: {
  onMake: (label: string, scopes: readonly Scope[]) => Promise<void>; onCancel: () => void;
}) {
  const { t } = useI18n();
  const [label, setLabel] = useState('');
  const [scopes, setScopes] = useState<Scope[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <div className="adding">
      <label className="field">
        <span>{t('apps.tokens.label')}</span>
        <Input value={label} dir="auto" maxLength={NAME_CHARS_MAX} onChange={(event) => setLabel(event.target.value)} />
      </label>
      <div className="field" role="group" aria-label={t('apps.tokens.scopes')}>
        <span>{t('apps.tokens.scopes')}</span>
        <Checkbox.Group<Scope> className="app-checks" value={scopes} onChange={setScopes} options={SCOPES.map((value) => ({ value, label: t(`apps.scope.${value}`) }))} />
      </div>
      <p className="wrong" role="alert">{wrong}</p>
      <span className="app-acts">
        <Button
          type="primary"
          onClick={() => {
            if (label.trim() === '' || scopes.length === 0) return setWrong(t('apps.tokens.need'));
            void onMake(label.trim(), scopes);
          }}
        >
          {t('apps.tokens.new')}
        </Button>
        <Button onClick={onCancel}>{t('app.cancel')}</Button>
      </span>
    </div>
  );
}
