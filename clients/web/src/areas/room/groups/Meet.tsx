// Face to face: the same four digits bring those who stand together into one group.

import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import { useObservable } from '../../../kit/useObservable';
import { useReport } from '../../../kit/useReport';
import type { StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';

type Met = { room: string; people: number };

export function Meet({ model, onMet }: { model: RoomModel; onMet: (stream: StreamId) => void }) {
  const { t } = useI18n();
  const report = useReport();
  const conversations = useObservable(model.conversations);
  const [digits, setDigits] = useState('');
  const [met, setMet] = useState<Met | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const stream: StreamId | null = met === null ? null : `room:${met.room}`;
  const there = stream !== null && conversations.has(stream);

  // The group comes to be when the second has come; joining it is told on the own stream.
  useEffect(() => { if (there && stream !== null) onMet(stream); }, [there, stream, onMet]);

  async function go() {
    if (!/^[0-9]{4}$/u.test(digits)) return setWrong(t('meet.four'));
    setWrong(null);
    await report(async () => {
      const { result } = await model.hub.command({ type: 'room.meet', body: { digits } }).outcome;
      setMet(result as Met);
      await model.reload();
    });
  }

  return (
    <form
      className="meet"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <p className="soft">{t('meet.lead')}</p>
      <span className="field-row">
        <Input
          className="meet-digits"
          inputMode="numeric"
          dir="ltr"
          maxLength={4}
          autoComplete="off"
          aria-label={t('meet.digits')}
          value={digits}
          onChange={(event) => setDigits(event.target.value.replace(/[^0-9]/gu, ''))}
        />
        <Button type="primary" htmlType="submit">{t('meet.go')}</Button>
      </span>
      <p className="wrong" role="alert">{wrong}</p>
      <p role="status">{met !== null && t('meet.waiting', { n: met.people, digits })}</p>
    </form>
  );
}
