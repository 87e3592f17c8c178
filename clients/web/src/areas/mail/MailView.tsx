// Micro-mail: the list of a box, and what is chosen beside it; below it on a phone.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import CheckOutlined from '@ant-design/icons/es/icons/CheckOutlined';
import EditOutlined from '@ant-design/icons/es/icons/EditOutlined';
import ReloadOutlined from '@ant-design/icons/es/icons/ReloadOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Select from 'antd/es/select';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { useRoving } from '../../kit/useRoving';
import type { MailBox, StreamId } from '../../wire/generated';
import { Compose } from './Compose';
import { DraftLine, MailLine } from './MailLine';
import { type Begun, type MailModel, keyOf } from './model';
import { Reading } from './Reading';
import { placeName } from './words';
import './mail.css';

export type MailRoom = { stream: StreamId; name: string; direct: boolean };

const BOXES: readonly MailBox[] = ['received', 'unread', 'sent', 'drafts'];
const TYPING_MS = 300;

export function MailView({ model, rooms, onRoom }: {
  model: MailModel; rooms: readonly MailRoom[]; onRoom: (stream: StreamId, seq: number) => void;
}) {
  const i18n = useI18n();
  const { t, error } = i18n;
  const report = useReport();
  const asked = useObservable(model.asked);
  const { mails, drafts, places, next, loaded, failure, latest } = useObservable(model.boxes);
  const unread = useObservable(model.unread);
  const chosen = useObservable(model.chosen);
  useObservable(model.cards.all);
  const [writing, setWriting] = useState<Begun | null>(null);
  const [typed, setTyped] = useState(asked.q);
  const list = useRef<HTMLUListElement>(null);
  const rove = useRoving(list);

  useEffect(() => model.open(), [model]);
  useEffect(() => {
    if (typed === model.asked.get().q) return undefined;
    const timer = setTimeout(() => model.show({ q: typed }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, model]);

  const nameOf = useMemo(() => {
    const known = new Map(rooms.map((one) => [one.stream, one.name]));
    for (const place of places) known.set(place.stream, placeName(place, i18n));
    return (stream: StreamId) => known.get(stream) ?? t('mails.title');
  }, [rooms, places, i18n, t]);
  const stop = mails.find((one) => chosen !== null && keyOf(one.event) === keyOf(chosen.event)) ?? mails[0];
  const empty = asked.box === 'drafts' ? drafts.length === 0 : mails.length === 0;

  return (
    <main className={`page mails${chosen !== null ? ' mails-chosen' : ''}`} id="main">
      <div className="mail-head">
        <h1>{t('mails.title')}</h1>
        <span className="mail-acts">
          <Button icon={<ReloadOutlined aria-hidden="true" />} onClick={() => void model.load()}>{t('app.refresh')}</Button>
          <Button icon={<CheckOutlined aria-hidden="true" />} disabled={unread === 0 || latest === undefined} onClick={() => void report(() => model.readAll())}>{t('mails.readAll')}</Button>
          <Button type="primary" icon={<EditOutlined aria-hidden="true" />} onClick={() => setWriting(model.begin(asked.room))}>{t('mails.new')}</Button>
        </span>
      </div>
      <div className="mail-cols">
        <section className="card mail-list" aria-label={t(`mails.${asked.box}`)}>
          <Choice<MailBox>
            label={t('mails.box')}
            value={asked.box}
            onChange={(box) => model.show({ box })}
            options={BOXES.map((box) => ({
              value: box,
              label: <span>{t(`mails.${box}`)}{box === 'unread' && unread > 0 && <span className="mail-count"> {unread > 99 ? '99+' : unread}</span>}</span>,
            }))}
          />
          <div className="mail-ask">
            <Input type="search" allowClear value={typed} placeholder={t('mails.search')} aria-label={t('mails.search')} onChange={(event) => setTyped(event.target.value)} />
            <Select<string>
              aria-label={t('mails.room')}
              showSearch
              optionFilterProp="label"
              value={asked.room ?? ''}
              onChange={(room) => model.show({ room: room === '' ? null : (room as StreamId) })}
              options={[{ value: '', label: t('mails.rooms') }, ...rooms.map((one) => ({ value: one.stream, label: one.name }))]}
            />
          </div>
          <div aria-live="polite">
            {failure !== null && <Nothing>{error(failure)}</Nothing>}
            {!loaded && failure === null && <Nothing>{t('app.loading')}</Nothing>}
            {loaded && failure === null && empty && <Nothing>{t('mails.none')}</Nothing>}
          </div>
          {!empty && (
            <ul className="plain mail-lines" ref={list} onKeyDown={rove}>
              {asked.box === 'drafts'
                ? drafts.map((one, at) => (
                  <li key={one.draft}>
                    <DraftLine kept={one} place={nameOf(`room:${one.mail.room}`)} stop={at === 0} onOpen={() => setWriting({ draft: one.draft, mail: one.mail })} />
                  </li>
                ))
                : mails.map((one) => (
                  <li key={keyOf(one.event)}>
                    <MailLine
                      item={one}
                      box={asked.box}
                      cards={model.cards}
                      place={nameOf(one.event.stream)}
                      current={chosen !== null && keyOf(one.event) === keyOf(chosen.event)}
                      stop={one === stop}
                      onOpen={() => model.choose(one)}
                    />
                  </li>
                ))}
            </ul>
          )}
          {next !== undefined && <Button block onClick={() => void model.load(true)}>{t('mails.more')}</Button>}
        </section>
        <section className="card mail-detail" aria-label={chosen === null ? t('mails.pick') : t('mails.title')}>
          {chosen === null ? <Nothing>{t('mails.pick')}</Nothing> : (
            <>
              <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" aria-hidden="true" />} onClick={() => model.choose(null)}>{t('app.back')}</Button>
              <Reading
                key={keyOf(chosen.event)}
                model={model}
                item={chosen}
                place={nameOf(chosen.event.stream)}
                onWrite={setWriting}
                onRoom={() => onRoom(chosen.event.stream, chosen.event.seq)}
              />
            </>
          )}
        </section>
      </div>
      {writing !== null && <Compose key={writing.draft} model={model} begun={writing} rooms={rooms} onClose={() => setWriting(null)} />}
    </main>
  );
}
