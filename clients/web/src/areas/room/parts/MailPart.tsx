// A micro-mail in its conversation: its subject and how it begins. It is read where mails are
// read, so that passing by leaves it unread.

import MailOutlined from '@ant-design/icons/es/icons/MailOutlined';
import { useI18n } from '../../../i18n';
import type { Part } from '../../../wire/generated';
import type { Place } from './files';
import { FileLine } from './PartView';

export function MailPart({ part, text, place, onOpen }: {
  part: Extract<Part, { kind: 'mail' }>; text: string; place: Place; onOpen: () => void;
}) {
  const { t } = useI18n();
  return (
    <div className="part-mail">
      <button type="button" className="part-mail-open" onClick={onOpen}>
        <strong dir="auto"><MailOutlined aria-hidden="true" /> {part.subject}</strong>
        <span className="part-mail-words" dir="auto">{text}</span>
        <span className="part-mail-more small">{t('mail.read')}</span>
      </button>
      {part.attachments.map((file) => <FileLine key={file.blob} file={file} place={place} />)}
    </div>
  );
}
