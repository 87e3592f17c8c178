// What an application shows, who may use it, and where people come back to after signing in.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Select from 'antd/es/select';
import Switch from 'antd/es/switch';
import { useId, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import { type AppInfo, NAME_CHARS_MAX, type Role, TITLE_CHARS_MAX } from '../../wire/generated';
import { squareOf } from '../../kit/squareOf';
import { AppIcon } from './AppIcon';
import { type AppModel, idOf } from './model';
import { type For, ROLES, type UnitChoice, forOf, targetOf } from './targets';

/** Sharp where it is largest, at three device pixels a pixel. */
const ICON_SIDE = 192;
const WAYS = ['all', 'units', 'roles', 'people'] as const;

/** Taken as soon as it is chosen; letters in the form take its place when they are saved. */
function PictureField({ model, app, onTaken }: { model: AppModel; app: AppInfo; onTaken: () => void }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const file = useRef<HTMLInputElement>(null);

  async function take(chosen: File | undefined) {
    if (chosen === undefined) return;
    let picture: Blob;
    try {
      picture = await squareOf(chosen, ICON_SIDE);
    } catch {
      return void message.error(t('apps.picture.wrong'));
    }
    if (!(await report(() => model.setPicture(app.app, picture)))) return;
    onTaken();
    void message.success(t('apps.saved'));
  }

  return (
    <div className="field">
      <span>{t('apps.picture')}</span>
      <span className="field-row app-picture">
        <AppIcon app={app.app} name={app.name} icon={app.icon} />
        <Button onClick={() => file.current?.click()}>{t('apps.picture.choose')}</Button>
        <input
          ref={file}
          type="file"
          hidden
          accept="image/png,image/jpeg,image/webp"
          aria-label={t('apps.picture')}
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </span>
      <span className="soft small">{t('apps.picture.hint')}</span>
    </div>
  );
}

export function AppForm({ model, app, picker, units }: {
  model: AppModel; app: AppInfo; picker: RenderPicker; units: readonly UnitChoice[];
}) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const id = useId();
  const [draft, setDraft] = useState(() => ({
    name: app.name, summary: app.summary, icon: app.icon?.kind === 'text' ? app.icon.text : '', url: app.url,
    order: String(app.order), shown: app.shown, redirects: app.redirects.join('\n'),
  }));
  const [chosen, setChosen] = useState<For>(() => forOf(app.target, units.find((one) => one.root)?.unit));
  const [wrong, setWrong] = useState<string | null>(null);
  const change = (part: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...part }));
  const choose = (part: Partial<For>) => setChosen((now) => ({ ...now, ...part }));
  const options = units.map((one) => ({ value: one.unit, label: one.label }));
  const ways = chosen.to === 'rooms' ? [...WAYS, 'rooms' as const] : WAYS;

  async function save() {
    const target = targetOf(chosen);
    if (target === null) return setWrong(t('apps.needTarget'));
    setWrong(null);
    const icon = draft.icon.trim();
    const saved = await report(() => model.run(app.app, {
      type: 'app.change',
      body: {
        name: draft.name.trim(), summary: draft.summary.trim(), url: draft.url.trim(), target, shown: draft.shown,
        order: Number(draft.order) || 0,
        redirects: draft.redirects.split('\n').map((one) => one.trim()).filter((one) => one !== ''),
        ...(icon === '' ? {} : { icon: { kind: 'text' as const, text: icon } }),
      },
    }));
    if (saved) void message.success(t('apps.saved'));
  }

  return (
    <section aria-label={app.name}>
      <label className="field">
        <span>{t('apps.name')}</span>
        <Input value={draft.name} dir="auto" maxLength={NAME_CHARS_MAX} onChange={(event) => change({ name: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('apps.summary')}</span>
        <Input value={draft.summary} dir="auto" maxLength={TITLE_CHARS_MAX} onChange={(event) => change({ summary: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('apps.icon')}</span>
        <Input value={draft.icon} dir="auto" maxLength={12} onChange={(event) => change({ icon: event.target.value })} />
      </label>
      <PictureField model={model} app={app} onTaken={() => change({ icon: '' })} />
      <label className="field">
        <span>{t('apps.url')}</span>
        <Input value={draft.url} dir="ltr" placeholder="https://" onChange={(event) => change({ url: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('apps.place')}</span>
        <Input inputMode="numeric" dir="ltr" value={draft.order} onChange={(event) => change({ order: event.target.value.replace(/[^0-9]/gu, '').slice(0, 6) })} />
      </label>
      <div className="setting">
        <span id={`${id}shown`}>{t('apps.shown')}</span>
        <Switch aria-labelledby={`${id}shown`} checked={draft.shown} onChange={(shown) => change({ shown })} />
      </div>
      <div className="field">
        <span>{t('apps.for')}</span>
        <Choice<For['to']> label={t('apps.for')} value={chosen.to} onChange={(to) => choose({ to })} options={ways.map((value) => ({ value, label: t(`apps.for.${value}`) }))} />
      </div>
      {chosen.to === 'roles' && (
        <Select<Role[]> mode="multiple" className="field" aria-label={t('apps.for.roles')} value={[...chosen.roles]} onChange={(roles) => choose({ roles })} options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
      )}
      {chosen.to === 'roles' && (
        <Select<string> showSearch optionFilterProp="label" className="field" aria-label={t('apps.for.units')} value={chosen.unit ?? ''} onChange={(unit) => choose({ unit })} options={options} />
      )}
      {chosen.to === 'units' && (
        <Select<string[]> mode="multiple" optionFilterProp="label" className="field" aria-label={t('apps.for.units')} value={[...chosen.units]} onChange={(next) => choose({ units: next })} options={options} />
      )}
      {chosen.to === 'people' && picker(chosen.accounts, [], (accounts) => choose({ accounts }))}
      <label className="field">
        <span>{t('apps.redirects')}</span>
        <Input.TextArea value={draft.redirects} dir="ltr" autoSize={{ minRows: 2, maxRows: 6 }} onChange={(event) => change({ redirects: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('apps.client')}</span>
        <Input readOnly dir="ltr" value={idOf(app.app)} onFocus={(event) => event.target.select()} />
      </label>
      <p className="wrong" role="alert">{wrong}</p>
      <Button type="primary" onClick={() => void save()}>{t('app.save')}</Button>
    </section>
  );
}
