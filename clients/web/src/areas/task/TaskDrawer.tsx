// One task: its fields for the owner, its files, its people, its chat, a note to oneself, and its
// end. Of a series, what is changed asks for how much of it.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Drawer from 'antd/es/drawer';
import Input from 'antd/es/input';
import Tag from 'antd/es/tag';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import type { AccountId, StreamId, TaskCommand, TaskItem } from '../../wire/generated';
import { type AskScope, SCOPES } from './ScopeDialog';
import { Series } from './Series';
import { TaskFields, type Draft, draftOf, spanOf } from './TaskFields';
import { type RenderFiles, TaskFiles } from './TaskFiles';
import { type SetPeople, TaskPeople } from './TaskPeople';
import { type Change, type TaskModel, isOwner } from './model';

/** What of the fields is another than before; what is not is not sent. */
function changeOf(draft: Draft, item: TaskItem, model: TaskModel): Change {
  const before = draftOf(item, model.zone);
  const span = spanOf(draft, model.zone);
  const moved = span.starts_at !== item.starts_at || span.ends_at !== item.ends_at;
  const ruled = JSON.stringify(draft.repeat) !== JSON.stringify(before.repeat) && draft.repeat !== undefined;
  return {
    ...(draft.title === before.title ? {} : { title: draft.title.trim() }),
    ...(draft.note === before.note ? {} : { note: draft.note.trim() }),
    ...(draft.private === before.private ? {} : { private: draft.private }),
    ...(moved ? span : {}),
    ...(ruled && draft.repeat !== undefined ? { repeat: draft.repeat } : {}),
  };
}

export function TaskDrawer({ model, item, picker, files, fixed, ask, onRoom, onPerson, onMoved, onClose }: {
  model: TaskModel; item: TaskItem; picker: RenderPicker; files: RenderFiles; fixed: boolean; ask: AskScope;
  onRoom: (stream: StreamId) => void; onPerson: ((account: AccountId) => void) | undefined;
  /** It is a task of its own now. */
  onMoved: (task: StreamId) => void; onClose: () => void;
}) {
  const { t, dir } = useI18n();
  const { modal, message } = App.useApp();
  const report = useReport();
  const owner = !fixed && isOwner(item, model.me);
  const assigned = item.people.some((one) => one.account === model.me && one.part !== 'watcher');
  const [draft, setDraft] = useState(() => draftOf(item, model.zone));
  const [wrong, setWrong] = useState<string | null>(null);
  const [note, setNote] = useState(item.own_note ?? '');
  const run = (command: TaskCommand) => report(() => model.run(item.task, command));
  const on = item.on === undefined ? {} : { on: item.on };

  async function save() {
    const span = spanOf(draft, model.zone);
    if (draft.title.trim() === '') return setWrong(t('task.needName'));
    if (span.ends_at < span.starts_at) return setWrong(t('task.endsBefore'));
    setWrong(null);
    const change = changeOf(draft, item, model);
    const ends = draft.repeat === undefined && item.repeat !== undefined;
    const ofSeries = change.private !== undefined || change.repeat !== undefined;
    const changed = Object.keys(change).length > 0;
    const scope = changed && !ends ? await ask(item, ofSeries ? ['rest', 'all'] : SCOPES) : 'all';
    if (scope === null) return;
    const saved = await report(async () => {
      if (ends) await model.run(item.task, { type: 'task.repeat', body: {} });
      if (changed) await model.change(ends ? { ...item, on: undefined! } : item, change, scope);
      if (JSON.stringify(draft.remind) !== JSON.stringify(item.remind)) {
        await model.run(item.task, { type: 'task.remind', body: { minutes: draft.remind } });
      }
    });
    if (saved) onClose();
  }

  const setPeople: SetPeople = async (change) => {
    const scope = await ask(item);
    if (scope === null) return false;
    const out = 'out' in change;
    if (scope === 'all') {
      return run(out ? { type: 'task.release', body: { account: change.out } } : { type: 'task.assign', body: { accounts: [...change.add], part: change.part } });
    }
    const others = item.people.filter((one) => one.part !== 'owner');
    const people = out ? others.filter((one) => one.account !== change.out)
      : [...others, ...change.add.map((account) => ({ account, part: change.part }))];
    return report(async () => onMoved(await model.change(item, { people }, scope)));
  };

  async function remove() {
    const scope = await ask(item, SCOPES, t('task.cancelWhich'));
    if (scope === null) return;
    const done = async () => { if (await report(() => model.cancel(item, scope))) onClose(); };
    // Chosen from three, it was thought about.
    if (item.on !== undefined) return void done();
    modal.confirm({ title: t('task.removeSure'), okText: t('app.ok'), cancelText: t('app.cancel'), onOk: done });
  }

  function leave() {
    modal.confirm({
      title: t('task.leaveSure'), okText: t('app.ok'), cancelText: t('app.cancel'),
      onOk: async () => { if (await run({ type: 'task.leave', body: {} })) onClose(); },
    });
  }

  return (
    <Drawer open title={t('task.edit')} placement={dir === 'rtl' ? 'left' : 'right'} size={460} className="task-drawer" closable={{ 'aria-label': t('app.close') }} onClose={onClose}>
      {!fixed && (
        <div className="task-acts">
          <Button
            type={item.done ? 'default' : 'primary'}
            onClick={() => void run({ type: item.done ? 'task.reopen' : 'task.finish', body: on })}
          >
            {t(item.done ? 'task.reopen' : 'task.finish')}
          </Button>
          {item.people.length > 1 && (
            <Button onClick={() => void report(async () => onRoom(await model.room(item)))}>{t('task.chat')}</Button>
          )}
          {item.people.length === 1 && <span className="soft small">{t('task.chatAlone')}</span>}
          {item.done && <Tag color="green">{t('task.done')}</Tag>}
        </div>
      )}
      {!fixed && <Series model={model} item={item} owner={owner} />}
      <TaskFields draft={draft} zone={model.zone} fixed={!owner} onChange={setDraft} />
      <p className="wrong" role="alert">{wrong}</p>
      {owner && <Button type="primary" onClick={() => void save()}>{t('app.save')}</Button>}
      {!fixed && <TaskFiles model={model} item={item} owner={owner} may={assigned} files={files} />}
      <TaskPeople model={model} item={item} picker={picker} owner={owner} set={setPeople} onPerson={onPerson} />
      {!fixed && (
        <section className="task-own" aria-label={t('task.ownNote')}>
          <label className="field">
            <span>{t('task.ownNote')}</span>
            <Input.TextArea value={note} dir="auto" maxLength={4000} autoSize={{ minRows: 2, maxRows: 8 }} onChange={(event) => setNote(event.target.value)} />
          </label>
          <Button
            disabled={note.trim() === (item.own_note ?? '')}
            onClick={() => void report(() => model.calendar({ type: 'calendar.write_note', body: { task: item.task, text: note.trim() } }))
              .then((done) => { if (done) void message.success(t('task.noteSaved')); })}
          >
            {t('task.saveNote')}
          </Button>
        </section>
      )}
      {!fixed && (
        <div className="task-acts">
          <Button onClick={leave}>{t('task.leave')}</Button>
          {owner && <Button danger onClick={() => void remove()}>{t('task.remove')}</Button>}
        </div>
      )}
    </Drawer>
  );
}
