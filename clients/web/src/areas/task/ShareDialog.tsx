// Who may see one's month, and the feed for other calendar programs. The feed's secret is made
// here and only its fingerprint goes to the hub, so the address can be shown once and never again.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing, PersonLine } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { AccountId } from '../../wire/generated';
import type { TaskModel } from './model';
import { newSecret } from '../../kit/secret';

export function ShareDialog({ model, picker, onClose }: { model: TaskModel; picker: RenderPicker; onClose: () => void }) {
  const { t, name } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const shares = useObservable(model.shares);
  const [adding, setAdding] = useState<AccountId[] | null>(null);
  const [address, setAddress] = useState<string | null>(null);

  useEffect(() => { void report(() => model.loadShares()); }, [model, report]);
  const share = (account: AccountId, on: boolean) => report(() => model.calendar({ type: 'calendar.share', body: { account, on } }));

  async function add(accounts: readonly AccountId[]) {
    for (const account of accounts) if (!(await share(account, true))) return;
    setAdding(null);
  }

  async function openFeed() {
    const { secret, hash } = await newSecret();
    if (!(await report(() => model.calendar({ type: 'calendar.open_feed', body: { hash } })))) return;
    setAddress(`${location.origin}/v1/feeds/${secret}.ics`);
  }

  return (
    <Modal open centered title={t('task.share')} footer={null} onCancel={onClose}>
      <h3>{t('task.share.with')}</h3>
      {shares !== null && shares.with.length === 0 && <Nothing>{t('task.share.nobody')}</Nothing>}
      <ul className="plain">
        {shares?.with.map((card) => (
          <li key={card.account} className="line line-static">
            <PersonLine card={card} />
            <Button size="small" aria-label={t('task.share.stop', { name: name(card.names) })} onClick={() => void share(card.account, false)}>{t('group.remove')}</Button>
          </li>
        ))}
      </ul>
      {adding === null
        ? <Button onClick={() => setAdding([])}>{t('task.share.add')}</Button>
        : (
          <div className="adding">
            {picker(adding, [model.me, ...(shares?.with.map((one) => one.account) ?? [])], setAdding)}
            <div className="task-acts">
              <Button type="primary" disabled={adding.length === 0} onClick={() => void add(adding)}>{t('app.ok')}</Button>
              <Button type="text" onClick={() => setAdding(null)}>{t('app.cancel')}</Button>
            </div>
          </div>
        )}
      <h3>{t('task.feed')}</h3>
      <p className="soft small">{t('task.feed.hint')}</p>
      {address !== null && (
        <div className="field">
          <label htmlFor="feed-address">{t('task.feed.address')}</label>
          <span className="field-row">
            <Input id="feed-address" readOnly dir="ltr" value={address} onFocus={(event) => event.target.select()} />
            <Button onClick={() => void navigator.clipboard.writeText(address).then(() => message.success(t('task.copied')))}>{t('task.copy')}</Button>
          </span>
        </div>
      )}
      <div className="task-acts">
        <Button onClick={() => void openFeed()}>{t(shares?.feed ? 'task.feed.again' : 'task.feed.open')}</Button>
        {shares?.feed && (
          <Button danger onClick={() => void report(() => model.calendar({ type: 'calendar.close_feed', body: {} })).then(() => setAddress(null))}>
            {t('task.feed.close')}
          </Button>
        )}
      </div>
    </Modal>
  );
}
