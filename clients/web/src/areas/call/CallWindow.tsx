// The call that this device is in: it fills the page, or floats small over it while one works on.
// Its pictures and sounds are the same elements in both.

import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined';
import BlockOutlined from '@ant-design/icons/es/icons/BlockOutlined';
import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import DragOutlined from '@ant-design/icons/es/icons/DragOutlined';
import ExpandOutlined from '@ant-design/icons/es/icons/ExpandOutlined';
import LockOutlined from '@ant-design/icons/es/icons/LockOutlined';
import ShrinkOutlined from '@ant-design/icons/es/icons/ShrinkOutlined';
import UserOutlined from '@ant-design/icons/es/icons/UserOutlined';
import App from 'antd/es/app';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { spell } from '../../kit/calls';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { AccountId, StreamId } from '../../wire/generated';
import { Controls, type Panel } from './Controls';
import { DeviceFields, Trouble } from './DeviceFields';
import type { Layout } from './layout';
import { LinkPanel } from './LinkPanel';
import type { Member } from './MemberPicks';
import type { CallModel, Mine } from './model';
import { PeoplePanel } from './PeoplePanel';
import { troubleOf } from './quality';
import { tone } from './ringing';
import { Stage } from './Stage';
import { isHost, personOf, phaseOf, standing, talkSince } from './state';
import { useMoved } from './useMoved';
import { useNews } from './useNews';
import { Sounds } from './Video';

export function CallWindow({ model, mine, name, small, members, nameOf, chat, onSmall, onChat }: {
  model: CallModel; mine: Mine; name: string; small: boolean; members: readonly Member[];
  nameOf: (account: AccountId) => string;
  chat: (stream: StreamId) => ReactNode;
  onSmall: (small: boolean) => void;
  /** The conversation is shown beside the call, or no longer. */
  onChat: (stream: StreamId | null) => void;
}) {
  const { t, dir } = useI18n();
  const { modal } = App.useApp();
  const report = useReport();
  const { me } = model;
  const { media, local, state, mending, leg, room } = mine;
  const live = state?.live ?? null;
  const group = live !== null && live.room_kind !== 'direct';
  const phase = state === null ? 'entering' : phaseOf(state, me, leg);
  const links = useObservable(media.links);
  const { sounds } = useObservable(media.places);
  const [layout, setLayout] = useState<Layout | null>(null);
  const [panel, setPanel] = useState<Panel | null>(null);
  const [play, setPlay] = useState<(() => void) | null>(null);
  const [box, setBox] = useState<HTMLElement | null>(null);
  const moved = useMoved(box, small);
  const news = useNews(live, me, nameOf);
  const hushed = useObservable(model.hushed);
  const shown: Layout = layout ?? (group ? 'grid' : 'speaker');
  const waiting = live === null ? 0 : standing(live, 'waiting').length;
  const host = live !== null && isHost(live, me);

  useEffect(() => (phase === 'calling' ? tone('out') : undefined), [phase]);
  const chatOpen = panel === 'chat' && !small;
  useEffect(() => {
    onChat(chatOpen ? `room:${room}` : null);
    return () => onChat(null);
  }, [chatOpen, room, onChat]);
  // The focus goes to where the person is now.
  useEffect(() => { if (!small) box?.focus(); }, [box, small]);
  const onSilent = useCallback((again: () => void) => setPlay(() => again), []);

  // What was never up is no repair.
  const again = (mending || links.sending !== 'up' || links.receiving !== 'up') && media.reading.get() !== null;
  const words = again ? t('call.phase.mending')
    : phase === 'entering' || phase === 'calling' || phase === 'alone' || phase === 'door' ? t(`call.phase.${phase}`)
      : phase === 'talking' && links.receiving !== 'up' ? t('call.phase.entering') : '';
  return (
    <section
      ref={setBox}
      className={`call-window ${small ? 'call-small' : 'call-full'}`}
      role={small ? 'complementary' : 'main'}
      aria-label={t('call.window', { name })}
      tabIndex={-1}
      style={moved.style}
      data-phase={phase}
      data-link={links.receiving}
    >
      <header className="call-head">
        <h1><bdi className="cut">{name}</bdi></h1>
        {live?.locked === true && <LockOutlined aria-label={t('call.isLocked')} />}
        <Clock since={live === null ? null : talkSince(live)} />
        <span className="call-tools">
          {small && (
            <button type="button" className="call-tool call-drag" aria-label={t('call.move')} onKeyDown={moved.onKeyDown} onPointerDown={moved.onPointerDown}>
              <DragOutlined aria-hidden="true" />
            </button>
          )}
          {!small && live !== null && live.people.length > 1 && (
            <button type="button" className="call-tool" aria-label={`${t('call.layout')}: ${t(`call.layout.${shown === 'grid' ? 'speaker' : 'grid'}`)}`} data-tool="layout" onClick={() => setLayout(shown === 'grid' ? 'speaker' : 'grid')}>
              {shown === 'grid' ? <UserOutlined aria-hidden="true" /> : <AppstoreOutlined aria-hidden="true" />}
            </button>
          )}
          {document.pictureInPictureEnabled && (
            <button type="button" className="call-tool" aria-label={t('call.pip')} data-tool="pip" onClick={() => void report(() => toPip(box))}>
              <BlockOutlined aria-hidden="true" />
            </button>
          )}
          <button type="button" className="call-tool" aria-label={t(small ? 'call.large' : 'call.small')} data-tool="size" onClick={() => onSmall(!small)}>
            {small ? <ExpandOutlined aria-hidden="true" /> : <ShrinkOutlined aria-hidden="true" />}
          </button>
        </span>
      </header>
      <div className="call-words" role="status">
        {words !== '' && <p className={again ? 'call-mending' : 'call-phase'}>{words}</p>}
        {!again && <Poor mine={mine} />}
        {hushed > 0 && <Passing key={hushed}>{t('call.youHushed')}</Passing>}
        <span className={small ? 'sr' : 'call-news'}>{news !== '' && <Passing key={news}>{news}</Passing>}</span>
      </div>
      <Trouble local={local} />
      {play !== null && (
        <p className="call-silent">{t('call.phase.silent')} <button
          type="button"
          className="call-plain"
          onClick={() => {
            play();
            setPlay(null);
          }}
        >{t('call.unsilence')}</button></p>
      )}
      <div className="call-body">
        {live === null ? <div className="call-stage" />
          : <Stage mine={mine} live={live} me={me} layout={shown} small={small} nameOf={nameOf} />}
        {panel !== null && !small && live !== null && (
          <aside className={`call-side call-side-${panel}`} aria-label={t(`call.${panel}`)} dir={dir}>
            <div className="call-side-head">
              <h2>{t(`call.${panel}`)}</h2>
              <button type="button" className="call-tool" aria-label={t('app.close')} data-tool="close" onClick={() => setPanel(null)}><CloseOutlined aria-hidden="true" /></button>
            </div>
            {panel === 'people' && <PeoplePanel model={model} mine={mine} live={live} members={members} nameOf={nameOf} />}
            {panel === 'devices' && <DeviceFields local={local} preview />}
            {panel === 'link' && <LinkPanel mine={mine} nameOf={nameOf} />}
            {panel === 'chat' && chat(`room:${room}`)}
          </aside>
        )}
      </div>
      <Controls
        model={model}
        mine={mine}
        alone={phase === 'calling' || phase === 'entering'}
        group={group}
        host={host}
        hand={live !== null && personOf(live, me)?.hand === true}
        waiting={host ? waiting : 0}
        panel={panel}
        onPanel={(next) => {
          setPanel(next);
          if (small && next !== null) onSmall(false);
        }}
        onHand={() => void report(() => model.run(room, {
          type: 'call.raise_hand', body: { on: live === null || personOf(live, me)?.hand !== true },
        }))}
        onEnd={() => modal.confirm({
          title: t('call.end'), content: t('call.endSure'), okText: t('call.end'), cancelText: t('app.cancel'),
          okButtonProps: { danger: true },
          onOk: () => report(() => model.endForAll()),
        })}
      />
      <Sounds tracks={sounds} onSilent={onSilent} />
    </section>
  );
}

/** Not read out: a clock that speaks every second says nothing else. */
function Clock({ since }: { since: number | null }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === null) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [since]);
  return since === null ? null : <time className="call-clock">{spell(Math.max(0, now - since))}</time>;
}

/** What is wrong here, once it has been so for two counts. */
function Poor({ mine }: { mine: Mine }) {
  const { t } = useI18n();
  const reading = useObservable(mine.media.reading);
  const trouble = reading === null ? 'none' : troubleOf(reading);
  const [last, setLast] = useState(trouble);
  const [shown, setShown] = useState<typeof trouble>('none');
  useEffect(() => {
    if (reading === null) return;
    setLast(trouble);
    if (trouble === last) setShown(trouble);
    // A count is a moment; the word of the one before decides with it.
  }, [reading]);
  return shown === 'none' ? null : <p className="call-poor">{t(`call.poor.${shown}`)}</p>;
}

const PASSING_MS = 6_000;

function Passing({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setShown(false), PASSING_MS);
    return () => clearTimeout(timer);
  }, []);
  return shown ? <p className="call-phase">{children}</p> : null;
}

async function toPip(box: HTMLElement | null): Promise<void> {
  if (document.pictureInPictureElement !== null) return document.exitPictureInPicture();
  const large = box?.querySelector<HTMLVideoElement>('.call-main video') ?? box?.querySelector<HTMLVideoElement>('video');
  await large?.requestPictureInPicture();
}
