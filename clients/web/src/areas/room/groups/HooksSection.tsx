// Other systems that write in a group: each has a name and an address, which is shown once.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { useCallback, useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import { useReport } from '../../../kit/useReport';
import { type HookInfo, NAME_CHARS_MAX, type StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { hookAddress, hooksOf } from './api';

export function HooksSection({ model, stream }: { model: RoomModel; stream: StreamId }) {
  const { t } = useI18n();
  const { modal } = App.useApp();
  const report = useReport();
  const [hooks, setHooks] = useState<readonly HookInfo[]>([]);
  const [label, setLabel] = useState<string | null>(null);
  const [address, setAddress] = useState<string | null>(null);

  const load = useCallback(() => {
    hooksOf(model.http, stream).then(setHooks, () => undefined);
  }, [model, stream]);
  useEffect(load, [load]);

  async function make(name: string) {
    const made = await report(async () => {
      const { result } = await model.run(stream, { type: 'room.create_hook', body: { label: name } });
      setAddress(hookAddress((result as { hook: string }).hook));
    });
    if (!made) return;
    setLabel(null);
    load();
  }

  function revoke(seq: number) {
    modal.confirm({
      title: t('hooks.revokeSure'), okText: t('app.ok'), cancelText: t('app.cancel'),
      onOk: async () => {
        await report(() => model.run(stream, { type: 'room.revoke_hook', body: { seq } }));
        load();
      },
    });
  }

  return (
    <section className="doorway hooks" aria-label={t('hooks.title')}>
      <h3>{t('hooks.title')}</h3>
      <p className="soft small">{t('hooks.about')}</p>
      <ul className="plain">
        {hooks.filter((one) => !one.revoked).map((one) => (
          <li key={one.seq} className="invite small">
            <bdi>{one.label}</bdi>
            <Button size="small" aria-label={t('hooks.revoke', { label: one.label })} onClick={() => revoke(one.seq)}>{t('invite.revoke')}</Button>
          </li>
        ))}
      </ul>
      {address !== null && <Address address={address} />}
      {label === null
        ? <Button size="small" onClick={() => setLabel('')}>{t('hooks.create')}</Button>
        : (
          <form
            className="adding"
            onSubmit={(event) => {
              event.preventDefault();
              if (label.trim() !== '') void make(label.trim());
            }}
          >
            <label className="field">
              <span>{t('hooks.label')}</span>
              <Input value={label} dir="auto" maxLength={NAME_CHARS_MAX} onChange={(event) => setLabel(event.target.value)} />
            </label>
            <span className="field-row">
              <Button type="primary" htmlType="submit" disabled={label.trim() === ''}>{t('hooks.create')}</Button>
              <Button onClick={() => setLabel(null)}>{t('app.cancel')}</Button>
            </span>
          </form>
        )}
    </section>
  );
}

function Address({ address }: { address: string }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  return (
    <div className="adding">
      <p className="soft small">{t('hooks.once')}</p>
      <Input readOnly dir="ltr" value={address} aria-label={t('hooks.address')} onFocus={(event) => event.target.select()} />
      <Button size="small" onClick={() => void navigator.clipboard?.writeText(address).then(() => void message.success(t('chat.copied')))}>
        {t('hooks.copy')}
      </Button>
    </div>
  );
}
