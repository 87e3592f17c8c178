// A link for people without an account: with a password and an end, if one wants.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import type { DriveNode, StreamId } from '../../wire/generated';
import type { DriveModel } from './model';

type Days = '1' | '7' | '30' | '0';
const DAY_MS = 86_400_000;

/** The hub's own page for whoever has no account; it needs no script. */
export function linkAddress(token: string): string { return `${location.origin}/links/${token}`; }

export function ShareDialog({ model, space, node, onClose }: {
  model: DriveModel; space: StreamId; node: DriveNode; onClose: () => void;
}) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const [password, setPassword] = useState('');
  const [days, setDays] = useState<Days>('7');
  const [address, setAddress] = useState<string | null>(null);

  async function make() {
    await report(async () => {
      const body = {
        node: node.node, ...(password === '' ? {} : { password }),
        ...(days === '0' ? {} : { expires_at: Date.now() + Number(days) * DAY_MS }),
      };
      const { seq } = await model.run(space, { type: 'drive.share_link', body });
      const link = (await model.links(space)).find((one) => one.link === seq);
      if (link !== undefined) setAddress(linkAddress(link.token));
    });
  }

  return (
    <Modal open centered title={<bdi>{t('drive.shareOf', { name: node.name })}</bdi>} footer={null} onCancel={onClose}>
      <p className="soft small">{t('drive.shareHint')}</p>
      {/* Shown as it is typed: it has to be told to somebody. */}
      <label className="field">
        <span>{t('drive.password')}</span>
        <Input value={password} maxLength={128} dir="ltr" autoComplete="off" onChange={(event) => setPassword(event.target.value)} />
      </label>
      <div className="field">
        <span>{t('drive.expires')}</span>
        <Choice<Days> label={t('drive.expires')} value={days} onChange={setDays} options={(['1', '7', '30', '0'] as const).map((value) => ({ value, label: t(`drive.expires.${value}`) }))} />
      </div>
      {address === null
        ? <Button type="primary" onClick={() => void make()}>{t('drive.makeLink')}</Button>
        : (
          <div className="field">
            <label htmlFor="drive-link">{t('drive.link')}</label>
            <span className="field-row">
              <Input id="drive-link" readOnly dir="ltr" value={address} onFocus={(event) => event.target.select()} />
              <Button onClick={() => void navigator.clipboard.writeText(address).then(() => message.success(t('drive.copied')))}>{t('drive.copy')}</Button>
            </span>
          </div>
        )}
    </Modal>
  );
}
