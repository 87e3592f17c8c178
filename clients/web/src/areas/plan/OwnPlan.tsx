// One's own week: the plan and the summary to write and submit, the tasks beside them.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { MESSAGE_CHARS_MAX, type AccountId, type PlanEntry, type PlanInfo } from '../../wire/generated';
import { Lines } from './Lines';
import { Names, StateTag } from './pieces';
import type { WeekTasks } from './PlansView';
import type { PlanModel } from './model';

export function OwnPlan({ model, picker, tasks }: { model: PlanModel; picker: RenderPicker; tasks: WeekTasks }) {
  const { own } = useObservable(model.plans);
  if (own === null) return null;
  const [plan, summary] = own.parts;
  const handedIn = plan !== undefined && (plan.state === 'submitted' || plan.state === 'approved');
  return (
    <div className="plan-cols">
      <div className="plan-main">
        {plan !== undefined && <Part model={model} own={own} entry={plan} ready />}
        {summary !== undefined && <Part model={model} own={own} entry={summary} ready={handedIn} />}
      </div>
      <div className="plan-side">
        <Tasks tasks={tasks} />
        <Shares model={model} own={own} picker={picker} />
        <Lines model={model} info={own} />
      </div>
    </div>
  );
}

function Part({ model, own, entry, ready }: { model: PlanModel; own: PlanInfo; entry: PlanEntry; ready: boolean }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { message } = App.useApp();
  const report = useReport();
  const { part, state } = entry;
  const { week } = own;
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? entry.draft ?? '';
  const open = state === 'draft' || state === 'returned';
  const title = t(`plan.part.${part}`);

  async function save() {
    if (!(await report(() => model.run({ type: 'plan.write', body: { week, part, text } })))) return;
    setTyped(null);
    void message.success(t('plan.saved'));
  }
  async function submit() {
    if (!(await report(() => model.run({ type: 'plan.submit', body: { week, part, text } })))) return;
    setTyped(null);
    void message.success(t('plan.submitted'));
  }
  return (
    <section className="card plan-part" aria-label={title} data-part={part}>
      <div className="plan-part-head"><h3>{title}</h3><StateTag state={state} /></div>
      {entry.remark !== undefined && entry.remark !== '' && (
        <p className={`plan-remark${state === 'returned' ? ' plan-remark-returned' : ''}`}>
          <strong>{t('plan.remark')}</strong> <bdi>{entry.remark}</bdi>
        </p>
      )}
      {open
        ? (
          <Input.TextArea
            aria-label={title}
            placeholder={t(`plan.hint.${part}`)}
            dir="auto"
            autoSize={{ minRows: 5, maxRows: 16 }}
            maxLength={MESSAGE_CHARS_MAX}
            value={text}
            onChange={(event) => setTyped(event.target.value)}
          />
        )
        : <p className="plan-text">{entry.text}</p>}
      {!open && entry.sent_at !== undefined && (
        <p className="soft small">
          {t('plan.submitted')} {fullTime(entry.sent_at, i18n)}
          {entry.to.length > 0 && <> · <Names model={model} accounts={entry.to} words="plan.to" /></>}
        </p>
      )}
      {open && !ready && <p className="soft small">{t('plan.planFirst')}</p>}
      <div className="plan-acts">
        {open && <Button type="primary" disabled={!ready || text.trim() === ''} onClick={() => void submit()}>{t(state === 'returned' ? 'plan.submitAgain' : 'plan.submit')}</Button>}
        {open && <Button disabled={typed === null} onClick={() => void save()}>{t('plan.save')}</Button>}
        {state === 'submitted' && <Button onClick={() => void report(() => model.run({ type: 'plan.withdraw', body: { week, part } }))}>{t('plan.withdraw')}</Button>}
      </div>
    </section>
  );
}

function Tasks({ tasks }: { tasks: WeekTasks }) {
  const i18n = useI18n();
  const { t } = i18n;
  const report = useReport();
  return (
    <section className="card plan-tasks" aria-label={t('plan.tasks')}>
      <h3>{t('plan.tasks')}</h3>
      <p className="soft small">{t('plan.tasksHint')}</p>
      {tasks.items.length === 0 && <Nothing>{t('plan.noTasks')}</Nothing>}
      <ul className="plain">
        {tasks.items.map((item) => (
          <li key={`${item.task} ${item.on ?? ''}`} className={`plan-task${item.done ? ' plan-task-done' : ''}`}>
            <Checkbox aria-label={t('plan.taskDone', { title: item.title })} checked={item.done} onChange={(event) => void report(() => tasks.finish(item, event.target.checked))} />
            <button type="button" className="plan-task-open" title={t('plan.openTask')} onClick={() => tasks.open(item)}>
              <bdi className="plan-task-title">{item.title}</bdi>
              <span className="soft small">{fullTime(item.starts_at, i18n)}{item.private ? ` · ${t('plan.private')}` : ''}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Shares({ model, own, picker }: { model: PlanModel; own: PlanInfo; picker: RenderPicker }) {
  const { t, name } = useI18n();
  const report = useReport();
  const cards = useObservable(model.cards.all);
  const [adding, setAdding] = useState<AccountId[] | null>(null);
  const { week } = own;
  const share = (account: AccountId, on: boolean) => report(() => model.run({ type: 'plan.share', body: { week, account, on } }));

  async function add(accounts: readonly AccountId[]) {
    for (const account of accounts) if (!(await share(account, true))) return;
    setAdding(null);
  }
  return (
    <section className="card plan-shares" aria-label={t('plan.share')}>
      <h3>{t('plan.share')}</h3>
      <p className="soft small">{t('plan.shareHint')}</p>
      {own.shared.length === 0 && adding === null && <p className="soft">{t('plan.sharedNobody')}</p>}
      <ul className="plain">
        {own.shared.map((account) => {
          const card = cards.get(account);
          const who = card === undefined ? '' : name(card.names);
          return (
            <li key={account} className="plan-share">
              <bdi>{who}</bdi>
              <Button size="small" aria-label={t('plan.stopSharing', { name: who })} onClick={() => void share(account, false)}>{t('plan.stop')}</Button>
            </li>
          );
        })}
      </ul>
      {adding === null
        ? <Button onClick={() => setAdding([])}>{t('plan.share')}</Button>
        : (
          <>
            {picker(adding, [model.me, ...own.shared], setAdding)}
            <div className="plan-acts">
              <Button type="primary" disabled={adding.length === 0} onClick={() => void add(adding)}>{t('app.ok')}</Button>
              <Button type="text" onClick={() => setAdding(null)}>{t('app.cancel')}</Button>
            </div>
          </>
        )}
    </section>
  );
}
