// Room on this device, and what was said: cleared by the person, for the person.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Select from 'antd/es/select';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { StreamId } from '../../wire/generated';
import type { MeModel } from './me';
import { clearCache, sizeText, usage } from './store';

/** A conversation that may be cleared: the workbench knows them. */
export type Clearable = { stream: StreamId; name: string; head: number };

export function StoreSettings({ model, rooms }: { model: MeModel; rooms: readonly Clearable[] }) {
  const { t } = useI18n();
  const { message, modal } = App.useApp();
  const report = useReport();
  const [held, setHeld] = useState<number | null>(null);
  const [room, setRoom] = useState<StreamId | undefined>();
  const [busy, setBusy] = useState(false);
  useEffect(() => { usage().then(setHeld, () => undefined); }, []);

  async function clear() {
    setBusy(true);
    await report(async () => {
      const gone = await clearCache();
      void message.success(t('store.cleared', { size: sizeText(gone) }));
      setHeld(await usage());
    });
    setBusy(false);
  }
  function ask(one: Clearable | null) {
    modal.confirm({
      title: one === null ? t('history.all.ask') : t('history.one.ask', { name: one.name }),
      content: t('history.mine'),
      okText: t('history.clear'),
      cancelText: t('app.cancel'),
      okButtonProps: { danger: true },
      onOk: async () => {
        if (await report(() => model.clearHistory(one))) void message.success(t('history.done'));
      },
    });
  }
  const chosen = rooms.find((one) => one.stream === room);
  return (
    <section className="card" aria-labelledby="store-title">
      <h2 id="store-title">{t('store.title')}</h2>
      <div className="setting">
        <span>{t('store.held', { size: held === null ? '…' : sizeText(held) })}</span>
        <Button loading={busy} onClick={() => void clear()}>{t('store.clear')}</Button>
      </div>
      <p className="soft small">{t('store.hint')}</p>
      <h3>{t('history.title')}</h3>
      <p className="soft small">{t('history.mine')}</p>
      <div className="setting history-one">
        <Select<StreamId>
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          aria-label={t('history.room')}
          placeholder={t('history.room')}
          value={room ?? null}
          options={rooms.map((one) => ({ value: one.stream, label: one.name }))}
          onChange={(next) => setRoom(next ?? undefined)}
        />
        <Button disabled={chosen === undefined} onClick={() => { if (chosen !== undefined) ask(chosen); }}>{t('history.clear')}</Button>
      </div>
      <Button danger onClick={() => ask(null)}>{t('history.all')}</Button>
    </section>
  );
}
