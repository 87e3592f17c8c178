// One line of the list: of what one has, and of what one has sent.

import { useI18n } from '../../i18n';
import { shortTime } from '../../kit/time';
import type { NoticeCounts, NoticeItem } from '../../wire/generated';
import { titleOf } from './reminders';

type Place = { current: boolean; stop: boolean; onOpen: () => void };

export function NoticeLine({ item, now, current, stop, onOpen }: Place & { item: NoticeItem; now: number }) {
  const i18n = useI18n();
  const { t } = i18n;
  const open = item.kind === 'todo' && item.done_at === undefined;
  const late = open && item.due_at !== undefined && item.due_at < now;
  return (
    <button type="button" className={`line${current ? ' line-current' : ''}`} aria-current={current ? 'true' : undefined} tabIndex={stop ? 0 : -1} data-rove="" data-notice={item.notice} onClick={onOpen}>
      <span className="line-body">
        <span className="line-top">
          {item.read_at === undefined && <><span className="notice-dot" aria-hidden="true" /><span className="sr">{t('notices.unread')}</span></>}
          <bdi className="line-name">{titleOf(item, i18n)}</bdi>
          <span className="line-time">{shortTime(item.sent_at, now, i18n)}</span>
        </span>
        <span className="line-top">
          <span className="line-sub"><bdi className="cut">{item.text.replace(/\s+/gu, ' ').slice(0, 120)}</bdi></span>
          {item.confirm && item.confirmed_at === undefined && <span className="notice-tag">{t('notices.mustConfirm')}</span>}
          {late && <span className="notice-tag notice-late">{t('notices.overdue')}</span>}
        </span>
      </span>
    </button>
  );
}

export function SentLine({ counts, current, stop, onOpen }: Place & { counts: NoticeCounts }) {
  const i18n = useI18n();
  const { t } = i18n;
  return (
    <button type="button" className={`line${current ? ' line-current' : ''}`} aria-current={current ? 'true' : undefined} tabIndex={stop ? 0 : -1} data-rove="" data-notice={counts.notice} onClick={onOpen}>
      <span className="line-body">
        <span className="line-top">
          <bdi className="line-name">{counts.withdrawn ? t('notices.withdrawn') : counts.title}</bdi>
          <span className="line-time">{shortTime(counts.sent_at, Date.now(), i18n)}</span>
        </span>
        <span className="line-sub">
          {counts.complete ? t('notices.count', { read: counts.read, all: counts.addressed }) : t('notices.sending')}
        </span>
      </span>
    </button>
  );
}
