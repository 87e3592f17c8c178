// Where an application is told of what happens, and how that goes.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { shortTime } from '../../kit/time';
import { useReport } from '../../kit/useReport';
import type { AppInfo, WebhookInfo, WebhookTopic } from '../../wire/generated';
import type { AppModel } from './model';
import { Once } from './Once';

const TOPICS: readonly WebhookTopic[] = ['messages', 'notices', 'tasks'];

export function WebhookForm({ model, app }: { model: AppModel; app: AppInfo }) {
  const { t } = useI18n();
  const { modal } = App.useApp();
  const report = useReport();
  const [url, setUrl] = useState(app.webhook?.url ?? '');
  const [topics, setTopics] = useState<readonly WebhookTopic[]>(app.webhook?.topics ?? ['messages']);
  const [secret, setSecret] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);

  async function set() {
    if (url.trim() === '' || topics.length === 0) return setWrong(t('apps.hook.need'));
    setWrong(null);
    await report(async () => setSecret(await model.setWebhook(app.app, url.trim(), topics)));
  }

  function clear() {
    modal.confirm({
      title: t('apps.hook.clearSure'), okText: t('apps.hook.clear'), cancelText: t('app.cancel'),
      onOk: () => report(async () => {
        await model.run(app.app, { type: 'app.clear_webhook', body: {} });
        setSecret(null);
      }),
    });
  }

  return (
    <section aria-label={t('apps.hook')}>
      <h2>{t('apps.hook')}</h2>
      <p className="soft small">{t('apps.hook.about')}</p>
      {app.webhook !== undefined && <State webhook={app.webhook} />}
      <label className="field">
        <span>{t('apps.hook.url')}</span>
        <Input value={url} dir="ltr" placeholder="https://" onChange={(event) => setUrl(event.target.value)} />
      </label>
      <div className="field" role="group" aria-label={t('apps.hook.topics')}>
        <span>{t('apps.hook.topics')}</span>
        <Checkbox.Group<WebhookTopic> className="app-checks" value={[...topics]} onChange={setTopics} options={TOPICS.map((value) => ({ value, label: t(`apps.hook.${value}`) }))} />
      </div>
      {secret !== null && <Once label={t('apps.hook.secret')} secret={secret} />}
      <p className="wrong" role="alert">{wrong}</p>
      <span className="app-acts">
        <Button type="primary" onClick={() => void set()}>{t(app.webhook === undefined ? 'apps.hook.set' : 'apps.hook.again')}</Button>
        {app.webhook !== undefined && <Button danger onClick={clear}>{t('apps.hook.clear')}</Button>}
      </span>
    </section>
  );
}

function State({ webhook }: { webhook: WebhookInfo }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { failing, waiting, lost } = webhook;
  const time = (at: number) => shortTime(at, Date.now(), i18n);
  return (
    <p className="small">
      {failing === undefined
        ? <span className="app-tag">{t('apps.hook.good')}</span>
        : (
          <span className="wrong">
            {t('apps.hook.failing', { since: time(failing.since), tries: failing.tries, error: failing.error, time: time(failing.again_at) })}
          </span>
        )}
      {waiting > 0 && <> {t('apps.hook.waiting', { n: waiting })}</>}
      {lost > 0 && <> {t('apps.hook.lost', { n: lost })}</>}
    </p>
  );
}
