// What is pinned, above the messages: the latest, and the others on demand.

import PushpinOutlined from '@ant-design/icons/es/icons/PushpinOutlined';
import Button from 'antd/es/button';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { EventFrame, StreamId } from '../../wire/generated';
import { messageOf } from './history';
import type { RoomModel } from './model';
import { authorName, messageLine } from './words';

export function PinBar({ model, stream, onJump }: { model: RoomModel; stream: StreamId; onJump: (seq: number) => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const pins = useObservable(model.pins.of(stream));
  useObservable(model.cards.all);
  const [open, setOpen] = useState(false);
  const shown = open ? pins : pins.slice(0, 1);
  if (pins.length === 0) return null;
  const line = (event: EventFrame) => {
    const message = messageOf(event);
    return message === undefined ? '' : messageLine(message, i18n);
  };
  return (
    <section className="pins" aria-label={t('chat.pins')}>
      <PushpinOutlined aria-hidden="true" />
      <ul className="plain">
        {shown.map((event) => (
          <li key={event.seq}>
            <button type="button" className="pin" onClick={() => onJump(event.seq)}>
              <bdi><strong>{authorName(event, model.cards, model.me, i18n, model.of(stream))}</strong></bdi> <bdi>{line(event)}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {pins.length > 1 && (
        <Button size="small" type="text" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('chat.pinned', { n: pins.length })}
        </Button>
      )}
    </section>
  );
}
