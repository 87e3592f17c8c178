// One conversation: its head, its messages scrolled by number, its composer.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import InfoCircleOutlined from '@ant-design/icons/es/icons/InfoCircleOutlined';
import Button from 'antd/es/button';
import { type ReactNode, Suspense, lazy, useCallback, useEffect, useState } from 'react';
import { type I18n, useI18n } from '../../i18n';
import { NumberScroller } from '../../kit/numberScroll';
import { Face, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import type { RenderPicker } from '../../kit/picker';
import type { AccountId, CallMode, CannedAnswer, Conversation, StreamId } from '../../wire/generated';
import { Composer } from './composer/Composer';
import type { ReplyTo } from './composer/Manners';
import { NoticeBar } from './groups/NoticeSection';
import { JumpTo } from './JumpTo';
import { signOf } from './kindSign';
import { isAssistant } from './list';
import { MessageLog } from './MessageLog';
import type { RoomModel } from './model';
import { PinBar } from './PinBar';
import './room.css';
import { SelectBar } from './SelectBar';
import { type Beyond, useActs } from './useActs';
import { personName, roomName } from './words';

const Sheets = lazy(() => import('./sheets/Sheets').then((m) => ({ default: m.Sheets })));

const SOUGHT_SHOWN = 3_000;
/** Fewer messages than this are found by looking. */
const MANY = 50;

/** What a conversation with a service shows besides what was said. */
export type Counter = {
  bar: ReactNode;
  answers: readonly CannedAnswer[];
  /** Whom a note is for; `only`: nothing else may be written here. */
  notes: { readers: readonly AccountId[]; only: boolean } | null;
  /** Why nothing can be written. */
  silent: string | null;
};

/** What a conversation in which people can call one another shows of that. */
export type Calling = {
  buttons: ReactNode;
  bar: ReactNode;
  /** The call that goes on here, and whether this device is in it. */
  live: number | null;
  inside: boolean;
  onCall: (mode: CallMode) => void;
};

export function ChatView({ model, stream, picker, counter, calling, beyond, onBack, onDetails, onMessage }: {
  model: RoomModel; stream: StreamId; picker: RenderPicker; counter?: Counter | undefined; calling?: Calling | undefined; beyond: Beyond;
  onBack: () => void; onDetails: () => void; onMessage: (account: AccountId) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const visited = useObservable(model.visited).get(stream);
  const conversation = useObservable(model.conversations).get(stream) ?? visited;
  const online = useObservable(model.attention.online);
  // Who is cut off cannot know who is there.
  const cutOff = useObservable(model.hub.state).kind === 'offline';
  const typing = useObservable(model.attention.typing).get(stream) ?? [];
  const complete = useObservable(model.complete);
  const [reply, setReply] = useState<ReplyTo | null>(null);
  const [scroller] = useState(() => new NumberScroller(model.histories.of(stream).get().head));
  const [sought, setSought] = useState<number | null>(null);
  const peer = conversation?.peer;
  const peerAccount = peer?.account;

  useEffect(() => {
    if (peerAccount === undefined) return undefined;
    model.attention.show('chat', peerAccount);
    return () => model.attention.hide('chat');
  }, [model, peerAccount]);

  const jump = useCallback((seq: number) => {
    setSought(seq);
    scroller.toNumber(seq);
  }, [scroller]);
  const { actions, sheet, setSheet, chosen, setChosen } = useActs(model, stream, { onReply: setReply, onJump: jump, beyond });
  const role = useObservable(model.names.members(stream)).find((one) => one.account === model.me)?.role ?? 'member';
  // Found by a search, which only knows the number.
  const seek = useObservable(model.seek);
  useEffect(() => {
    if (seek?.stream !== stream || conversation === undefined) return;
    model.seek.set(null);
    jump(seek.seq);
  }, [model, stream, seek, conversation, jump]);
  // The mark fades: it says where to look, not what is chosen.
  useEffect(() => {
    if (sought === null) return undefined;
    const timer = setTimeout(() => setSought(null), SOUGHT_SHOWN);
    return () => clearTimeout(timer);
  }, [sought]);

  if (conversation === undefined) {
    return (
      <section className="chat">
        <div className="chat-head">
          <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" />} aria-label={t('app.back')} onClick={onBack} />
        </div>
        <Nothing>{t(complete ? 'chat.gone' : 'app.loading')}</Nothing>
      </section>
    );
  }

  const name = roomName(conversation, i18n);
  const silent = conversation.dissolved === true ? t('group.dissolved')
    : conversation.kind === 'announcement' && role === 'member' ? t('group.onlyAdmins')
      : conversation.silenced === true && role === 'member' ? t('group.silenced')
        : conversation.thread?.open === false ? t(conversation.thread.asked ? 'event.threadClosed' : 'chat.askFirst') : counter?.silent ?? null;
  const typingText = typing.length === 0 ? ''
    : typing.length === 1 ? t('chat.typing', { name: personName(typing[0], model.cards, model.me, i18n, conversation) })
      : t('chat.typingMany');
  const sub = peer === undefined
    ? isAssistant(conversation) ? t('rooms.assistant.hint') : subOf(conversation, i18n)
    : [cutOff ? '' : t(online.has(peer.account) ? 'chat.online' : 'chat.offline'), i18n.name(peer.unit_names), peer.post]
      .filter(Boolean).join(' · ');
  return (
    <section className="chat" aria-label={name}>
      <div className="chat-head">
        <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" />} aria-label={t('app.back')} onClick={onBack} />
        <Face
          id={peer?.account ?? stream}
          name={name}
          group={peer === undefined}
          sign={signOf(conversation)}
          online={peer === undefined || cutOff ? undefined : online.has(peer.account)}
        />
        <div className="line-body">
          <h2 className="line-name"><bdi className="cut">{name}</bdi></h2>
          <span className="line-sub"><bdi className="cut">{sub}</bdi></span>
        </div>
        {calling?.buttons}
        {conversation.head > MANY && <JumpTo head={conversation.head} onJump={jump} />}
        {conversation.kind !== 'direct' && conversation.kind !== 'service' && conversation.kind !== 'app' && (
          <Button icon={<InfoCircleOutlined />} onClick={onDetails}>
            <span className="wide-only">{t('group.members')}</span>
            <span className="sr narrow-sr">{t('group.members')}</span>
          </Button>
        )}
      </div>
      {calling?.bar}
      {counter?.bar}
      {conversation.kind !== 'direct' && <NoticeBar model={model} stream={stream} />}
      <PinBar model={model} stream={stream} onJump={jump} />
      <MessageLog
        key={stream}
        model={model}
        conversation={conversation}
        name={name}
        role={role}
        scroller={scroller}
        sought={sought}
        chosen={chosen}
        actions={actions}
        calling={calling}
      />
      <p className="typing small soft" aria-live="polite">{typingText}</p>
      {silent !== null && chosen === null && <p className="composer soft" role="status">{silent}</p>}
      {chosen !== null ? (
        <SelectBar
          count={chosen.size}
          onForward={() => setSheet({ kind: 'forward', seqs: [...chosen].sort((a, b) => a - b) })}
          onCancel={() => setChosen(null)}
        />
      ) : silent === null && (
        <Composer
          key={`composer ${stream}`}
          model={model}
          conversation={conversation}
          picker={picker}
          reply={reply}
          answers={counter?.answers ?? []}
          notes={counter?.notes ?? null}
          onMail={() => beyond.onWriteMail(stream, null)}
          onReplyDone={() => setReply(null)}
          onSent={() => scroller.toEnd()}
        />
      )}
      {sheet !== null && (
        <Suspense>
          <Sheets
            model={model}
            conversation={conversation}
            sheet={sheet}
            onSheet={setSheet}
            onClose={() => setSheet(null)}
            onMessage={onMessage}
            onForwarded={() => {
              setSheet(null);
              setChosen(null);
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

/** What stands under the name of a conversation of more than two people. */
function subOf({ kind, members }: Conversation, { t }: I18n): string {
  if (kind === 'service' || kind === 'app') return t(`chat.${kind}`);
  return [kind === 'task' ? t('chat.task') : '', t('rooms.members', { n: members })].filter(Boolean).join(' · ');
}
