// The second factor: begin, prove, remove.

import Button from 'antd/es/button';
import Form from 'antd/es/form';
import Input from 'antd/es/input';
import QRCode from 'antd/es/qr-code';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountCommand } from '../../wire/generated';
import type { AccountModel } from './model';

export function TotpView({ model, onError }: {
  model: AccountModel; onError: (error: unknown) => void;
}) {
  const { t } = useI18n();
  const me = useObservable(model.me);
  const [enrolled, setEnrolled] = useState<{ secret: string; uri: string } | null>(null);
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);

  async function run(command: AccountCommand, then: (result: unknown) => void) {
    setBusy(true);
    try {
      const receipt = await model.run(command);
      then(receipt.result);
      await model.refresh();
    } catch (error) {
      onError(error);
    } finally {
      setBusy(false);
    }
  }

  const required = [{ required: true, message: t('signin.required') }];
  return (
    <section className="card" aria-labelledby="totp-title">
      <h2 id="totp-title">{t('totp.title')}</h2>
      <p className="soft">{me.totp ? t('totp.on') : t('totp.off')}</p>
      {!me.totp && enrolled === null && (
        <Button
          loading={busy}
          onClick={() => void run({ type: 'account.enrol_totp', body: {} },
            (result) => setEnrolled(result as { secret: string; uri: string }))}
        >
          {t('totp.enrol')}
        </Button>
      )}
      {!me.totp && enrolled !== null && (
        <>
          <p>{t('totp.scan')}</p>
          <div role="img" aria-label={t('totp.qr')}>
            <div aria-hidden="true">
              <QRCode value={enrolled.uri} type="svg" size={168} color="#000000" bgColor="#ffffff" />
            </div>
          </div>
          <dl className="facts">
            <dt>{t('totp.secret')}</dt><dd><code dir="ltr">{enrolled.secret}</code></dd>
          </dl>
          <Form<{ code: string }>
            layout="vertical"
            requiredMark={false}
            onFinish={({ code }) => void run({ type: 'account.confirm_totp', body: { code: code.trim() } },
              () => setEnrolled(null))}
          >
            <Form.Item name="code" label={t('signin.code')} rules={required}>
              <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} dir="ltr" />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={busy}>{t('totp.confirm')}</Button>
          </Form>
        </>
      )}
      {me.totp && !removing && <Button danger onClick={() => setRemoving(true)}>{t('totp.remove')}</Button>}
      {me.totp && removing && (
        <Form<{ password: string }>
          layout="vertical"
          requiredMark={false}
          onFinish={({ password }) => void run({ type: 'account.remove_totp', body: { password } },
            () => setRemoving(false))}
        >
          <Form.Item name="password" label={t('password.current')} rules={required}>
            <Input type="password" autoComplete="current-password" dir="ltr" />
          </Form.Item>
          <Button danger htmlType="submit" loading={busy}>{t('totp.remove')}</Button>
        </Form>
      )}
    </section>
  );
}
