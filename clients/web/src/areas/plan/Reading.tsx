// Somebody else's plan: what was submitted, and for a head the review of it.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { NOTICE_CHARS_MAX, type PlanEntry, type PlanInfo, type PlanVerdict } from '../../wire/generated';
import { Lines } from './Lines';
import { StateTag } from './pieces';
import type { PlanModel } from './model';

export function Reading({ model }: { model: PlanModel }) {
  const { t, name } = useI18n();
  const { opened } = useObservable(model.plans);
  const cards = useObservable(model.cards.all);
  if (opened === null) return <section className="card plan-reading" aria-label={t('plan.pick')}><Nothing>{t('plan.pick')}</Nothing></section>;
  const card = cards.get(opened.account);
  const title = t('plan.of', { name: card === undefined ? '' : name(card.names) });
  return (
    <section className="plan-reading" aria-label={title}>
      <div className="plan-part-head">
        <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" aria-hidden="true" />} onClick={() => model.close()}>{t('app.back')}</Button>
        <h2>{title}</h2>
      </div>
      {opened.parts.map((entry) => <Submitted key={`${opened.plan} ${entry.part} ${entry.seq ?? 0}`} model={model} info={opened} entry={entry} />)}
      <Lines key={opened.plan} model={model} info={opened} />
    </section>
  );
}

function Submitted({ model, info, entry }: { model: PlanModel; info: PlanInfo; entry: PlanEntry }) {
  const i18n = useI18n();
  const { t } = i18n;
  const title = t(`plan.part.${entry.part}`);
  return (
    <section className="card plan-part" aria-label={title} data-part={entry.part}>
      <div className="plan-part-head"><h3>{title}</h3><StateTag state={entry.state} /></div>
      {entry.text === undefined
        ? <p className="soft">{t('plan.nothingSent')}</p>
        : (
          <>
            <p className="plan-text">{entry.text}</p>
            {entry.sent_at !== undefined && <p className="soft small">{t('plan.submitted')} {fullTime(entry.sent_at, i18n)}</p>}
            <h4 className="small soft">{t('plan.tasksSent')}</h4>
            {entry.tasks.length === 0 && <p className="soft">{t('plan.noTasks')}</p>}
            <ul className="plain">
              {entry.tasks.map((task) => (
                <li key={`${task.task} ${task.starts_at}`} className={`plan-task${task.done ? ' plan-task-done' : ''}`}>
                  <bdi className="plan-task-title">{task.title}</bdi>
                  <span className="soft small">{fullTime(task.starts_at, i18n)}{task.done ? ` · ${t('plan.done')}` : ''}</span>
                </li>
              ))}
            </ul>
            {entry.omitted > 0 && <p className="soft small">{t('plan.omitted', { n: entry.omitted })}</p>}
          </>
        )}
      {entry.remark !== undefined && entry.remark !== '' && <p className="plan-remark"><strong>{t('plan.remark')}</strong> <bdi>{entry.remark}</bdi></p>}
      {info.reviews && entry.state === 'submitted' && entry.seq !== undefined && <Review model={model} info={info} entry={entry} seq={entry.seq} />}
    </section>
  );
}

function Review({ model, info, entry, seq }: { model: PlanModel; info: PlanInfo; entry: PlanEntry; seq: number }) {
  const { t } = useI18n();
  const report = useReport();
  const [remark, setRemark] = useState('');
  const decide = (verdict: PlanVerdict) => report(() => model.run(
    { type: 'plan.review', body: { part: entry.part, seq, verdict, ...(remark.trim() === '' ? {} : { remark }) } }, info.plan,
  ));
  return (
    <div className="plan-review">
      <Input.TextArea aria-label={t('plan.remark')} placeholder={t('plan.remarkNeeded')} dir="auto" autoSize={{ minRows: 2, maxRows: 6 }} maxLength={NOTICE_CHARS_MAX} value={remark} onChange={(event) => setRemark(event.target.value)} />
      <div className="plan-acts">
        <Button type="primary" onClick={() => void decide('approve')}>{t('plan.approve')}</Button>
        <Button danger disabled={remark.trim() === ''} onClick={() => void decide('return')}>{t('plan.return')}</Button>
      </div>
    </div>
  );
}
