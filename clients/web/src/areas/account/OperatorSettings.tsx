// For operators: the fields that the organisation keeps of its people, the watermark, and what
// devices were told lately.

import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import Select from 'antd/es/select';
import Switch from 'antd/es/switch';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { FieldKind, ProfileField, PushLogLine, Watermark } from '../../wire/generated';
import type { MeModel } from './me';

const KINDS: readonly FieldKind[] = ['text', 'number', 'date', 'choice', 'phone'];
const PROVIDERS = { web: 'Web Push', apns: 'APNs', fcm: 'FCM', huawei: 'Huawei', xiaomi: 'Xiaomi' } as const;

export function OperatorSettings({ model }: { model: MeModel }) {
  const { t } = useI18n();
  const report = useReport();
  const organisation = useObservable(model.organisation);
  if (organisation === null) return null;
  const { watermark } = organisation;
  const toggle = (key: keyof Watermark) => (on: boolean) => void report(() => model.operate({
    type: 'organisation.set_watermark', body: { watermark: { ...watermark, [key]: on } },
  }));
  return (
    <>
      <section className="card" aria-labelledby="mark-title">
        <h2 id="mark-title">{t('mark.title')}</h2>
        {(['visible', 'hidden'] as const).map((key) => (
          <div key={key} className="setting">
            <label htmlFor={`mark-${key}`}>{t(`mark.${key}`)}</label>
            <Switch id={`mark-${key}`} aria-label={t(`mark.${key}`)} checked={watermark[key]} onChange={toggle(key)} />
          </div>
        ))}
        <p className="soft small">{t('mark.hint')}</p>
      </section>
      <FieldsEditor key={JSON.stringify(organisation.fields)} model={model} fields={organisation.fields} />
      <PushLog model={model} />
    </>
  );
}

const FRESH: ProfileField = { field: '', names: { zh: '' }, kind: 'text', own: true, shown: true };

function FieldsEditor({ model, fields }: { model: MeModel; fields: readonly ProfileField[] }) {
  const { t, name } = useI18n();
  const report = useReport();
  const [list, setList] = useState(fields);
  const [fresh, setFresh] = useState<ProfileField>(FRESH);
  const [choices, setChoices] = useState('');
  const save = (next: readonly ProfileField[]) => report(() => model.operate({
    type: 'organisation.set_profile_fields', body: { fields: [...next] },
  }));
  function change(at: number, part: Partial<ProfileField>) {
    const next = list.map((one, place) => (place === at ? { ...one, ...part } : one));
    setList(next);
    void save(next);
  }
  async function add() {
    const split = choices.split(/[,，、\n]/u).map((one) => one.trim()).filter((one) => one !== '');
    const field: ProfileField = fresh.kind === 'choice' ? { ...fresh, choices: split } : fresh;
    if (!await save([...list, field])) return;
    setFresh(FRESH);
    setChoices('');
  }
  const named = (part: 'zh' | 'ug' | 'en', text: string) => setFresh({ ...fresh, names: { ...fresh.names, [part]: text } });
  return (
    <section className="card" aria-labelledby="fields-title">
      <h2 id="fields-title">{t('fields.title')}</h2>
      <ul className="plain">
        {list.map((one, at) => (
          <li key={one.field} className="line line-static">
            <span className="line-body">
              <bdi className="line-name">{name(one.names)}</bdi>
              <span className="line-sub">{t(`fields.${one.kind}`)} · <bdi dir="ltr">{one.field}</bdi></span>
            </span>
            <Checkbox checked={one.own} onChange={(event) => change(at, { own: event.target.checked })}>{t('fields.own')}</Checkbox>
            <Checkbox checked={one.shown} onChange={(event) => change(at, { shown: event.target.checked })}>{t('fields.shown')}</Checkbox>
            <Button size="small" danger aria-label={t('fields.removeOf', { name: name(one.names) })} onClick={() => void save(list.filter((_, place) => place !== at))}>{t('fields.remove')}</Button>
          </li>
        ))}
      </ul>
      <form className="field-new" onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}>
        <Input aria-label={t('fields.zh')} placeholder={t('fields.zh')} lang="zh-CN" value={fresh.names.zh} onChange={(event) => named('zh', event.target.value)} />
        <Input aria-label={t('fields.ug')} placeholder={t('fields.ug')} lang="ug" dir="auto" value={fresh.names.ug ?? ''} onChange={(event) => named('ug', event.target.value)} />
        <Input aria-label={t('fields.en')} placeholder={t('fields.en')} lang="en" value={fresh.names.en ?? ''} onChange={(event) => named('en', event.target.value)} />
        <Input aria-label={t('fields.key')} placeholder={t('fields.key')} dir="ltr" value={fresh.field} onChange={(event) => setFresh({ ...fresh, field: event.target.value })} />
        <Select<FieldKind>
          aria-label={t('fields.kind')}
          value={fresh.kind}
          options={KINDS.map((kind) => ({ value: kind, label: t(`fields.${kind}`) }))}
          onChange={(kind) => setFresh({ ...fresh, kind })}
        />
        {fresh.kind === 'choice' && (
          <Input aria-label={t('fields.choices')} placeholder={t('fields.choices')} dir="auto" value={choices} onChange={(event) => setChoices(event.target.value)} />
        )}
        <Button htmlType="submit" disabled={fresh.names.zh.trim() === '' || fresh.field.trim() === ''}>{t('fields.add')}</Button>
      </form>
    </section>
  );
}

function PushLog({ model }: { model: MeModel }) {
  const i18n = useI18n();
  const { t } = i18n;
  const [lines, setLines] = useState<readonly PushLogLine[] | null>(null);
  const load = () => void model.pushLog().then(setLines, () => undefined);
  useEffect(load, [model]);
  return (
    <section className="card" aria-labelledby="push-log-title">
      <h2 id="push-log-title">{t('push.log')}</h2>
      <p className="soft small">{t('push.log.hint')}</p>
      {lines !== null && lines.length === 0 && <p>{t('push.log.none')}</p>}
      {lines !== null && lines.length > 0 && (
        <ul className="plain push-log" tabIndex={0} aria-labelledby="push-log-title">
          {lines.slice(0, 30).map((one, at) => (
            <li key={at} className="line line-static">
              <span className="line-body">
                <bdi className="line-name">{one.name}</bdi>
                <span className="line-sub">{fullTime(one.at, i18n)} · {PROVIDERS[one.provider]} · {t(one.text ? 'push.log.text' : 'push.log.bare')}</span>
              </span>
              <span className="small">{t(`push.outcome.${one.outcome as 'sent'}`)}</span>
            </li>
          ))}
        </ul>
      )}
      <Button size="small" onClick={load}>{t('app.refresh')}</Button>
    </section>
  );
}
