// Who has a part in a task. Of a series, people may come to one occurrence or from one on.

import MessageOutlined from '@ant-design/icons/es/icons/MessageOutlined';
import Button from 'antd/es/button';
import Tag from 'antd/es/tag';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { PersonLine } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, TaskItem, TaskPart } from '../../wire/generated';
import type { TaskModel } from './model';

export type SetPeople = (change: { add: readonly AccountId[]; part: TaskPart } | { out: AccountId }) => Promise<boolean>;

export function TaskPeople({ model, item, picker, owner, set, onPerson }: {
  model: TaskModel; item: TaskItem; picker: RenderPicker; owner: boolean; set: SetPeople;
  onPerson: ((account: AccountId) => void) | undefined;
}) {
  const { t, name } = useI18n();
  const cards = useObservable(model.cards.all);
  const [adding, setAdding] = useState<AccountId[] | null>(null);
  const unknown = item.people.some((one) => !cards.has(one.account));
  useEffect(() => { if (unknown) model.loadNames([item]).catch(() => undefined); }, [model, item, unknown]);

  async function add(part: TaskPart) {
    if (await set({ add: adding ?? [], part })) setAdding(null);
  }

  return (
    <section aria-label={t('task.people')}>
      <h3>{t('task.people')}</h3>
      <ul className="plain">
        {item.people.map(({ account, part }) => {
          const card = cards.get(account);
          if (card === undefined) return null;
          const other = account !== model.me;
          return (
            <li key={account} className="line line-static">
              <PersonLine card={card} extra={<Tag>{t(`task.part.${part}`)}</Tag>} />
              {other && onPerson !== undefined && (
                <Button size="small" icon={<MessageOutlined aria-hidden="true" />} aria-label={t('task.talkTo', { name: name(card.names) })} onClick={() => onPerson(account)} />
              )}
              {owner && other && (
                <Button size="small" aria-label={t('task.removePerson', { name: name(card.names) })} onClick={() => void set({ out: account })}>
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
