// What was found: people and conversations first, then what was said, the newest first.

import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined';
import BellOutlined from '@ant-design/icons/es/icons/BellOutlined';
import CalendarOutlined from '@ant-design/icons/es/icons/CalendarOutlined';
import FileOutlined from '@ant-design/icons/es/icons/FileOutlined';
import FolderOutlined from '@ant-design/icons/es/icons/FolderOutlined';
import MailOutlined from '@ant-design/icons/es/icons/MailOutlined';
import type { ReactNode } from 'react';
import { type I18n, useI18n } from '../../i18n';
import { Face, PersonLine } from '../../kit/pieces';
import { shortTime } from '../../kit/time';
import type { AccountCard, FoundRoom, Hit, HitKind, SearchAnswer } from '../../wire/generated';
import type { Goals } from './SearchDialog';
import type { Tab } from './model';

/** Beside other kinds a few are enough: their own tab has them all. */
const FEW = 4;

const ICONS: Record<Exclude<HitKind, 'message'>, ReactNode> = { file: <FileOutlined />, mail: <MailOutlined /> };

export function placeName(place: FoundRoom, i18n: I18n): string {
  return place.peer === undefined ? place.name : i18n.name(place.peer.names);
}

export function Results({ answer, tab, goals }: { answer: SearchAnswer; tab: Tab; goals: Goals }) {
  const i18n = useI18n();
  const { t } = i18n;
  const few = tab === 'all';
  const people = few ? answer.people.slice(0, FEW) : answer.people;
  const rooms = few ? answer.rooms.slice(0, FEW) : answer.rooms;
  const authors = new Map(answer.authors.map((card) => [card.account, card]));
  const places = new Map(answer.places.map((place) => [place.stream, place]));
  return (
    <>
      {people.length > 0 && (
        <section aria-label={t('search.person')}>
          <h3>{t('search.person')}</h3>
          <ul className="plain">
            {people.map((card) => (
              <li key={card.account}>
                <button type="button" className="line" data-rove="" onClick={() => goals.onPerson(card)}><PersonLine card={card} /></button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {rooms.length > 0 && (
        <section aria-label={t('search.room')}>
          <h3>{t('search.room')}</h3>
          <ul className="plain">
            {rooms.map((room) => (
              <li key={room.stream}>
                <button type="button" className="line" data-rove="" onClick={() => goals.onRoom(room.stream)}>
                  <Face id={room.peer?.account ?? room.stream} name={placeName(room, i18n)} group={room.peer === undefined} />
                  <span className="line-body"><bdi className="line-name">{placeName(room, i18n)}</bdi></span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Named
        title={t('search.task')}
        few={few}
        items={answer.tasks.map((task) => ({
          key: task.task, icon: <CalendarOutlined />, name: task.title,
          beside: `${shortTime(task.starts_at, Date.now(), i18n)}${task.done ? ` · ${t('search.done')}` : ''}`, open: () => goals.onTask(task),
        }))}
      />
      <Named
        title={t('search.notice')}
        few={few}
        items={answer.notices.map((notice) => ({
          key: notice.notice, icon: <BellOutlined />, name: notice.title,
          beside: [
            t(`search.notice.${notice.kind}`), notice.received ? '' : t('search.notice.sent'),
            shortTime(notice.sent_at, Date.now(), i18n), notice.done ? t('search.done') : '',
          ].filter((part) => part !== '').join(' · '),
          open: () => goals.onNotice(notice),
        }))}
      />
      <Named
        title={t('search.drive')}
        few={few}
        items={answer.files.map((file) => ({
          key: `${file.space}/${file.node}`, icon: file.folder ? <FolderOutlined /> : <FileOutlined />, name: file.name,
          beside: [file.place, ...file.path.map((step) => step.name)].filter((part) => part !== '').join(' / '), open: () => goals.onFile(file),
        }))}
      />
      <Named
        title={t('search.app')}
        few={few}
        items={answer.apps.map((app) => ({ key: app.app, icon: <AppstoreOutlined />, name: app.name, beside: '', open: () => goals.onApp(app) }))}
      />
      {answer.hits.length > 0 && (
        <section aria-label={t('search.results')}>
          {few && <h3>{t('search.results')}</h3>}
          <ul className="plain">
            {answer.hits.map((hit) => (
              <li key={`${hit.stream} ${hit.seq} ${hit.kind}`}>
                <HitLine hit={hit} author={hit.by === undefined ? undefined : authors.get(hit.by)} place={places.get(hit.stream)} onOpen={() => goals.onHit(hit, places.get(hit.stream))} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

type NamedItem = { key: string; icon: ReactNode; name: string; beside: string; open: () => void };

/** What is found by its name alone. */
function Named({ title, few, items }: { title: string; few: boolean; items: readonly NamedItem[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className="plain">
        {(few ? items.slice(0, FEW) : items).map((item) => (
          <li key={item.key}>
            <button type="button" className="line" data-rove="" data-found={item.key} onClick={item.open}>
              <span className="search-icon" aria-hidden="true">{item.icon}</span>
              <span className="line-body">
                <bdi className="line-name">{item.name}</bdi>
                {item.beside !== '' && <span className="line-sub"><bdi className="cut">{item.beside}</bdi></span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function HitLine({ hit, author, place, onOpen }: {
  hit: Hit; author: AccountCard | undefined; place: FoundRoom | undefined; onOpen: () => void;
}) {
  const i18n = useI18n();
  const by = author === undefined ? '' : i18n.name(author.names);
  // In a conversation of two its name is a person's already.
  const where = place === undefined || place.peer !== undefined ? '' : placeName(place, i18n);
  return (
    <button type="button" className="line" data-rove="" data-hit={`${hit.stream}/${hit.seq}`} onClick={onOpen}>
      {hit.kind === 'message'
        ? <Face id={author?.account ?? hit.stream} name={by} />
        : <span className="search-icon" aria-hidden="true">{ICONS[hit.kind]}</span>}
      <span className="line-body">
        <span className="line-top">
          <bdi className="line-name">{by || i18n.t(`search.${hit.kind}`)}</bdi>
          {hit.kind !== 'message' && <span className="sr">{i18n.t(`search.${hit.kind}`)}</span>}
          {where !== '' && <span className="line-sub"><bdi className="cut">{where}</bdi></span>}
          <span className="line-time">{shortTime(hit.at, Date.now(), i18n)}</span>
        </span>
        <span className="search-snippet" dir="auto">
          {hit.snippet.map((piece, index) => (piece.mark ? <mark key={index}>{piece.text}</mark> : piece.text))}
        </span>
      </span>
    </button>
  );
}
