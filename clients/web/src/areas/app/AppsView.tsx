// The app square: what one may open, found by a few letters; behind it, for managers, how it is
// arranged.

import MessageOutlined from '@ant-design/icons/es/icons/MessageOutlined';
import SearchOutlined from '@ant-design/icons/es/icons/SearchOutlined';
import SettingOutlined from '@ant-design/icons/es/icons/SettingOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { Suspense, lazy, useEffect, useMemo, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { SquareApp, StreamId } from '../../wire/generated';
import { AppIcon } from './AppIcon';
import './app.css';
import { type AppModel, fits } from './model';
import type { UnitChoice } from './targets';

const ManageDrawer = lazy(() => import('./ManageDrawer').then((m) => ({ default: m.ManageDrawer })));

export function AppsView({ model, picker, units, mayManage, onRoom }: {
  model: AppModel; picker: RenderPicker; units: readonly UnitChoice[]; mayManage: boolean;
  onRoom: (stream: StreamId) => void;
}) {
  const { t, error } = useI18n();
  const { apps, loaded, failure } = useObservable(model.square);
  const managed = useObservable(model.managed);
  const [query, setQuery] = useState('');
  const [managing, setManaging] = useState(false);

  useEffect(() => {
    void model.load();
    if (mayManage) void model.loadManaged();
  }, [model, mayManage]);
  const shown = useMemo(() => apps.filter((one) => fits(one, query)), [apps, query]);

  return (
    <main className="page apps" id="main">
      <div className="apps-head">
        <h1>{t('apps.title')}</h1>
        <Input
          type="search"
          allowClear
          className="apps-search"
          prefix={<SearchOutlined aria-hidden="true" />}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          placeholder={t('apps.search')}
          aria-label={t('apps.search')}
        />
        {managed !== null && (
          <Button icon={<SettingOutlined aria-hidden="true" />} onClick={() => setManaging(true)}>{t('apps.manage')}</Button>
        )}
      </div>
      <div aria-live="polite">
        {failure !== null && <Nothing>{error(failure)}</Nothing>}
        {!loaded && <Nothing>{t('app.loading')}</Nothing>}
        {loaded && failure === null && shown.length === 0 && <Nothing>{t(query === '' ? 'apps.none' : 'apps.noMatch')}</Nothing>}
      </div>
      {shown.length > 0 && (
        <ul className="plain apps-grid" aria-label={t('apps.title')}>
          {shown.map((one) => <Tile key={one.app} model={model} app={one} onRoom={onRoom} />)}
        </ul>
      )}
      {managing && managed !== null && (
        <Suspense fallback={null}>
          <ManageDrawer model={model} apps={managed} picker={picker} units={units} onClose={() => setManaging(false)} />
        </Suspense>
      )}
    </main>
  );
}

function Tile({ model, app, onRoom }: { model: AppModel; app: SquareApp; onRoom: (stream: StreamId) => void }) {
  const { t } = useI18n();
  const report = useReport();
  const { name, summary, url } = app;
  const words = (
    <>
      <AppIcon app={app.app} name={name} icon={app.icon} />
      <span className="app-words">
        <bdi className="app-name">{name}</bdi>
        {summary !== '' && <bdi className="app-summary">{summary}</bdi>}
      </span>
    </>
  );
  return (
    <li className="card app-tile" data-app={app.app}>
      {url === ''
        ? <span className="app-open">{words}</span>
        : <a className="app-open" href={url} target="_blank" rel="noopener" aria-label={t('apps.open', { name })}>{words}</a>}
      <Button
        size="small"
        className="app-chat"
        icon={<MessageOutlined aria-hidden="true" />}
        aria-label={t('apps.chatWith', { name })}
        onClick={() => void report(async () => onRoom(await model.openChat(app.app)))}
      >
        {t('apps.chat')}
      </Button>
    </li>
  );
}
