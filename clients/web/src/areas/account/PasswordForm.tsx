// A change of one's own password, asked for or demanded.

import Alert from 'antd/es/alert';
import Button from 'antd/es/button';
import Form from 'antd/es/form';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { PASSWORD_CHARS_MAX, type ErrorBody } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { AccountModel } from './model';

type Fields = { current: string; next: string; repeat: string };

export function PasswordForm({ model, onDone }: { model: AccountModel; onDone: () => void }) {
  const { t, error: errorText } = useI18n();
  const [form] = Form.useForm<Fields>();
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [busy, setBusy] = useState(false);

  async function change({ current, next }: Fields) {
    setBusy(true);
    setFailure(null);
    try {
      await model.run({ type: 'account.change_password', body: { current, new: next } });
      form.resetFields();
      await model.refresh();
      onDone();
    } catch (error) {
      setFailure(errorBodyOf(error));
    } finally {
      setBusy(false);
    }
  }

  const required = { required: true, message: t('signin.required') };
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void change(fields)}>
      <div role="alert">
        {failure !== null && <Alert type="error" showIcon title={errorText(failure)} />}
      </div>
      <Form.Item name="current" label={t('password.current')} rules={[required]}>
        <Input type="password" autoComplete="current-password" dir="ltr" />
      </Form.Item>
      <Form.Item name="next" label={t('password.new')} extra={t('password.rules')} rules={[required]}>
        <Input type="password" autoComplete="new-password" dir="ltr" maxLength={PASSWORD_CHARS_MAX} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t('password.repeat')}
        dependencies={['next']}
        rules={[required, ({ getFieldValue }) => ({
          validator: (_rule, value: string) => (!value || value === getFieldValue('next')
            ? Promise.resolve()
            : Promise.reject(new Error(t('password.differ')))),
        })]}
      >
        <Input type="password" autoComplete="new-password" dir="ltr" maxLength={PASSWORD_CHARS_MAX} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>{t('app.save')}</Button>
    </Form>
  );
}
