// What is done from the line of a call: it is joined while it goes on, and made again afterwards.

import Button from 'antd/es/button';
import { useI18n } from '../../i18n';
import type { CallMode } from '../../wire/generated';
import type { RoomModel } from './model';
import type { RowItem } from './rows';

export function CallAgain({ model, item: { event }, onCall, callLive }: {
  model: RoomModel; item: RowItem; onCall: ((mode: CallMode) => void) | undefined; callLive: number | null;
}) {
  const { t } = useI18n();
  if (onCall === undefined || event?.body === undefined) return null;
  if (event.type === 'room.call_started') {
    const { call, mode } = event.body;
    if (call !== callLive) return null;
    return <Button size="small" onClick={() => onCall(mode)}>{t('call.join')}</Button>;
  }
  if (event.type !== 'room.call_ended' || callLive !== null) return null;
  const { mode, by } = event.body;
  return <Button size="small" type="link" onClick={() => onCall(mode)}>{t(by === model.me ? 'call.again' : 'call.back')}</Button>;
}
