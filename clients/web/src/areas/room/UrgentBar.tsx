// The urgent messages that wait for this person, over every place of the workbench.

import AlertOutlined from '@ant-design/icons/es/icons/AlertOutlined';
import Button from 'antd/es/button';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import { messageOf } from './history';
import type { RoomModel } from './model';
import { messageLine, personName } from './words';

export function UrgentBar({ model }: { model: RoomModel }) {
  const i18n = useI18n();
  const report = useReport();
  const waiting = useObservable(model.urgents.waiting);
  useObservable(model.cards.all);
  if (waiting.length === 0) return null;
  return (
    <section className="urgent-bar" role="alert" aria-label={i18n.t('urgent.title')}>
      <AlertOutlined aria-hidden="true" />
      <ul className="plain">
        {waiting.map((event) => {
          const message = messageOf(event);
          return (
            <li key={`${event.stream} ${event.seq}`}>
              {/* A long one is scrolled, by whoever has no pointer too. */}
              <span className="urgent-text" dir="auto" tabIndex={0}>
                <bdi><strong>{personName(event.by, model.cards, model.me, i18n)}</strong></bdi>{' '}
                <bdi>{message === undefined ? '' : messageLine(message, i18n)}</bdi>
              </span>
              <Button
                size="small"
                type="primary"
                danger
                onClick={() => void report(() => model.acknowledge(event))}
              >
                {i18n.t('urgent.ack')}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
