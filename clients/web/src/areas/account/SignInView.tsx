// The sign-in page. In demo mode it also lists the demonstration accounts.

import Alert from 'antd/es/alert';
import Button from 'antd/es/button';
import Form from 'antd/es/form';
import Input from 'antd/es/input';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { PublicPage } from '../../kit/PublicPage';
import type { ErrorBody, Hello, Me, SignInRequest } from '../../wire/generated';
import { type Http, errorBodyOf } from '../../wire/http';
import { DemoAccounts } from './DemoAccounts';

type Fields = { username: string; password: string; code?: string };

export function SignInView({ http, ended, onSignedIn }: {
  http: Http; ended: boolean; onSignedIn: (me: Me) => void;
}) {
  const { t, error: errorText } = useI18n();
  const [hello, setHello] = useState<Hello | null>(null);
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [askCode, setAskCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Fields>();

  useEffect(() => {
    http.hello().then(setHello, (error: unknown) => setFailure(errorBodyOf(error)));
  }, [http]);

  async function signIn(request: SignInRequest) {
    setBusy(true);
    setFailure(null);
    try {
      onSignedIn((await http.signIn(request)).me);
    } catch (error) {
      const body = errorBodyOf(error);
      if (['account.code_required', 'account.wrong_code', 'account.code_used'].includes(body.code)) setAskCode(true);
      setFailure(body);
      setBusy(false);
    }
  }

  const required = [{ required: true, message: t('signin.required') }];
  return (
    <PublicPage filled={hello?.demo ?? false}>
      <section className="card signin-card" aria-labelledby="signin-title">
        <p className="signin-org">{t('app.org')}</p>
        <h1 id="signin-title">{t('signin.title')}</h1>
        <p className="soft">{t('signin.lead')}</p>
        {ended && failure === null && <Alert type="info" showIcon title={t('signin.ended')} />}
        <div role="alert">
          {failure !== null && (
            <Alert
              type={failure.code === 'account.code_required' ? 'info' : 'error'}
              showIcon
              title={errorText(failure)}
            />
          )}
        </div>
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          size="large"
          onFinish={({ username, password, code }) =>
            void signIn({ username: username.trim(), password, ...(code ? { code } : {}) })}
        >
          <Form.Item name="username" label={t('signin.username')} rules={required}>
            <Input autoComplete="username" autoCapitalize="none" spellCheck={false} dir="ltr" />
          </Form.Item>
          <Form.Item name="password" label={t('signin.password')} rules={required}>
            <Input type="password" autoComplete="current-password" dir="ltr" />
          </Form.Item>
          {askCode && (
            <Form.Item name="code" label={t('signin.code')} rules={required}>
              <Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} dir="ltr" autoFocus />
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit" block loading={busy}>{t('signin.submit')}</Button>
        </Form>
        <p className="soft small">{t('signin.help')}</p>
      </section>
      {hello?.demo && (
        <DemoAccounts
          accounts={hello.demo_accounts}
          busy={busy}
          onPick={({ card, password }) => {
            const fields = { username: card.username, password };
            form.setFieldsValue(fields);
            void signIn(fields);
          }}
        />
      )}
    </PublicPage>
  );
}
