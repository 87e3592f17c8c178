// The numbers of a desk's agents, and whether askers see name, number or both: read by every agent,
// changed by who runs the desk.

import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useId, useState } from 'react';
import { useI18n } from '../../i18n';
import { Choice, PersonLine } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import { useObservable } from '../../kit/useObservable';
import { AGENT_NUMBER_CHARS_MAX, type AccountId, type AgentShown, type AgentSigns, type RoomId } from '../../wire/generated';
import type { ServiceModel } from './model';

const SHOWN: readonly AgentShown[] = ['name', 'number', 'both'];

export function SignsDialog({ model, service, signs, onClose, onSaved }: {
  model: ServiceModel; service: RoomId; signs: AgentSigns | undefined; onClose: () => void; onSaved: () => Promise<void>;
}) {
  const { t, name } = useI18n();
  const report = useReport();
  const id = useId();
  const agents = useObservable(model.desks).get(service)?.agents ?? [];
  const may = agents.some((one) => one.account === model.me && one.role !== 'member');
  const [shown, setShown] = useState<AgentShown>(signs?.shown ?? 'name');
  const [numbers, setNumbers] = useState<ReadonlyMap<AccountId, string>>(
    () => new Map(signs?.numbers.map((one) => [one.account, one.number])),
  );

  async function save() {
    const kept = agents.map((one) => ({ account: one.account, number: (numbers.get(one.account) ?? '').trim() }));
    const next = { shown, numbers: kept.filter((one) => one.number !== '') };
    const saved = await report(async () => {
      await model.setSigns(service, next);
      await onSaved();
    });
    if (saved) onClose();
  }

  return (
    <Modal
      open
      centered
      title={t('desk.signs')}
      onCancel={onClose}
      {...(may
        ? { okText: t('app.save'), cancelText: t('app.cancel'), onOk: () => void save() }
        : { footer: null })}
    >
      <div className="field">
        <span id={id}>{t('signs.shown')}</span>
        {may
          ? <Choice<AgentShown> label={t('signs.shown')} value={shown} onChange={setShown} options={SHOWN.map((value) => ({ value, label: t(`signs.${value}`) }))} />
          : <strong>{t(`signs.${shown}`)}</strong>}
      </div>
      <p className="soft small">{t('signs.hint')}</p>
      <ul className="plain signs" aria-label={t('desk.people')}>
        {agents.map((one) => (
          <li key={one.account}>
            <PersonLine card={one.card} />
            {may ? (
              <Input
                dir="ltr"
                value={numbers.get(one.account) ?? ''}
                maxLength={AGENT_NUMBER_CHARS_MAX}
                placeholder={t('desk.signs')}
                aria-label={t('signs.of', { name: name(one.card.names) })}
                onChange={(event) => setNumbers((now) => new Map(now).set(one.account, event.target.value))}
              />
            ) : <bdi dir="ltr">{numbers.get(one.account) ?? '—'}</bdi>}
          </li>
        ))}
      </ul>
    </Modal>
  );
}
