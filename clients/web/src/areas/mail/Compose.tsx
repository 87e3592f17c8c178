// Writing a mail. What is written is kept as a draft with every pause, for all devices; a mail
// that was sent leaves none.

import App from 'antd/es/app';
import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import PaperClipOutlined from '@ant-design/icons/es/icons/PaperClipOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { sizeText } from '../../kit/files';
import { Choice } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import { ATTACHMENTS_MAX, MESSAGE_CHARS_MAX, TITLE_CHARS_MAX, WHISPER_MAX, type AccountId, type MailDraft, type RoomMember, type StreamId } from '../../wire/generated';
import type { Begun, MailModel } from './model';
import type { MailRoom } from './MailView';
import './mail.css';

const PAUSE_MS = 1_500;

export function Compose({ model, begun, rooms, onClose }: {
  model: MailModel; begun: Begun; rooms: readonly MailRoom[]; onClose: () => void;
}) {
  const { t, name } = useI18n();
  const { message, modal } = App.useApp();
  const report = useReport();
  const [mail, setMail] = useState(begun.mail);
  const [some, setSome] = useState(begun.mail.to.length > 0);
  const [members, setMembers] = useState<readonly RoomMember[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const saved = useRef(begun.mail);
  const { room, subject, text, to, attachments } = mail;
  const stream: StreamId | null = room === null ? null : `room:${room}`;
  const direct = rooms.find((one) => one.stream === stream)?.direct === true;
  const written = subject.trim() !== '' || text.trim() !== '' || attachments.length > 0;
  const change = (part: Partial<MailDraft>) => setMail((now) => ({ ...now, ...part }));

  useEffect(() => {
    if (stream === null) return undefined;
    let gone = false;
    model.members(stream).then((found) => { if (!gone) setMembers(found); }, () => undefined);
    return () => { gone = true; };
  }, [model, stream]);
  useEffect(() => {
    if (busy || room === null || !written || mail === saved.current) return undefined;
    const timer = setTimeout(() => {
      saved.current = mail;
      model.keep(begun.draft, { ...mail, room }).catch(() => undefined);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [model, begun.draft, mail, room, written, busy]);

  async function attach(files: readonly File[]) {
    if (stream === null) return setWrong(t('mails.needRoom'));
    setBusy(true);
    await report(async () => {
      for (const file of files.slice(0, ATTACHMENTS_MAX - attachments.length)) {
        const ref = await model.upload(file, stream);
        setMail((now) => ({ ...now, attachments: [...now.attachments, ref] }));
      }
    });
    setBusy(false);
  }

  async function send() {
    if (room === null) return setWrong(t('mails.needRoom'));
    if (some && to.length === 0) return setWrong(t('mails.needTo'));
    if (subject.trim() === '') return setWrong(t('mails.needSubject'));
    if (text.trim() === '') return setWrong(t('mails.needText'));
    setWrong(null);
    setBusy(true);
    const whole = { ...mail, room, subject: subject.trim(), text: text.trim(), to: some ? to : [] };
    const good = await report(() => model.send(begun.draft, whole));
    setBusy(false);
    if (!good) return;
    void message.success(t('mails.done'));
    onClose();
  }

  async function close() {
    if (room !== null && written && mail !== saved.current) {
      const good = await report(() => model.keep(begun.draft, { ...mail, room }));
      if (!good) return;
      void message.info(t('mails.kept'));
    }
    onClose();
  }

  const drop = () => modal.confirm({
    title: t('mails.delete'), content: t('mails.dropSure'), okText: t('app.ok'), cancelText: t('app.cancel'),
    onOk: async () => { if (await report(() => model.drop(begun.draft))) onClose(); },
  });
  return (
    <Modal
      open
      centered
      width={680}
      title={t('mails.new')}
      onCancel={() => void close()}
      footer={[
        <Button key="drop" danger disabled={busy} onClick={drop}>{t('mails.delete')}</Button>,
        <Button key="send" type="primary" loading={busy} onClick={() => void send()}>{t('mails.send')}</Button>,
      ]}
    >
      <label className="field">
        <span>{t('mails.room')}</span>
        <Select<string>
          aria-label={t('mails.room')}
          showSearch
          optionFilterProp="label"
          value={stream ?? undefined!}
          disabled={mail.answers !== undefined}
          onChange={(next) => { change({ room: next.slice('room:'.length), to: [] }); setSome(false); }}
          options={rooms.map((one) => ({ value: one.stream, label: one.name }))}
        />
      </label>
      {!direct && stream !== null && (
        <div className="field">
          <span>{t('mails.to')}</span>
          <Choice<'all' | 'some'>
            label={t('mails.to')}
            value={some ? 'some' : 'all'}
            onChange={(which) => setSome(which === 'some')}
            options={[{ value: 'all', label: t('mails.everybody') }, { value: 'some', label: t('mails.some') }]}
          />
          {some && (
            <Select<AccountId[]>
              mode="multiple"
              aria-label={t('mails.some')}
              optionFilterProp="label"
              maxCount={WHISPER_MAX}
              value={[...to]}
              onChange={(next) => change({ to: next })}
              options={members.filter((one) => one.account !== model.me).map(({ account, card }) => ({ value: account, label: name(card.names) }))}
            />
          )}
        </div>
      )}
      <label className="field">
        <span>{t('mails.subject')}</span>
        <Input dir="auto" value={subject} maxLength={TITLE_CHARS_MAX} onChange={(event) => change({ subject: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('mails.text')}</span>
        <Input.TextArea dir="auto" autoFocus={mail.answers !== undefined} value={text} autoSize={{ minRows: 6, maxRows: 14 }} maxLength={MESSAGE_CHARS_MAX} onChange={(event) => change({ text: event.target.value })} />
      </label>
      <p className="wrong" role="alert">{wrong}</p>
      <ul className="plain" aria-label={t('mails.files')}>
        {attachments.map((file) => (
          <li key={file.blob} className="mail-file">
            <span><bdi>{file.name}</bdi> <span className="soft" dir="ltr">{sizeText(file)}</span></span>
            <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('mails.without', { name: file.name })} onClick={() => change({ attachments: attachments.filter((one) => one !== file) })} />
          </li>
        ))}
      </ul>
      <Button icon={<PaperClipOutlined />} disabled={busy || attachments.length >= ATTACHMENTS_MAX} onClick={() => chooser.current?.click()}>{t('mails.attach')}</Button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-kind="attachment"
        onChange={(event) => {
          void attach([...event.target.files ?? []]);
          event.target.value = '';
        }}
      />
    </Modal>
  );
}
