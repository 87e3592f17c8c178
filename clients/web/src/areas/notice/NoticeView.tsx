// To-dos and announcements: a list, and what is chosen beside it; below it on a phone.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import App from 'antd/es/app';
import Button from 'antd/es/button';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { useRoving } from '../../kit/useRoving';
import type { StreamId } from '../../wire/generated';
import { NoticeDetail } from './NoticeDetail';
import { NoticeLine, SentLine } from './NoticeLine';
import { SendDialog, type TargetRoom } from './SendDialog';
import { SentDetail } from './SentDetail';
import { type NoticeModel, type Tab, type Which, isOpen } from './model';
import './notice.css';
import type { UnitChoice } from './targets';

export function NoticeView({ model, picker, maySend, units, rooms, onLink }: {
  model: NoticeModel; picker: RenderPicker; maySend: boolean;
  units: readonly UnitChoice[]; rooms: readonly TargetRoom[]; onLink: (path: string) => void;
}) {
  const { t, error } = useI18n();
  const { tab, which, items, sent, next, loaded, failure } = useObservable(model.list);
  const badges = useObservable(model.badges);
  const [chosen, setChosen] = useState<StreamId | null>(null);
  const [sending, setSending] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const rove = useRoving(list);

  useEffect(() => model.open(), [model]);
  const report = useReport();
  const { message } = App.useApp();
  const seek = useObservable(model.seek);
  useEffect(() => {
    if (seek === null) return;
    void report(async () => {
      if (!(await model.goTo(seek))) void message.info(t('notices.gone'));
    });
  }, [model, seek, report, message, t]);
  useEffect(() => {
    const sought = items.find((one) => one.notice === seek);
    if (sought === undefined) return;
    model.seek.set(null);
    setChosen(sought.notice);
  }, [model, seek, items]);
  const show = (to: Tab, state: Which) => {
    setChosen(null);
    model.show(to, state);
  };
  const count = (n: number) => (n > 0 ? <span className="notice-badge"> {n > 99 ? '99+' : n}</span> : null);
  const item = items.find((one) => one.notice === chosen);
  const counts = sent.find((one) => one.notice === chosen);
  const shown = tab === 'sent' ? sent : tab === 'todo' ? items.filter((one) => isOpen(one) === (which === 'open')) : items;
  const stop = shown.some((one) => one.notice === chosen) ? chosen : shown[0]?.notice;

  return (
    <main className={`page notices${item ?? counts ? ' notices-chosen' : ''}`} id="main">
      <div className="notice-head">
        <h1>{t('notices.title')}</h1>
        {maySend && <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={() => setSending(true)}>{t('notices.new')}</Button>}
      </div>
      <div className="notice-cols">
        <section className="card notice-list" aria-label={t('notices.title')}>
          <Choice<Tab>
            label={t('notices.tabs')}
            value={tab}
            onChange={(to) => show(to, 'open')}
            options={[
              { value: 'todo', label: <span>{t('notices.todo')}{count(badges.todos)}</span> },
              { value: 'announcement', label: <span>{t('notices.announcement')}{count(badges.announcements)}</span> },
              ...(maySend ? [{ value: 'sent' as const, label: t('notices.sent') }] : []),
            ]}
          />
          {tab === 'todo' && (
            <Choice<Which>
              label={t('notices.which')}
              value={which}
              onChange={(to) => show(tab, to)}
              options={[{ value: 'open', label: t('notices.open') }, { value: 'closed', label: t('notices.closed') }]}
            />
          )}
          <div aria-live="polite">
            {failure !== null && <Nothing>{error(failure)}</Nothing>}
            {!loaded && failure === null && <Nothing>{t('app.loading')}</Nothing>}
            {loaded && failure === null && shown.length === 0 && <Nothing>{t('notices.none')}</Nothing>}
          </div>
          {shown.length > 0 && (
            <ul className="plain notice-lines" ref={list} onKeyDown={rove}>
              {shown.map((one) => {
                const place = { current: one.notice === chosen, stop: one.notice === stop, onOpen: () => setChosen(one.notice) };
                return (
                  <li key={one.notice}>
                    {'addressed' in one ? <SentLine counts={one} {...place} /> : <NoticeLine item={one} now={Date.now()} {...place} />}
                  </li>
                );
              })}
            </ul>
          )}
          {next !== undefined && <Button block onClick={() => void model.load(true)}>{t('notices.more')}</Button>}
        </section>
        <section className="card notice-detail" aria-label={item?.title ?? counts?.title ?? t('notices.pick')}>
          {(item ?? counts) !== undefined && (
            <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" aria-hidden="true" />} onClick={() => setChosen(null)}>{t('app.back')}</Button>
          )}
          {item !== undefined && <NoticeDetail key={item.notice} model={model} item={item} onLink={onLink} />}
          {counts !== undefined && <SentDetail key={counts.notice} model={model} counts={counts} />}
          {item === undefined && counts === undefined && <Nothing>{t('notices.pick')}</Nothing>}
        </section>
      </div>
      {sending && (
        <SendDialog
          model={model}
          picker={picker}
          units={units}
          rooms={rooms}
          onClose={() => setSending(false)}
          onSent={() => {
            setSending(false);
            show('sent', 'open');
          }}
        />
      )}
    </main>
  );
}
