// What a series is besides the one occurrence that is looked at: where it came from, and which
// days are left out.

import Button from 'antd/es/button';
import Tag from 'antd/es/tag';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { Day, TaskItem } from '../../wire/generated';
import type { TaskModel } from './model';
import { dayWords } from './words';

export function Series({ model, item, owner }: { model: TaskModel; item: TaskItem; owner: boolean }) {
  const i18n = useI18n();
  const { t } = i18n;
  const report = useReport();
  const [skipped, setSkipped] = useState<readonly Day[]>([]);
  const { task, on, follows } = item;
  const repeats = item.repeat !== undefined;

  useEffect(() => {
    if (!repeats || !owner) return undefined;
    let gone = false;
    model.rule(task).then(({ exceptions = [] }) => {
      if (!gone) setSkipped(exceptions.filter((one) => one.skipped === true).map((one) => one.on));
    }, () => undefined);
    return () => { gone = true; };
  }, [model, task, item, repeats, owner]);

  const restore = (day: Day) => void report(() => model.run(task, { type: 'task.restore', body: { on: day } }));
  return (
    <>
      {follows !== undefined && (
        <div className="task-acts">
          <span className="soft small">{t('task.follows')}</span>
          <Button size="small" onClick={() => model.seek.set(follows)}>{t('task.follows.open')}</Button>
        </div>
      )}
      {item.altered === true && on !== undefined && (
        <div className="task-acts">
          <Tag color="gold">{t('task.altered')}</Tag>
          {owner && <Button size="small" onClick={() => restore(on)}>{t('task.restore')}</Button>}
        </div>
      )}
      {skipped.length > 0 && (
        <section aria-label={t('task.skipped')}>
          <h3>{t('task.skipped')}</h3>
          <div className="task-acts">
            {skipped.map((day) => (
              <Button key={day} size="small" onClick={() => restore(day)}>{t('task.unskip', { when: dayWords(day, i18n) })}</Button>
            ))}
          </div>
        </section>
      )}
    </>
  );
}
