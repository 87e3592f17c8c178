// The proof of a notice that one has sent: who has it, who has read, confirmed and done it.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice, Nothing } from '../../kit/pieces';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { NoticeCounts, NoticeProof } from '../../wire/generated';
import type { NoticeModel, ProofPart as Part } from './model';

export function SentDetail({ model, counts }: { model: NoticeModel; counts: NoticeCounts }) {
  const i18n = useI18n();
  const { t, name } = i18n;
  const { modal } = App.useApp();
  const report = useReport();
  const cards = useObservable(model.cards.all);
  const [part, setPart] = useState<Part>('all');
  const [rows, setRows] = useState<readonly NoticeProof[]>([]);
  const [next, setNext] = useState<string | undefined>();
  useEffect(() => model.follow(counts.notice), [model, counts.notice]);
  // Somebody read it meanwhile: the counts change, and so the rows are read again.
  const version = `${counts.addressed} ${counts.read} ${counts.confirmed} ${counts.done}`;

  useEffect(() => {
    let alive = true;
    void report(async () => {
      const page = await model.proof(counts.notice, part);
      if (!alive) return;
      setRows(page.items);
      setNext(page.next);
    });
    return () => { alive = false; };
  }, [model, counts.notice, part, version, report]);

  async function more() {
    await report(async () => {
      const page = await model.proof(counts.notice, part, next);
      setRows((now) => [...now, ...page.items]);
      setNext(page.next);
    });
  }

  function withdraw() {
    modal.confirm({
      title: t('notices.withdrawSure'), okText: t('app.ok'), cancelText: t('app.cancel'),
      onOk: () => report(() => model.run(counts.notice, { type: 'notice.withdraw', body: {} })),
    });
  }

  const numbers: Record<Part, number> = {
    all: counts.addressed, unread: counts.addressed - counts.read, read: counts.read,
    confirmed: counts.confirmed, done: counts.done,
  };
  const parts: Part[] = ['all', 'unread', 'read', 'confirmed', ...(counts.kind === 'todo' ? ['done' as const] : [])];
  const at = (ms: number | undefined) => (ms === undefined ? '–' : fullTime(ms, i18n));
  return (
    <article className="notice-article">
      <div className="notice-head">
        <h2><bdi>{counts.withdrawn ? t('notices.withdrawn') : counts.title}</bdi></h2>
        {!counts.withdrawn && <Button danger onClick={withdraw}>{t('notices.withdraw')}</Button>}
      </div>
      <p className="soft small" role="status">{counts.complete ? t('notices.addressed', { n: counts.addressed }) : t('notices.sending')}</p>
      <Choice<Part>
        label={t('notices.proof.which')}
        value={part}
        onChange={setPart}
        options={parts.map((value) => ({ value, label: t(`notices.proof.${value}`, { n: numbers[value] }) }))}
      />
      <div className="notice-proof" tabIndex={0} role="region" aria-label={t('notices.proof')}>
        {rows.length === 0 ? <Nothing>{t('notices.none')}</Nothing> : (
          <table>
            <thead>
              <tr>
                <th scope="col">{t('notices.proof.person')}</th>
                <th scope="col">{t('notices.proof.readAt')}</th>
                <th scope="col">{t('notices.proof.confirmedAt')}</th>
                {counts.kind === 'todo' && <th scope="col">{t('notices.proof.doneAt')}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const card = cards.get(row.account);
                return (
                  <tr key={row.account}>
                    <th scope="row">
                      <bdi>{card === undefined ? t('chat.someone') : name(card.names)}</bdi>
                      {card !== undefined && <span className="soft small"><bdi>{name(card.unit_names)}</bdi></span>}
                    </th>
                    <td>{at(row.read_at)}</td>
                    <td>{at(row.confirmed_at)}</td>
                    {counts.kind === 'todo' && <td>{at(row.done_at)}</td>}
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </div>
      {next !== undefined && <Button onClick={() => void more()}>{t('notices.more')}</Button>}
    </article>
  );
}
