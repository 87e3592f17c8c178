// Passing messages on: to which conversations, as one or one by one. The hub copies them.

import App from 'antd/es/app';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useMemo, useState } from 'react';
import { useI18n } from '../../../i18n';
import { Choice, Face, Nothing } from '../../../kit/pieces';
import { useObservable } from '../../../kit/useObservable';
import { useReport } from '../../../kit/useReport';
import type { Conversation, StreamId } from '../../../wire/generated';
import { byLast, fits } from '../list';
import type { RoomModel } from '../model';
import { signOf } from '../kindSign';
import { roomName } from '../words';

const SHOWN_MAX = 100;

export function ForwardDialog({ model, conversation, seqs, onClose, onDone }: {
  model: RoomModel; conversation: Conversation; seqs: readonly number[]; onClose: () => void; onDone: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { message } = App.useApp();
  const report = useReport();
  const conversations = useObservable(model.conversations);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<readonly StreamId[]>([]);
  const [how, setHow] = useState<'merged' | 'each'>('merged');
  const [busy, setBusy] = useState(false);
  const shown = useMemo(() => [...conversations.values()]
    .filter((one) => one.dissolved !== true && one.kind !== 'desk' && fits(one, query))
    .sort(byLast).slice(0, SHOWN_MAX), [conversations, query]);

  async function send() {
    setBusy(true);
    const title = t(conversation.kind === 'direct' ? 'forward.ofPeople' : 'forward.ofRoom', { name: roomName(conversation, i18n) });
    const room = conversation.stream.slice('room:'.length);
    const lots = how === 'merged' ? [seqs] : seqs.map((seq) => [seq]);
    const good = await report(async () => {
      for (const to of chosen) {
        for (const lot of lots) {
          const messages = lot.map((seq) => ({ room, seq }));
          await model.run(to, { type: 'room.send_message', body: { text: '', forward: { title: title.slice(0, 200), messages } } });
        }
      }
    });
    setBusy(false);
    if (!good) return;
    void message.success(t('forward.done'));
    onDone();
  }

  return (
    <Modal
      open
      centered
      title={t('forward.title')}
      okText={t('chat.forward')}
      cancelText={t('app.cancel')}
      confirmLoading={busy}
      okButtonProps={{ disabled: chosen.length === 0 }}
      onOk={() => void send()}
      onCancel={onClose}
    >
      <div className="picker">
        <Input type="search" allowClear value={query} placeholder={t('rooms.search')} aria-label={t('rooms.search')} onChange={(event) => setQuery(event.target.value)} />
        {shown.length === 0 && <Nothing>{t('rooms.noMatch')}</Nothing>}
        <ul className="plain picker-list" tabIndex={0} aria-label={t('forward.pick')}>
          {shown.map((one) => (
            <li key={one.stream}>
              <Checkbox
                className="line line-check"
                checked={chosen.includes(one.stream)}
                onChange={(event) => setChosen(event.target.checked
                  ? [...chosen, one.stream] : chosen.filter((other) => other !== one.stream))}
              >
                <span className="line-inner">
                  <Face id={one.peer?.account ?? one.stream} name={roomName(one, i18n)} group={one.peer === undefined} sign={signOf(one)} />
                  <bdi>{roomName(one, i18n)}</bdi>
                </span>
              </Checkbox>
            </li>
          ))}
        </ul>
      </div>
      {seqs.length > 1 && (
        <p className="forward-how">
          <Choice
            label={t('forward.how')}
            value={how}
            options={[{ value: 'merged', label: t('forward.merged') }, { value: 'each', label: t('forward.each') }]}
            onChange={setHow}
          />
        </p>
      )}
    </Modal>
  );
}
