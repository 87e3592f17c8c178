// What a conversation shows of calls: the buttons in its head, the bar of a call that goes on,
// and the calls that were.

import PhoneOutlined from '@ant-design/icons/es/icons/PhoneOutlined';
import VideoCameraOutlined from '@ant-design/icons/es/icons/VideoCameraOutlined';
import Button from 'antd/es/button';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { pastCall } from '../../kit/calls';
import { shortTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, CallInfo, CallMode, RoomKind, StreamId } from '../../wire/generated';
import './call.css';
import type { CallModel } from './model';
import { personOf, standing } from './state';

const CALLABLE: ReadonlySet<RoomKind> = new Set<RoomKind>(['direct', 'group', 'task', 'service']);

export const roomOf = (stream: StreamId): string => stream.slice(stream.indexOf(':') + 1);

/** Whether people can be called here. */
export function callable({ kind, members, dissolved }: { kind: RoomKind; members: number; dissolved?: boolean | undefined }): boolean {
  return CALLABLE.has(kind) && dissolved !== true && members > 1;
}

/** Begins a call: of two at once, in a group after asking whom to ring. Joins the one that goes on. */
export function callFrom(model: CallModel, stream: StreamId, kind: RoomKind, mode: CallMode): void {
  const room = roomOf(stream);
  const live = model.liveIn(room);
  if (model.mine.get()?.room === room) return;
  if (live !== undefined) joinFrom(model, room);
  else if (kind === 'direct') void model.enter({ room, mode, begin: true });
  else model.lobby.set({ room, mode, begin: true });
}

function joinFrom(model: CallModel, room: string): void {
  const live = model.liveIn(room);
  if (live === undefined) return;
  // The other device has chosen its microphone and camera already.
  const moves = personOf(live, model.me)?.stand === 'inside';
  if (moves || live.room_kind === 'direct') void model.enter({ room, mode: live.mode, begin: false });
  else model.lobby.set({ room, mode: live.mode, begin: false });
}

export function CallButtons({ model, stream, kind }: { model: CallModel; stream: StreamId; kind: RoomKind }) {
  const { t } = useI18n();
  useObservable(model.calls);
  const mine = useObservable(model.mine);
  const here = mine?.room === roomOf(stream);
  const button = (mode: CallMode) => (
    <Button
      className="call-start"
      data-call={mode}
      icon={mode === 'voice' ? <PhoneOutlined /> : <VideoCameraOutlined />}
      aria-label={t(`call.${mode}`)}
      title={t(`call.${mode}`)}
      disabled={here}
      onClick={() => callFrom(model, stream, kind, mode)}
    />
  );
  return <>{button('voice')}{button('video')}</>;
}

export function LiveBar({ model, stream, onReturn }: { model: CallModel; stream: StreamId; onReturn: () => void }) {
  const { t } = useI18n();
  const mine = useObservable(model.mine);
  useObservable(model.calls);
  const room = roomOf(stream);
  const live = model.liveIn(room);
  const call = live?.call;
  const here = mine?.room === room;
  // How many are inside changes without news to those outside.
  useEffect(() => (call === undefined || here ? undefined : model.look(room)), [model, room, call, here]);
  if (live === undefined) return null;
  const me = personOf(live, model.me);
  const elsewhere = me?.stand === 'inside' && !here;
  if (me?.stand === 'ringing' && !here) return null;
  return (
    <div className="call-bar" role="status">
      <PhoneOutlined aria-hidden="true" />
      <span className="call-bar-words">
        {elsewhere ? t('call.liveElsewhere') : t('call.liveMany', { n: standing(live, 'inside').length })}
        {live.locked && ` · ${t('call.isLocked')}`}
      </span>
      {here ? <Button size="small" type="primary" onClick={onReturn}>{t('call.return')}</Button>
        : <Button size="small" type="primary" onClick={() => joinFrom(model, room)}>{t(elsewhere ? 'call.takeOver' : 'call.join')}</Button>}
    </div>
  );
}

const SHOWN = 10;

export function PastCalls({ model, stream, nameOf }: { model: CallModel; stream: StreamId; nameOf: (account: AccountId) => string }) {
  const i18n = useI18n();
  const { t } = i18n;
  const [info, setInfo] = useState<CallInfo | null>(null);
  const calls = useObservable(model.calls);
  useEffect(() => {
    let alive = true;
    // Who may not see the calls of a room sees none.
    model.info(roomOf(stream)).then((read) => { if (alive) setInfo(read); }, () => undefined);
    return () => { alive = false; };
  }, [model, stream, calls]);
  if (info === null || info.past.length === 0) return null;
  return (
    <section className="call-past" aria-label={t('call.past')}>
      <h3>{t('call.past')}</h3>
      <ul className="plain">
        {info.past.slice(0, SHOWN).map((one) => (
          <li key={one.call} className="call-past-line">
            <span className="call-past-what">
              <bdi>{nameOf(one.by)}</bdi>{' · '}
              {pastCall({ ...one, mine: one.by === model.me }, t)}
            </span>
            <span className="small soft">
              {one.people.length > 2 && `${t('call.past.people', { n: one.people.length })} · `}
              {shortTime(one.began_at, Date.now(), i18n)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
