// One notice as its recipient sees it. Opening it is reading it.

import Button from 'antd/es/button';
import { useEffect } from 'react';
import { useI18n } from '../../i18n';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { NoticeItem } from '../../wire/generated';
import type { NoticeModel } from './model';
import { textOf, titleOf } from './reminders';

export function NoticeDetail({ model, item, onLink }: {
  model: NoticeModel; item: NoticeItem; onLink: (path: string) => void;
}) {
  const i18n = useI18n();
  const { t, name } = i18n;
  const report = useReport();
  const cards = useObservable(model.cards.all);
  const by = cards.get(item.by);
  const { notice, read_at: readAt, link } = item;
  useEffect(() => {
    // What is not recorded now is recorded when it is opened again.
    if (readAt === undefined) model.run(notice, { type: 'notice.read', body: {} }).catch(() => undefined);
  }, [model, notice, readAt]);

  return (
    <article className="notice-article">
      <h2><bdi>{titleOf(item, i18n)}</bdi></h2>
      <p className="soft small">
        {item.reminder !== undefined ? t('notices.byHub', { time: fullTime(item.sent_at, i18n) }) : t('notices.by', { name: by === undefined ? t('chat.someone') : name(by.names), time: fullTime(item.sent_at, i18n) })}
        {item.due_at !== undefined && ` · ${t('notices.due', { time: fullTime(item.due_at, i18n) })}`}
      </p>
      <p className="notice-text" dir="auto">{item.reminder === undefined ? item.text : textOf(item.reminder, cards, i18n)}</p>
      <div className="notice-acts">
        {item.confirm && (item.confirmed_at === undefined
          ? <Button type="primary" onClick={() => void report(() => model.run(notice, { type: 'notice.confirm', body: {} }))}>{t('notices.confirm')}</Button>
          : <span className="notice-ok">{t('notices.confirmed', { time: fullTime(item.confirmed_at, i18n) })}</span>)}
        {link !== undefined && (link.startsWith('/')
          ? <Button onClick={() => onLink(link)}>{t('notices.link')}</Button>
          : <Button href={link} target="_blank" rel="noreferrer noopener">{t('notices.link')}</Button>)}
        {item.kind === 'todo' && (item.done_at === undefined
          ? <Button type={item.confirm ? 'default' : 'primary'} onClick={() => void report(() => model.run(notice, { type: 'notice.finish', body: {} }))}>{t('notices.finish')}</Button>
          : <span className="notice-ok">{t('notices.finished', { time: fullTime(item.done_at, i18n) })}</span>)}
      </div>
    </article>
  );
}
