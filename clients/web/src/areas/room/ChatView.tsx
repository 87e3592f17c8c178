// One conversation: its head, its messages scrolled by number, its composer.

import ArrowLeftOutlined from '@ant-design/icons/es/icons/ArrowLeftOutlined';
import InfoCircleOutlined from '@ant-design/icons/es/icons/InfoCircleOutlined';
import Button from 'antd/es/button';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Face, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import type { StreamId } from '../../wire/generated';
import { Composer, type ReplyTo } from './Composer';
import { MessageLog } from './MessageLog';
import type { RoomModel } from './model';
import { personName, roomName } from './words';

export function ChatView({ model, stream, onBack, onDetails }: {
  model: RoomModel; stream: StreamId; onBack: () => void; onDetails: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const conversation = useObservable(model.conversations).get(stream);
  const online = useObservable(model.attention.online);
  const typing = useObservable(model.attention.typing).get(stream) ?? [];
  const loaded = useObservable(model.loaded);
  const [reply, setReply] = useState<ReplyTo | null>(null);
  const [sentCount, setSentCount] = useState(0);
  const peer = conversation?.peer;
  const peerAccount = peer?.account;

  useEffect(() => {
    if (peerAccount === undefined) return undefined;
    model.attention.show('chat', peerAccount);
    return () => model.attention.hide('chat');
  }, [model, peerAccount]);

  if (conversation === undefined) {
    return (
      <main className="chat" id="main">
        <div className="chat-head">
          <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" />} aria-label={t('app.back')} onClick={onBack} />
        </div>
        <Nothing>{t(loaded ? 'chat.gone' : 'app.loading')}</Nothing>
      </main>
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
    <main className="chat" id="main">
      <div className="chat-head">
        <Button className="only-narrow" type="text" icon={<ArrowLeftOutlined className="flip" />} aria-label={t('app.back')} onClick={onBack} />
        <Face
          id={peer?.account ?? stream}
          name={name}
          group={conversation.kind === 'group'}
          online={peer === undefined ? undefined : online.has(peer.account)}
        />
        <div className="line-body">
          <h1 className="line-name"><bdi>{name}</bdi></h1>
          <span className="line-sub"><bdi>{sub}</bdi></span>
        </div>
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
        sentCount={sentCount}
        onReply={setReply}
      />
      <p className="typing small soft" aria-live="polite">{typingText}</p>
      <Composer
        key={`composer ${stream}`}
        model={model}
        stream={stream}
        reply={reply}
        onReplyDone={() => setReply(null)}
        onSent={() => setSentCount((n) => n + 1)}
      />
    </main>
  );
}
