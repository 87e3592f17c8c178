// Who has read a message and who has not, by department; the numbers move while one looks.

import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import { useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import { Choice, Nothing, PersonLine } from '../../../kit/pieces';
import { useObservable } from '../../../kit/useObservable';
import { fullTime } from '../../../kit/time';
import type { ErrorBody, Readers, StreamId } from '../../../wire/generated';
import { errorBodyOf } from '../../../wire/http';
import { readersOf } from '../groups/api';
import type { RoomModel } from '../model';

type Which = 'read' | 'unread' | 'units';

export function ReadersSheet({ model, stream, seq, onClose }: {
  model: RoomModel; stream: StreamId; seq: number; onClose: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const [readers, setReaders] = useState<Readers | null>(null);
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [which, setWhich] = useState<Which>('unread');
  const live = useObservable(model.readCounts).get(stream)?.get(seq);

  // Asked for again as the hub counts on, at most once a second by its own measure.
  useEffect(() => {
    let gone = false;
    readersOf(model.http, stream, seq).then((next) => {
      if (!gone) setReaders(next);
    }, (cause: unknown) => { if (!gone) setFailure(errorBodyOf(cause)); });
    return () => { gone = true; };
  }, [model, stream, seq, live]);

  async function more() {
    if (readers === null || which === 'units') return;
    const { next: after } = readers[which];
    if (after === undefined) return;
    try {
      const page = await readersOf(model.http, stream, seq, { [which]: after });
      const items = [...readers[which].items, ...page[which].items];
      setReaders({ ...readers, [which]: { ...page[which], items } });
    } catch (cause) {
      setFailure(errorBodyOf(cause));
    }
  }

  const page = readers === null || which === 'units' ? null : readers[which];
  return (
    <Modal open centered title={t('readers.title')} onCancel={onClose} footer={null}>
      {failure !== null && <Nothing>{i18n.error(failure)}</Nothing>}
      {readers !== null && (
        <div className="readers">
          <Choice<Which>
            label={t('readers.title')}
            value={which}
            options={[
              { value: 'unread', label: t('readers.unread', { n: readers.unread_count }) },
              { value: 'read', label: t('readers.read', { n: readers.read_count }) },
              { value: 'units', label: t('readers.units') },
            ]}
            onChange={setWhich}
          />
          {which === 'unread' && readers.unread_count === 0 && <Nothing>{t('readers.all')}</Nothing>}
          <ul className="plain people-list" tabIndex={0} aria-label={t('readers.title')}>
            {page?.items.map(({ card, at }) => (
              <li key={card.account} className="line line-static">
                <PersonLine card={card} extra={at !== undefined && <span className="soft small">{fullTime(at, i18n)}</span>} />
              </li>
            ))}
            {which === 'units' && readers.units.map((unit) => (
              <li key={unit.unit} className="line line-static">
                {t('readers.unit', { name: i18n.name(unit.names), read: unit.read, unread: unit.unread })}
              </li>
            ))}
          </ul>
          {page?.next !== undefined && <Button block onClick={() => void more()}>{t('people.more')}</Button>}
        </div>
      )}
    </Modal>
  );
}
