// Somebody calls: over every page. The focus comes to the card unless the person is writing, and
// never to a button, so that no key pressed for something else answers or declines.

import PhoneOutlined from '@ant-design/icons/es/icons/PhoneOutlined';
import VideoCameraOutlined from '@ant-design/icons/es/icons/VideoCameraOutlined';
import Button from 'antd/es/button';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import type { AccountId, LiveCall } from '../../wire/generated';
import type { CallModel } from './model';
import { announce } from './ringing';

export function RingCard({ model, call, during, nameOf, onAnswered }: {
  model: CallModel; call: LiveCall;
  /** While this person is in another call. */
  during: boolean;
  nameOf: (account: AccountId) => string; onAnswered: (room: string) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const report = useReport();
  const card = useRef<HTMLElement>(null);
  const silence = useRef<() => void>(() => undefined);
  const [hushed, setHushed] = useState(false);
  const { room, mode, by, room_name } = call;
  const who = nameOf(by);
  const title = t(`call.in.${mode}`, { name: who });
  const place = call.room_kind === 'direct' || room_name === '' ? '' : t('call.in.room', { name: room_name });

  useEffect(() => {
    if (during) return undefined;
    const stop = announce({ room, title, body: place, lang: i18n.tag, dir: i18n.dir });
    silence.current = stop;
    return stop;
  }, [during, room, title, place, i18n]);

  useEffect(() => {
    const active = document.activeElement;
    const writing = active instanceof HTMLElement && (active.matches('input, textarea, select') || active.isContentEditable);
    if (!during && !writing) card.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F8') return;
      event.preventDefault();
      card.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [during]);

  function accept(camera: boolean) {
    onAnswered(room);
    void model.enter({ room, mode: camera ? 'video' : mode, begin: false, camera });
  }
  return (
    <section
      ref={card}
      className={`ring-card${during ? ' ring-card-small' : ''}`}
      role="alertdialog"
      aria-label={title}
      aria-describedby={`ring-${room}`}
      tabIndex={-1}
      data-room={room}
    >
      <span className="ring-who">
        <Face id={by} name={who} large={!during} />
        <span id={`ring-${room}`}>
          <strong role="alert">{title}</strong>
          {place !== '' && <span className="ring-place"><bdi>{place}</bdi></span>}
          <span className={`small soft${during ? '' : ' ring-key'}`}>{t(during ? 'call.in.another' : 'call.in.key')}</span>
        </span>
      </span>
      <span className="ring-acts">
        {mode === 'video' && (
          <Button type="primary" size="large" className="ring-yes" icon={<VideoCameraOutlined />} onClick={() => accept(true)}>{t('call.accept.video')}</Button>
        )}
        <Button type="primary" size="large" className="ring-yes" icon={<PhoneOutlined />} onClick={() => accept(false)}>{t('call.accept.voice')}</Button>
        {!during && <Button size="large" danger onClick={() => void report(() => model.decline(room, false))}>{t('call.decline')}</Button>}
        <Button size="large" onClick={() => void report(() => model.decline(room, true))}>{t('call.declineBusy')}</Button>
        {!during && !hushed && (
          <Button
            type="text"
            onClick={() => {
              silence.current();
              setHushed(true);
              card.current?.focus();
            }}
          >
            {t('call.hush')}
          </Button>
        )}
      </span>
    </section>
  );
}
