// What was done to a plan and said about it, and a place to say something.

import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { NOTICE_CHARS_MAX, type PlanInfo } from '../../wire/generated';
import type { PlanModel } from './model';

export function Lines({ model, info }: { model: PlanModel; info: PlanInfo }) {
  const i18n = useI18n();
  const { t, name } = i18n;
  const report = useReport();
  const cards = useObservable(model.cards.all);
  const [text, setText] = useState('');

  async function say() {
    if (await report(() => model.run({ type: 'plan.comment', body: { text } }, info.plan))) setText('');
  }
  return (
    <section className="card plan-lines" aria-label={t('plan.talk')}>
      <h3>{t('plan.talk')}</h3>
      {info.lines.length === 0 && <Nothing>{t('plan.noLines')}</Nothing>}
      <ol className="plain" aria-live="polite">
        {info.lines.map((line) => {
          const card = cards.get(line.by);
          const part = line.part === undefined ? '' : t(`plan.part.${line.part}`);
          return (
            <li key={line.seq} className="plan-line">
              <span><bdi className="plan-by">{card === undefined ? '' : name(card.names)}</bdi> {t(`plan.did.${line.deed}`, { part })}</span>
              <span className="soft small">{fullTime(line.at, i18n)}</span>
              {line.text !== '' && <p className="plan-text">{line.text}</p>}
            </li>
          );
        })}
      </ol>
      {info.exists && (
        <>
          <Input.TextArea aria-label={t('plan.say')} placeholder={t('plan.say')} dir="auto" autoSize={{ minRows: 2, maxRows: 6 }} maxLength={NOTICE_CHARS_MAX} value={text} onChange={(event) => setText(event.target.value)} />
          <div className="plan-acts"><Button disabled={text.trim() === ''} onClick={() => void say()}>{t('plan.comment')}</Button></div>
        </>
      )}
    </section>
  );
}
