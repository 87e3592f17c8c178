// A mail, whole: who, to whom, what, with what; and what may be done with it.

import App from 'antd/es/app';
import DeleteOutlined from '@ant-design/icons/es/icons/DeleteOutlined';
import FileOutlined from '@ant-design/icons/es/icons/FileOutlined';
import Button from 'antd/es/button';
import { useI18n } from '../../i18n';
import { blobUrl, sizeText } from '../../kit/files';
import { Face } from '../../kit/pieces';
import { fullTime } from '../../kit/time';
import { useReport } from '../../kit/useReport';
import type { MailItem } from '../../wire/generated';
import { type Begun, type MailModel, mailOf } from './model';
import { personName, readers } from './words';

export function Reading({ model, item, place, onWrite, onRoom }: {
  model: MailModel; item: MailItem; place: string; onWrite: (begun: Begun) => void; onRoom: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { modal } = App.useApp();
  const report = useReport();
  const { event, edited } = item;
  const mail = mailOf(event);
  if (mail === undefined) return null;
  const { subject, attachments, to } = mail.part;
  const answer = (all: boolean) => onWrite(model.answer(item, all, t('mails.re', { subject })));
  const remove = () => modal.confirm({
    title: t('mails.delete'), content: t('mails.deleteSure'), okText: t('app.ok'), cancelText: t('app.cancel'),
    onOk: () => report(() => model.remove(item)),
  });
  const from = personName(event.by, model.cards, i18n);
  return (
    <article className="mail-article">
      <h2 dir="auto">{subject}</h2>
      <div className="mail-from">
        <Face id={event.by ?? ''} name={from} />
        <dl className="mail-facts">
          <div><dt>{t('mails.from')}</dt><dd><bdi>{from}</bdi> <span className="soft small">{fullTime(event.at, i18n)}</span></dd></div>
          <div><dt>{t('mails.to')}</dt><dd><bdi>{readers(to, model.cards, i18n)}</bdi></dd></div>
          <div><dt>{t('mails.in')}</dt><dd><bdi>{place}</bdi></dd></div>
        </dl>
      </div>
      <p className="mail-text">{edited ?? mail.sent.text}</p>
      {edited !== undefined && <p className="soft small">{t('mails.edited')}</p>}
      {attachments.length > 0 && (
        <ul className="plain mail-files" aria-label={t('mails.files')}>
          {attachments.map((file) => (
            <li key={file.blob}>
              <a className="mail-file" href={blobUrl(file.blob, event)} download={file.name} aria-label={t('mails.download', { name: file.name })}>
                <FileOutlined aria-hidden="true" /> <bdi>{file.name}</bdi> <span className="soft small" dir="ltr">{sizeText(file)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <div className="mail-acts">
        <Button type="primary" onClick={() => answer(false)}>{t('mails.answer')}</Button>
        <Button onClick={() => answer(true)}>{t('mails.answerAll')}</Button>
        <Button onClick={onRoom}>{t('mails.toRoom')}</Button>
        <Button danger icon={<DeleteOutlined aria-hidden="true" />} onClick={remove}>{t('mails.delete')}</Button>
      </div>
    </article>
  );
}
