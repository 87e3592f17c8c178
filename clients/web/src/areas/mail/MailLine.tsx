// One line of a box: a mail, or one that is begun.

import PaperClipOutlined from '@ant-design/icons/es/icons/PaperClipOutlined';
import { useI18n } from '../../i18n';
import type { Cards } from '../../kit/cards';
import { shortTime } from '../../kit/time';
import type { KeptDraft, MailBox, MailItem } from '../../wire/generated';
import { mailOf } from './model';
import { firstWords, personName, readers } from './words';

export function MailLine({ item, box, cards, place, current, stop, onOpen }: {
  item: MailItem; box: MailBox; cards: Cards; place: string; current: boolean; stop: boolean; onOpen: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { event, edited, unread } = item;
  const mail = mailOf(event);
  if (mail === undefined) return null;
  const who = box === 'sent' ? readers(mail.part.to, cards, i18n) : personName(event.by, cards, i18n);
  return (
    <button type="button" className={`line${current ? ' line-current' : ''}${unread ? ' mail-new' : ''}`} aria-current={current ? 'true' : undefined} tabIndex={stop ? 0 : -1} data-rove="" data-mail={event.seq} onClick={onOpen}>
      <span className="line-body">
        <span className="line-top">
          {unread && <><span className="mail-dot" aria-hidden="true" /><span className="sr">{t('mails.unread')}</span></>}
          <bdi className="line-name">{mail.part.subject}</bdi>
          {mail.part.attachments.length > 0 && <><PaperClipOutlined aria-hidden="true" /><span className="sr">{t('mails.hasFiles')}</span></>}
          <span className="line-time">{shortTime(event.at, Date.now(), i18n)}</span>
        </span>
        <span className="line-sub"><bdi className="cut">{who} · {place}</bdi></span>
        <span className="line-sub"><bdi className="cut">{firstWords({ text: edited ?? mail.sent.text })}</bdi></span>
      </span>
    </button>
  );
}

export function DraftLine({ kept, place, stop, onOpen }: {
  kept: KeptDraft; place: string; stop: boolean; onOpen: () => void;
}) {
  const i18n = useI18n();
  return (
    <button type="button" className="line" tabIndex={stop ? 0 : -1} data-rove="" data-draft={kept.draft} onClick={onOpen}>
      <span className="line-body">
        <span className="line-top">
          <bdi className="line-name">{kept.mail.subject || i18n.t('mails.noSubject')}</bdi>
          <span className="line-time">{shortTime(kept.at, Date.now(), i18n)}</span>
        </span>
        <span className="line-sub"><bdi className="cut">{place}</bdi></span>
        <span className="line-sub"><bdi className="cut">{firstWords(kept.mail)}</bdi></span>
      </span>
    </button>
  );
}
