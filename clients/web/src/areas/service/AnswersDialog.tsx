// The answers that a desk keeps at hand: read by every agent, changed by who runs the desk.

import DeleteOutlined from '@ant-design/icons/es/icons/DeleteOutlined';
import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import { ANSWER_CHARS_MAX, ANSWERS_MAX, NAME_CHARS_MAX, type CannedAnswer, type RoomId } from '../../wire/generated';
import type { ServiceModel } from './model';

export function AnswersDialog({ model, service, onClose }: { model: ServiceModel; service: RoomId; onClose: () => void }) {
  const { t } = useI18n();
  const report = useReport();
  const desk = model.desk(service);
  const may = desk.agents.some((one) => one.account === model.me && one.role !== 'member');
  const [answers, setAnswers] = useState<readonly CannedAnswer[]>(desk.answers);
  const [wrong, setWrong] = useState(false);

  const change = (at: number, part: Partial<CannedAnswer>) =>
    setAnswers((now) => now.map((one, n) => (n === at ? { ...one, ...part } : one)));

  async function save() {
    const kept = answers.map(({ title, text }) => ({ title: title.trim(), text: text.trim() }));
    if (kept.some(({ title, text }) => title === '' || text === '')) return setWrong(true);
    setWrong(false);
    if (await report(() => model.setAnswers(service, kept))) onClose();
  }

  return (
    <Modal
      open
      centered
      width={640}
      title={t('answers.title')}
      onCancel={onClose}
      {...(may
        ? { okText: t('app.save'), cancelText: t('app.cancel'), onOk: () => void save() }
        : { footer: null })}
    >
      <p className="soft">{t('answers.hint')}</p>
      {answers.length === 0 && <Nothing>{t('answers.none')}</Nothing>}
      <ul className="plain answers">
        {answers.map((one, at) => (
          <li key={at} className="answer">
            {may ? (
              <>
                <span className="field-row">
                  <Input
                    dir="auto"
                    value={one.title}
                    maxLength={NAME_CHARS_MAX}
                    placeholder={t('answers.name')}
                    aria-label={t('answers.name')}
                    onChange={(event) => change(at, { title: event.target.value })}
                  />
                  <Button
                    type="text"
                    icon={<DeleteOutlined />}
                    aria-label={t('answers.remove', { name: one.title })}
                    onClick={() => setAnswers((now) => now.filter((_, n) => n !== at))}
                  />
                </span>
                <Input.TextArea
                  dir="auto"
                  autoSize={{ minRows: 2, maxRows: 6 }}
                  value={one.text}
                  maxLength={ANSWER_CHARS_MAX}
                  placeholder={t('answers.text')}
                  aria-label={t('answers.text')}
                  onChange={(event) => change(at, { text: event.target.value })}
                />
              </>
            ) : <><strong><bdi>{one.title}</bdi></strong><p className="msg-text" dir="auto">{one.text}</p></>}
          </li>
        ))}
      </ul>
      <p className="wrong" role="alert">{wrong && t('answers.need')}</p>
      {may && answers.length < ANSWERS_MAX && (
        <Button icon={<PlusOutlined aria-hidden="true" />} onClick={() => setAnswers((now) => [...now, { title: '', text: '' }])}>{t('answers.add')}</Button>
      )}
    </Modal>
  );
}
