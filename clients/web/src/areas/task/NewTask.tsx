// A new task: what, when, with whom.

import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import type { AccountId } from '../../wire/generated';
import { type Draft, TaskFields, spanOf } from './TaskFields';
import type { TaskModel } from './model';
import './task.css';

export function NewTask({ model, begin, people: first = [], picker, onClose }: {
  model: TaskModel; begin: Draft; people?: readonly AccountId[]; picker: RenderPicker; onClose: () => void;
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
    const done = await report(() => model.create({
      title: draft.title.trim(), zone: model.zone, ...span,
      ...(draft.note.trim() === '' ? {} : { note: draft.note.trim() }),
      ...(draft.private ? { private: true } : {}),
      ...(draft.repeat === undefined ? {} : { repeat: draft.repeat }),
      ...(people.length === 0 ? {} : { assignees: people }),
    }));
    setBusy(false);
    if (done) onClose();
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
      <p className="wrong" role="alert">{wrong}</p>
    </Modal>
  );
}
