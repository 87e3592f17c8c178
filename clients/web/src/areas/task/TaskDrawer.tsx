// One task: its fields for the owner, its people, its chat, a note to oneself, and its end.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Drawer from 'antd/es/drawer';
import Input from 'antd/es/input';
import Tag from 'antd/es/tag';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { PersonLine } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { AccountId, StreamId, TaskCommand, TaskItem, TaskPart } from '../../wire/generated';
import { TaskFields, draftOf, spanOf } from './TaskFields';
import { type TaskModel, isOwner } from './model';

export function TaskDrawer({ model, item, picker, fixed, onRoom, onClose }: {
  model: TaskModel; item: TaskItem; picker: RenderPicker; fixed: boolean;
  onRoom: (stream: StreamId) => void; onClose: () => void;
}) {
  const { t, dir } = useI18n();
  const { modal, message } = App.useApp();
  const report = useReport();
  const owner = !fixed && isOwner(item, model.me);
  const [draft, setDraft] = useState(() => draftOf(item, model.zone));
  const [wrong, setWrong] = useState<string | null>(null);
  const [note, setNote] = useState(item.own_note ?? '');
  const run = (command: TaskCommand) => report(() => model.run(item.task, command));
  const on = item.on === undefined ? {} : { on: item.on };

  async function save() {
    const before = draftOf(item, model.zone);
    const span = spanOf(draft, model.zone);
    if (draft.title.trim() === '') return setWrong(t('task.needName'));
    if (span.ends_at < span.starts_at) return setWrong(t('task.endsBefore'));
    setWrong(null);
    const saved = await report(async () => {
      if (draft.title !== before.title || draft.note !== before.note || draft.private !== before.private) {
        await model.run(item.task, { type: 'task.change', body: { title: draft.title.trim(), note: draft.note.trim(), private: draft.private } });
      }
      if (span.starts_at !== item.starts_at || span.ends_at !== item.ends_at) await model.move(item, span.starts_at, span.ends_at);
      if (JSON.stringify(draft.repeat) !== JSON.stringify(before.repeat)) {
        await model.run(item.task, { type: 'task.repeat', body: draft.repeat === undefined ? {} : { repeat: draft.repeat } });
      }
    });
    if (saved) onClose();
  }

  function sure(content: string, command: TaskCommand) {
    modal.confirm({
      title: content, okText: t('app.ok'), cancelText: t('app.cancel'),
      onOk: async () => { if (await run(command)) onClose(); },
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
      <TaskFields draft={draft} zone={model.zone} fixed={!owner} onChange={setDraft} />
      <p className="wrong" role="alert">{wrong}</p>
      {owner && <Button type="primary" onClick={() => void save()}>{t('app.save')}</Button>}
      <TaskPeople model={model} item={item} picker={picker} owner={owner} run={run} />
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
          <Button onClick={() => sure(t('task.leaveSure'), { type: 'task.leave', body: {} })}>{t('task.leave')}</Button>
          {owner && <Button danger onClick={() => sure(t('task.removeSure'), { type: 'task.remove', body: {} })}>{t('task.remove')}</Button>}
        </div>
      )}
    </Drawer>
  );
}

function TaskPeople({ model, item, picker, owner, run }: {
  model: TaskModel; item: TaskItem; picker: RenderPicker; owner: boolean; run: (command: TaskCommand) => Promise<boolean>;
}) {
  const { t, name } = useI18n();
  const cards = useObservable(model.cards.all);
  const [adding, setAdding] = useState<AccountId[] | null>(null);
  const unknown = item.people.some((one) => !cards.has(one.account));
  useEffect(() => { if (unknown) model.loadNames([item]).catch(() => undefined); }, [model, item, unknown]);

  async function add(part: TaskPart) {
    if (await run({ type: 'task.assign', body: { accounts: adding ?? [], part } })) setAdding(null);
  }

  return (
    <section aria-label={t('task.people')}>
      <h3>{t('task.people')}</h3>
      <ul className="plain">
        {item.people.map(({ account, part }) => {
          const card = cards.get(account);
          if (card === undefined) return null;
          return (
            <li key={account} className="line line-static">
              <PersonLine card={card} extra={<Tag>{t(`task.part.${part}`)}</Tag>} />
              {owner && account !== model.me && (
                <Button size="small" aria-label={t('task.removePerson', { name: name(card.names) })} onClick={() => void run({ type: 'task.release', body: { account } })}>
                  {t('group.remove')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {owner && adding === null && <Button onClick={() => setAdding([])}>{t('task.addPeople')}</Button>}
      {adding !== null && (
        <div className="adding">
          {picker(adding, item.people.map((one) => one.account), setAdding)}
          <div className="task-acts">
            <Button type="primary" disabled={adding.length === 0} onClick={() => void add('assignee')}>{t('task.asAssignee')}</Button>
            <Button disabled={adding.length === 0} onClick={() => void add('watcher')}>{t('task.asWatcher')}</Button>
            <Button type="text" onClick={() => setAdding(null)}>{t('app.cancel')}</Button>
          </div>
        </div>
      )}
    </section>
  );
}
