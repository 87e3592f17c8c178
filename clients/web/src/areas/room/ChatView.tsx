// One conversation: its head, its messages scrolled by number, its composer.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import InfoCircleOutlined from '@ant-design/icons/es/icons/InfoCircleOutlined';
import Button from 'antd/es/button';
import { useCallback, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { NumberScroller } from '../../kit/numberScroll';
import { Face, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import type { StreamId } from '../../wire/generated';
import { Composer, type ReplyTo } from './Composer';
import { JumpTo } from './JumpTo';
import { MessageLog } from './MessageLog';
import type { RoomModel } from './model';
import { personName, roomName } from './words';

const SOUGHT_SHOWN = 3_000;
/** Fewer messages than this are found by looking. */
const MANY = 50;

export function ChatView({ model, stream, onBack, onDetails }: {
  model: RoomModel; stream: StreamId; onBack: () => void; onDetails: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const conversation = useObservable(model.conversations).get(stream);
  const online = useObservable(model.attention.online);
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
  const typingText = typing.length === 0 ? ''
    : typing.length === 1 ? t('chat.typing', { name: personName(typing[0], model.cards, model.me, i18n) })
      : t('chat.typingMany');
  const sub = peer === undefined
    ? t('rooms.members', { n: conversation.members })
    : [t(online.has(peer.account) ? 'chat.online' : 'chat.offline'), i18n.name(peer.unit_names), peer.post]
      .filter(Boolean).join(' · ');
  return (
    <section className="chat" aria-label={name}>
      <div className="chat-head">
        <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" />} aria-label={t('app.back')} onClick={onBack} />
        <Face
          id={peer?.account ?? stream}
          name={name}
          group={conversation.kind === 'group'}
          online={peer === undefined ? undefined : online.has(peer.account)}
        />
        <div className="line-body">
          <h2 className="line-name"><bdi>{name}</bdi></h2>
          <span className="line-sub"><bdi>{sub}</bdi></span>
        </div>
        {conversation.head > MANY && <JumpTo head={conversation.head} onJump={jump} />}
        {conversation.kind === 'group' && (
          <Button icon={<InfoCircleOutlined />} onClick={onDetails}>
            <span className="wide-only">{t('group.members')}</span>
            <span className="sr narrow-sr">{t('group.members')}</span>
          </Button>
        )}
      </div>
      <MessageLog
        key={stream}
        model={model}
        conversation={conversation}
        name={name}
        scroller={scroller}
        sought={sought}
        onJump={jump}
        onReply={setReply}
      />
      <p className="typing small soft" aria-live="polite">{typingText}</p>
      <Composer
        key={`composer ${stream}`}
        model={model}
        stream={stream}
        reply={reply}
        onReplyDone={() => setReply(null)}
        onSent={() => scroller.toEnd()}
      />
    </section>
  );
}
