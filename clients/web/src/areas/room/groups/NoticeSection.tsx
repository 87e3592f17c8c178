// A group's notice: read and confirmed by its members, written by those who answer for it.

import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import { useObservable } from '../../../kit/useObservable';
import { useReport } from '../../../kit/useReport';
import { fullTime } from '../../../kit/time';
import { NOTICE_CHARS_MAX, type StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { personName } from '../words';

export function NoticeSection({ model, stream, may }: { model: RoomModel; stream: StreamId; may: boolean }) {
  const i18n = useI18n();
  const { t } = i18n;
  const report = useReport();
  const notice = useObservable(model.notices.of(stream));
  useObservable(model.cards.all);
  const [writing, setWriting] = useState(false);
  const [text, setText] = useState('');
  const [ask, setAsk] = useState(true);

  async function publish() {
    const done = await report(() => model.run(stream, { type: 'room.set_notice', body: { text: text.trim(), confirm: ask } }));
    if (done) setWriting(false);
  }

  return (
    <section className="notice-group" aria-label={t('notice.group')}>
      <h3>{t('notice.group')}</h3>
      {notice === null ? <p className="soft">{t('notice.none')}</p> : (
        <>
          <p className="msg-text" dir="auto" tabIndex={0}>{notice.text}</p>
          <p className="soft small">{t('notice.by', { name: personName(notice.by, model.cards, model.me, i18n), time: fullTime(notice.at, i18n) })}</p>
          {notice.confirm && <p className="soft small">{t('notice.confirmed', { n: notice.confirmed_count, total: notice.members })}</p>}
        </>
      )}
      {may && !writing && (
        <Button
          size="small"
          onClick={() => {
            setText(notice?.text ?? '');
            setWriting(true);
          }}
        >
          {t('notice.edit')}
        </Button>
      )}
      {writing && (
        <div className="adding">
          <Input.TextArea
            dir="auto"
            value={text}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={NOTICE_CHARS_MAX}
            aria-label={t('notice.group')}
            onChange={(event) => setText(event.target.value)}
          />
          <Checkbox checked={ask} onChange={(event) => setAsk(event.target.checked)}>{t('notice.ask')}</Checkbox>
          <span className="field-row">
            <Button type="primary" onClick={() => void publish()}>{t('notice.publish')}</Button>
            <Button onClick={() => setWriting(false)}>{t('app.cancel')}</Button>
          </span>
        </div>
      )}
    </section>
  );
}

/** Above the messages until it is confirmed. */
export function NoticeBar({ model, stream }: { model: RoomModel; stream: StreamId }) {
  const { t } = useI18n();
  const report = useReport();
  const notice = useObservable(model.notices.of(stream));
  if (notice === null || !notice.confirm || notice.confirmed || notice.by === model.me) return null;
  const { seq } = notice;
  return (
    <section className="notice-bar" aria-label={t('notice.waiting')}>
      <strong>{t('notice.group')}</strong>
      <p className="msg-text" dir="auto" tabIndex={0}>{notice.text}</p>
      <Button size="small" type="primary" onClick={() => void report(() => model.run(stream, { type: 'room.confirm_notice', body: { seq } }))}>
        {t('notice.confirmIt')}
      </Button>
    </section>
  );
}
