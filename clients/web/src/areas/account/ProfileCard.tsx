// The person as colleagues see them: picture, name, and the organisation's own fields.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Select from 'antd/es/select';
import Tag from 'antd/es/tag';
import { useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { avatars } from '../../kit/avatars';
import { Face, useCardText } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { FIELD_CHARS_MAX, type ProfileField } from '../../wire/generated';
import { AvatarDialog } from './AvatarDialog';
import type { MeModel } from './me';
import type { AccountModel } from './model';

const PICTURE_BYTES_MAX = 20 * 1024 * 1024;

export function ProfileCard({ account, model }: { account: AccountModel; model: MeModel }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const me = useObservable(account.me);
  const has = useObservable(avatars).has(me.card.account);
  const text = useCardText()(me.card);
  const file = useRef<HTMLInputElement>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);

  async function chosen(source: File | undefined) {
    if (source === undefined) return;
    try {
      if (source.size > PICTURE_BYTES_MAX) throw new Error('too large');
      setPicture(await createImageBitmap(source, { imageOrientation: 'from-image' }));
    } catch {
      void message.error(t('me.avatar.wrong'));
    }
  }

  return (
    <section className="card" aria-labelledby="profile-title">
      <h2 id="profile-title">{t('me.title')}</h2>
      <div className="me-head">
        <Face id={me.card.account} name={text.name} large />
        <div className="line-body line-person">
          <bdi className="line-name me-name">{text.name}</bdi>
          <span className="line-sub"><bdi>{text.line}</bdi></span>
          <span className="me-acts">
            <input ref={file} type="file" accept="image/png,image/jpeg,image/webp" hidden onChange={(event) => {
              void chosen(event.target.files?.[0]);
              event.target.value = '';
            }} />
            <Button size="small" onClick={() => file.current?.click()}>{t('me.avatar.choose')}</Button>
            {has && <Button size="small" onClick={() => void report(() => model.setAvatar(null))}>{t('me.avatar.remove')}</Button>}
          </span>
        </div>
      </div>
      <dl className="facts">
        <dt>{t('signin.username')}</dt><dd><bdi dir="ltr">{me.card.username}</bdi></dd>
        {me.card.phone && <><dt>{t('me.phone')}</dt><dd><bdi dir="ltr">{me.card.phone}</bdi></dd></>}
        <dt>{t('me.roles')}</dt>
        <dd>{[...new Set(me.grants.map((grant) => grant.role))].map((role) => (
          <Tag key={role}>{t(`role.${role}`)}</Tag>
        ))}</dd>
      </dl>
      <Fields account={account} model={model} />
      {picture !== null && <AvatarDialog model={model} picture={picture} onClose={() => setPicture(null)} />}
    </section>
  );
}

/** What the organisation keeps besides; the person fills in what is theirs to fill in. */
function Fields({ account, model }: { account: AccountModel; model: MeModel }) {
  const { t, name } = useI18n();
  const report = useReport();
  const { message } = App.useApp();
  const me = useObservable(account.me);
  const fields = useObservable(model.organisation)?.fields ?? [];
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({});
  if (fields.length === 0) return null;
  const kept = new Map(me.fields.map(({ field, text }) => [field, text]));
  async function save() {
    const values = Object.entries(changed).map(([field, text]) => ({ field, text }));
    if (!await report(() => model.setFields(values))) return;
    setChanged({});
    void message.success(t('me.fields.saved'));
  }
  return (
    <form className="me-fields" onSubmit={(event) => {
      event.preventDefault();
      void save();
    }}>
      <h3>{t('me.fields')}</h3>
      {fields.map((field) => (
        <div key={field.field} className="setting">
          <label htmlFor={`own-${field.field}`}>{name(field.names)}</label>
          {field.own ? (
            <Field
              field={field}
              value={changed[field.field] ?? kept.get(field.field) ?? ''}
              onChange={(text) => setChanged((now) => ({ ...now, [field.field]: text }))}
            />
          ) : <span id={`own-${field.field}`}><bdi>{kept.get(field.field) ?? '—'}</bdi></span>}
        </div>
      ))}
      {Object.keys(changed).length > 0 && <Button type="primary" htmlType="submit">{t('app.save')}</Button>}
    </form>
  );
}

function Field({ field, value, onChange }: { field: ProfileField; value: string; onChange: (text: string) => void }) {
  const { t, name } = useI18n();
  const id = `own-${field.field}`;
  if (field.kind === 'choice') {
    const options = [{ value: '', label: t('me.fields.none') }, ...(field.choices ?? []).map((one) => ({ value: one, label: one }))];
    return <Select className="own-field" id={id} aria-label={name(field.names)} value={value} options={options} onChange={onChange} />;
  }
  if (field.kind === 'date') {
    return <input className="native" id={id} type="date" value={value} onChange={(event) => onChange(event.target.value)} />;
  }
  return (
    <Input
      className="own-field"
      id={id}
      dir="auto"
      inputMode={field.kind === 'number' ? 'decimal' : field.kind === 'phone' ? 'tel' : 'text'}
      maxLength={FIELD_CHARS_MAX}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
