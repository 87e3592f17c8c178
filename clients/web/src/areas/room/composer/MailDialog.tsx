// A micro-mail: what is important enough for a subject of its own, with attachments. It goes
// into the conversation like any message; files first.

import PaperClipOutlined from '@ant-design/icons/es/icons/PaperClipOutlined';
import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useRef, useState } from 'react';
import { useI18n } from '../../../i18n';
import { useReport } from '../../../kit/useReport';
import { ATTACHMENTS_MAX, MESSAGE_CHARS_MAX, TITLE_CHARS_MAX, type StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { sizeText } from '../parts/files';

export function MailDialog({ model, stream, answers, subject: first = '', onSent, onClose }: {
  model: RoomModel; stream: StreamId; answers?: number; subject?: string;
  onSent: () => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [subject, setSubject] = useState(first.slice(0, TITLE_CHARS_MAX));
  const [text, setText] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);

  async function send() {
    if (subject.trim() === '') return setWrong(t('mail.needSubject'));
    if (text.trim() === '') return setWrong(t('mail.needText'));
    setWrong(null);
    setBusy(true);
    const { uploads } = model.sending;
    const begun = files.map((file) => uploads.begin(file, stream));
    const good = await report(async () => {
      const attachments = await Promise.all(begun.map(({ done }) => done));
      model.sending.send(stream, {
        text: text.trim(),
        part: {
          kind: 'mail', subject: subject.trim(), attachments,
          ...(answers === undefined ? {} : { answers }),
        },
      });
    });
    for (const { key } of begun) uploads.drop(key);
    setBusy(false);
    if (!good) return;
    onSent();
    onClose();
  }

  return (
    <Modal
      open
      centered
      width={640}
      title={t(answers === undefined ? 'mail.new' : 'mail.answer')}
      okText={t('chat.send')}
      cancelText={t('app.cancel')}
      confirmLoading={busy}
      onOk={() => void send()}
      onCancel={onClose}
    >
      <label className="field">
        <span>{t('mail.subject')}</span>
        <Input dir="auto" autoFocus value={subject} maxLength={TITLE_CHARS_MAX} onChange={(event) => setSubject(event.target.value)} />
      </label>
      <label className="field">
        <span>{t('mail.text')}</span>
        <Input.TextArea dir="auto" value={text} autoSize={{ minRows: 5, maxRows: 14 }} maxLength={MESSAGE_CHARS_MAX} onChange={(event) => setText(event.target.value)} />
      </label>
      <p className="wrong" role="alert">{wrong}</p>
      <ul className="plain" aria-label={t('mail.files')}>
        {files.map((file, at) => (
          <li key={`${at} ${file.name}`} className="invite small">
            <span><bdi>{file.name}</bdi> <span className="soft" dir="ltr">{sizeText({ bytes: file.size })}</span></span>
            <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('mail.without', { name: file.name })} onClick={() => setFiles(files.filter((one) => one !== file))} />
          </li>
        ))}
      </ul>
      <Button icon={<PaperClipOutlined />} disabled={files.length >= ATTACHMENTS_MAX} onClick={() => chooser.current?.click()}>{t('mail.attach')}</Button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-kind="attachment"
        onChange={(event) => {
          setFiles([...files, ...event.target.files ?? []].slice(0, ATTACHMENTS_MAX));
          event.target.value = '';
        }}
      />
    </Modal>
  );
}
