// For who manages applications: the list in the square's order, and one of them in full.

import ArrowDownOutlined from '@ant-design/icons/es/icons/ArrowDownOutlined';
import ArrowUpOutlined from '@ant-design/icons/es/icons/ArrowUpOutlined';
import HolderOutlined from '@ant-design/icons/es/icons/HolderOutlined';
import Button from 'antd/es/button';
import Drawer from 'antd/es/drawer';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import { type AccountId, type AppInfo, NAME_CHARS_MAX, type StreamId } from '../../wire/generated';
import { AppForm } from './AppForm';
import { AppIcon } from './AppIcon';
import type { AppModel } from './model';
import type { UnitChoice } from './targets';
import { Tokens } from './Tokens';
import { WebhookForm } from './WebhookForm';

export function ManageDrawer({ model, apps, picker, units, onClose }: {
  model: AppModel; apps: readonly AppInfo[]; picker: RenderPicker; units: readonly UnitChoice[]; onClose: () => void;
}) {
  const { t, dir } = useI18n();
  const [chosen, setChosen] = useState<StreamId | 'new' | null>(null);
  const app = apps.find((one) => one.app === chosen);
  return (
    <Drawer
      open
      title={app?.name ?? t(chosen === 'new' ? 'apps.register.title' : 'apps.manage')}
      placement={dir === 'rtl' ? 'left' : 'right'}
      size={560}
      closable={{ 'aria-label': t('app.close') }}
      onClose={onClose}
    >
      {chosen !== null && <Button size="small" className="app-back" onClick={() => setChosen(null)}>{t('apps.back')}</Button>}
      {chosen === null && <List model={model} apps={apps} onChoose={setChosen} />}
      {chosen === 'new' && <Register model={model} picker={picker} onDone={setChosen} />}
      {app !== undefined && (
        <div className="app-form" key={app.app}>
          <AppForm model={model} app={app} picker={picker} units={units} />
          <Tokens model={model} app={app} />
          <WebhookForm model={model} app={app} />
        </div>
      )}
    </Drawer>
  );
}

function List({ model, apps, onChoose }: {
  model: AppModel; apps: readonly AppInfo[]; onChoose: (chosen: StreamId | 'new') => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [dragged, setDragged] = useState<StreamId | null>(null);
  const [over, setOver] = useState<StreamId | null>(null);
  const put = (app: StreamId, to: number) => void report(() => model.place(app, to));

  return (
    <>
      <div className="app-acts">
        <Button type="primary" onClick={() => onChoose('new')}>{t('apps.register')}</Button>
      </div>
      {apps.length === 0 ? <Nothing>{t('apps.noneManaged')}</Nothing> : <p className="soft small">{t('apps.order')}</p>}
      <ul className="plain app-rows" aria-label={t('apps.manage')}>
        {apps.map(({ app, name, icon, shown, webhook }, n) => (
          <li
            key={app}
            draggable
            {...(over === app && dragged !== app ? { 'data-over': '' } : {})}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              setDragged(app);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(app);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null && dragged !== app) put(dragged, n);
            }}
          >
            <HolderOutlined className="soft" aria-hidden="true" />
            <button type="button" className="line" onClick={() => onChoose(app)}>
              <AppIcon app={app} name={name} icon={icon} small />
              <bdi className="line-name">{name}</bdi>
              {!shown && <span className="app-tag">{t('apps.hidden')}</span>}
              {webhook?.failing !== undefined && <span className="app-tag app-tag-bad">{t('apps.failing')}</span>}
            </button>
            <span className="app-moves">
              <Button type="text" size="small" disabled={n === 0} icon={<ArrowUpOutlined />} aria-label={t('apps.up', { name })} onClick={() => put(app, n - 1)} />
              <Button type="text" size="small" disabled={n === apps.length - 1} icon={<ArrowDownOutlined />} aria-label={t('apps.down', { name })} onClick={() => put(app, n + 1)} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Register({ model, picker, onDone }: {
  model: AppModel; picker: RenderPicker; onDone: (app: StreamId) => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [name, setName] = useState('');
  const [accounts, setAccounts] = useState<readonly AccountId[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);

  async function register() {
    const account = accounts[0];
    if (name.trim() === '' || account === undefined) return setWrong(t('apps.needName'));
    setWrong(null);
    await report(async () => onDone(await model.register(name.trim(), account)));
  }

  return (
    <div className="app-form">
      <label className="field">
        <span>{t('apps.name')}</span>
        <Input value={name} dir="auto" maxLength={NAME_CHARS_MAX} onChange={(event) => setName(event.target.value)} />
      </label>
      <div className="field">
        <span>{t('apps.account')}</span>
        {/* One account: the last one chosen. */}
        {picker(accounts, [], (next) => setAccounts(next.slice(-1)))}
      </div>
      <p className="wrong" role="alert">{wrong}</p>
      <Button type="primary" onClick={() => void register()}>{t('apps.register')}</Button>
    </div>
  );
}
