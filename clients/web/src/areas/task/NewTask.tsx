// A new task: what, when, with whom.

import PaperClipOutlined from '@ant-design/icons/es/icons/PaperClipOutlined';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import type { AccountId, FileRef, StreamId } from '../../wire/generated';
import { type Draft, TaskFields, spanOf } from './TaskFields';
import type { TaskModel } from './model';
import './task.css';

export function NewTask({ model, begin, people: first = [], file, picker, onCreated, onClose }: {
  model: TaskModel; begin: Draft; people?: readonly AccountId[]; picker: RenderPicker;
  /** A file that goes along. */
  file?: FileRef | undefined;
  onCreated?: (task: StreamId) => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [draft, setDraft] = useState(begin);
  const [people, setPeople] = useState<AccountId[]>([...first]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function create() {
    const span = spanOf(draft, model.zone);
    if (draft.title.trim() === '') return setWrong(t('task.needName'));
    if (span.ends_at < span.starts_at) return setWrong(t('task.endsBefore'));
    setWrong(null);
    setBusy(true);
    let created: StreamId | undefined;
    const done = await report(async () => { created = await model.create({
      title: draft.title.trim(), zone: model.zone, ...span,
      ...(draft.note.trim() === '' ? {} : { note: draft.note.trim() }),
      ...(draft.private ? { private: true } : {}),
      ...(draft.repeat === undefined ? {} : { repeat: draft.repeat }),
      ...(draft.remind.length === 0 ? {} : { remind: draft.remind }),
      ...(file === undefined ? {} : { files: [file] }),
      ...(people.length === 0 ? {} : { assignees: people }),
    }); });
    setBusy(false);
    if (!done) return;
    if (created !== undefined) onCreated?.(created);
    onClose();
  }

  return (
    <Modal
      open
      centered
      title={t('task.new')}
      okText={t('app.save')}
      cancelText={t('app.cancel')}
      confirmLoading={busy}
      onOk={() => void create()}
      onCancel={onClose}
    >
      <TaskFields draft={draft} zone={model.zone} fixed={false} onChange={setDraft} />
      <h3>{t('task.assignees')}</h3>
      {picker(people, [model.me], setPeople)}
      {file !== undefined && <p className="soft small"><PaperClipOutlined aria-hidden="true" /> {t('task.withFile', { name: file.name })}</p>}
      <p className="wrong" role="alert">{wrong}</p>
    </Modal>
  );
}
