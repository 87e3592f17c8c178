// What a desk has before it: those that wait, with how long; one's own; all; the closed ones.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import Badge from 'antd/es/badge';
import Button from 'antd/es/button';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Face, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useRoving } from '../../kit/useRoving';
import type { AccountId, ServiceInfo, StreamId, ThreadInfo } from '../../wire/generated';
import { type ServiceModel, streamOf } from './model';
import { useNow } from './useNow';
import { waited } from './words';

type Which = 'waiting' | 'mine' | 'all' | 'closed';
const WHICH: readonly Which[] = ['waiting', 'mine', 'all', 'closed'];

export function DeskList({ model, service, open, unread, nameOf, onOpen, onBack, onAnswers, onSigns, onPeople }: {
  model: ServiceModel; service: ServiceInfo; open: StreamId | null;
  unread: (stream: StreamId) => number; nameOf: (account: AccountId) => string;
  onOpen: (thread: ThreadInfo) => void; onBack: () => void; onAnswers: () => void; onSigns: () => void; onPeople: () => void;
}) {
  const i18n = useI18n();
  const { t, name } = i18n;
  const desk = useObservable(model.desks).get(service.service);
  const now = useNow();
  const list = useRef<HTMLUListElement>(null);
  const rove = useRoving(list);
  const all = desk?.open ?? [];
  const parts: Record<Which, readonly ThreadInfo[]> = {
    waiting: all.filter((one) => one.agent === undefined),
    mine: all.filter((one) => one.agent === model.me),
    all,
    closed: desk?.closed ?? [],
  };
  const [which, setWhich] = useState<Which>(() => (parts.waiting.length > 0 ? 'waiting' : 'all'));
  const shown = parts[which];
  const stop = shown.some((one) => streamOf(one.thread) === open) ? open : shown[0] && streamOf(shown[0].thread);

  useEffect(() => { void model.openDesk(service.service); }, [model, service.service]);

  const count = (one: Which) => (one === 'closed' || parts[one].length === 0 ? '' : ` ${parts[one].length}`);
  return (
    <>
      <div className="rooms-head">
        <Button type="text" size="small" icon={<ArrowLeftOutlined className="flip" />} aria-label={t('app.back')} onClick={onBack} />
        <h2 className="desk-name"><bdi className="cut">{service.name}</bdi></h2>
      </div>
      <div className="desk-tools">
        <Button size="small" onClick={onAnswers}>{t('desk.answers')}</Button>
        <Button size="small" onClick={onPeople}>{t('desk.people')}</Button>
        <Button size="small" onClick={onSigns}>{t('desk.signs')}</Button>
        {service.followers !== undefined && <span className="soft small desk-followers">{t('desk.followers', { n: service.followers })}</span>}
      </div>
      <div className="desk-which">
        <Choice<Which>
          label={t('desk.which')}
          value={which}
          onChange={setWhich}
          options={WHICH.map((value) => ({ value, label: `${t(`desk.${value}`)}${count(value)}` }))}
        />
      </div>
      <div aria-live="polite">{shown.length === 0 && <Nothing>{t(`desk.empty.${which}`)}</Nothing>}</div>
      <ul className="plain rooms-list desk-threads" ref={list} onKeyDown={rove} aria-label={t(`desk.${which}`)}>
        {shown.map((one) => {
          const stream = streamOf(one.thread);
          const who = name(one.asker.names);
          const text = one.last?.body as { text?: string } | undefined;
          const state = !one.open ? t('desk.closed')
            : one.agent === undefined ? t('desk.waited', { n: waited(one.since, now, i18n) })
              : one.agent === model.me ? t('desk.withMe') : t('desk.with', { name: nameOf(one.agent) });
          const fresh = unread(stream);
          return (
            <li key={one.thread}>
              <button
                type="button"
                className={`line${stream === open ? ' line-current' : ''}`}
                aria-current={stream === open ? 'true' : undefined}
                tabIndex={stream === stop ? 0 : -1}
                data-rove=""
                data-thread={one.thread}
                onClick={() => onOpen(one)}
              >
                <Face id={one.asker.account} name={who} />
                <span className="line-body">
                  <span className="line-top">
                    <bdi className="line-name">{who}</bdi>
                    <span className={`line-time${one.open && one.agent === undefined ? ' desk-waits' : ''}`}>{state}</span>
                  </span>
                  <span className="line-top">
                    <span className="line-sub"><bdi className="cut">{text?.text ?? ''}</bdi></span>
                    {fresh > 0 && <><Badge count={fresh} overflowCount={99} aria-hidden="true" /><span className="sr">{t('desk.unread', { n: fresh })}</span></>}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
