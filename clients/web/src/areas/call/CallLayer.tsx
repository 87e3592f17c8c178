// Calls over every place of the workbench: who calls, the call that one is in, what came of the
// last one, and what is asked before one begins.

import Button from 'antd/es/button';
import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import App from 'antd/es/app';
import { type ReactNode, useEffect } from 'react';
import { useI18n } from '../../i18n';
import { spell } from '../../kit/calls';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, StreamId } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import { CallWindow } from './CallWindow';
import './call.css';
import { LobbyDialog } from './LobbyDialog';
import type { Member } from './MemberPicks';
import type { CallModel, Outcome } from './model';
import { RingCard } from './RingCard';
import { personOf } from './state';

const OUTCOME_MS = 8_000;

export function CallLayer({ model, small, members, nameOf, titleOf, chat, onSmall, onChat, onAnswered }: {
  model: CallModel; small: boolean;
  /** Of the room of the call, or of the one that is about to begin. */
  members: readonly Member[];
  nameOf: (account: AccountId) => string; titleOf: (room: string) => string;
  chat: (stream: StreamId) => ReactNode;
  onSmall: (small: boolean) => void; onChat: (stream: StreamId | null) => void; onAnswered: (room: string) => void;
}) {
  const { error } = useI18n();
  const { message } = App.useApp();
  const mine = useObservable(model.mine);
  const calls = useObservable(model.calls);
  const lobby = useObservable(model.lobby);
  const outcome = useObservable(model.outcome);
  const refused = useObservable(model.refused);

  useEffect(() => {
    if (refused === null) return;
    model.refused.set(null);
    void message.error(error(errorBodyOf(refused)));
  }, [model, refused, message, error]);

  const ringing = calls.filter((one) => one.room !== mine?.room && personOf(one, model.me)?.stand === 'ringing');
  return (
    <>
      {ringing.length > 0 && (
        <div className="ring-cards">
          {ringing.map((call) => (
            <RingCard key={`${call.room} ${call.call}`} model={model} call={call} during={mine !== null} nameOf={nameOf} onAnswered={onAnswered} />
          ))}
        </div>
      )}
      {outcome !== null && mine === null && <OutcomeCard key={`${outcome.room} ${outcome.why}`} model={model} outcome={outcome} name={titleOf(outcome.room)} />}
      {mine !== null && (
        <CallWindow
          key={mine.leg}
          model={model}
          mine={mine}
          name={titleOf(mine.room)}
          small={small}
          members={members}
          nameOf={nameOf}
          chat={chat}
          onSmall={onSmall}
          onChat={onChat}
        />
      )}
      {lobby !== null && <LobbyDialog key={`${lobby.room} ${lobby.mode}`} model={model} lobby={lobby} members={members} />}
    </>
  );
}

/** Unheard calls are made again from here. */
const AGAIN: ReadonlySet<Outcome['why']> = new Set<Outcome['why']>(['declined', 'busy', 'unanswered']);

function OutcomeCard({ model, outcome, name }: { model: CallModel; outcome: Outcome; name: string }) {
  const { t } = useI18n();
  const { room, mode, why, talked, begun } = outcome;
  const again = AGAIN.has(why) && begun;
  useEffect(() => {
    const timer = setTimeout(() => model.outcome.set(null), OUTCOME_MS);
    return () => clearTimeout(timer);
  }, [model, outcome]);
  return (
    <div className="call-outcome" role="status" data-why={why}>
      <span>
        <bdi><strong>{name}</strong></bdi>{' '}
        {t(`call.outcome.${why}`)}{talked > 0 && ` · ${spell(talked)}`}
      </span>
      {again && <Button size="small" onClick={() => void model.enter({ room, mode, begin: true })}>{t('call.again')}</Button>}
      <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('app.close')} onClick={() => model.outcome.set(null)} />
    </div>
  );
}
