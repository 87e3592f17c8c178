// The scrolled messages of one room. Keeps the place while older pages come in above, stays
// at the bottom while it is there, and marks read only what is really in view.

import Button from 'antd/es/button';
import { Fragment, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { dayName, sameDay } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import type { Conversation, EventFrame } from '../../wire/generated';
import type { ReplyTo } from './Composer';
import { Message, OutgoingMessage } from './Message';
import type { RoomModel } from './model';
import { firstSeq, lastSeq, messageOf } from './timeline';
import { eventLine, personName } from './words';

const NEAR_BOTTOM = 48;
const NEAR_TOP = 160;
const TOGETHER = 5 * 60_000;

export function MessageLog({ model, conversation, name, sentCount, onReply }: {
  model: RoomModel; conversation: Conversation; name: string; sentCount: number;
  onReply: (reply: ReplyTo) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { stream } = conversation;
  const timeline = useObservable(model.timeline(stream));
  const hub = useObservable(model.hub.state);
  useObservable(model.cards.all);
  const box = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);
  const [below, setBelow] = useState(false);
  const held = useRef({ first: 0, height: 0, last: 0 });
  const first = firstSeq(timeline);
  const last = lastSeq(timeline);

  const markRead = useCallback(() => {
    if (atBottom.current && document.visibilityState === 'visible' && document.hasFocus() && last > 0) {
      model.attention.markRead(stream, last);
    }
  }, [model, stream, last]);

  // Older events came in above: what was in view stays where it was.
  useLayoutEffect(() => {
    const node = box.current;
    if (node === null) return;
    const before = held.current;
    if (before.first > 0 && first > 0 && first < before.first && !atBottom.current) {
      node.scrollTop += node.scrollHeight - before.height;
    } else if (atBottom.current) {
      node.scrollTop = node.scrollHeight;
    } else if (before.last > 0 && last > before.last) {
      setBelow(true);
    }
    held.current = { first, height: node.scrollHeight, last };
  }, [first, last, timeline]);

  // What one writes oneself is always shown.
  useLayoutEffect(() => {
    if (sentCount === 0 || box.current === null) return;
    atBottom.current = true;
    box.current.scrollTop = box.current.scrollHeight;
    setBelow(false);
  }, [sentCount]);

  useEffect(() => {
    markRead();
    document.addEventListener('visibilitychange', markRead);
    window.addEventListener('focus', markRead);
    return () => {
      document.removeEventListener('visibilitychange', markRead);
      window.removeEventListener('focus', markRead);
    };
  }, [markRead]);

  // A pane that changes its height (keyboard, composer) stays at the bottom if it was there.
  useEffect(() => {
    const node = box.current;
    if (node === null) return undefined;
    const resized = new ResizeObserver(() => {
      if (atBottom.current) node.scrollTop = node.scrollHeight;
    });
    resized.observe(node);
    return () => resized.disconnect();
  }, []);

  function onScroll() {
    const node = box.current;
    if (node === null) return;
    atBottom.current = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_BOTTOM;
    if (atBottom.current) {
      setBelow(false);
      markRead();
    }
    if (node.scrollTop < NEAR_TOP && first > 1 && !timeline.loading) void model.older(stream);
  }

  function toBottom() {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  const bySeq = new Map(timeline.events.map((event) => [event.seq, event]));
  return (
    <div className="log-wrap">
      <div className="log" ref={box} role="log" aria-label={t('chat.log', { name })} tabIndex={0} onScroll={onScroll}>
        <div className="log-top">
          {first > 1 && (
            <Button size="small" type="link" loading={timeline.loading} onClick={() => void model.older(stream)}>
              {t('chat.older')}
            </Button>
          )}
          {first === 1 && <span className="soft small">{t('chat.start')}</span>}
        </div>
        <ol className="plain log-list">
          {timeline.events.map((event, index) => {
            const before = timeline.events[index - 1];
            const newDay = before === undefined || !sameDay(before.at, event.at);
            return (
              <Fragment key={event.seq}>
                {newDay && <li className="log-day"><span>{dayName(event.at, Date.now(), i18n)}</span></li>}
                <Line model={model} conversation={conversation} event={event} before={newDay ? undefined : before} bySeq={bySeq} onReply={onReply} />
              </Fragment>
            );
          })}
          {timeline.outgoing.map((one) => (
            <OutgoingMessage
              key={one.id}
              outgoing={one}
              offline={hub.kind !== 'connected'}
              onRetry={() => model.retry(stream, one)}
              onDiscard={() => model.discard(stream, one)}
            />
          ))}
        </ol>
      </div>
      {below && <Button className="log-below" type="primary" shape="round" size="small" onClick={toBottom}>{t('chat.newBelow')}</Button>}
    </div>
  );
}

function Line({ model, conversation, event, before, bySeq, onReply }: {
  model: RoomModel; conversation: Conversation; event: EventFrame; before: EventFrame | undefined;
  bySeq: ReadonlyMap<number, EventFrame>; onReply: (reply: ReplyTo) => void;
}) {
  const i18n = useI18n();
  const message = messageOf(event);
  if (message === undefined) {
    const text = eventLine(event, model.cards, model.me, i18n);
    return text === null ? null : <li className="log-event"><bdi>{text}</bdi></li>;
  }
  const name = personName(event.by, model.cards, model.me, i18n);
  const quotedEvent = message.reply_to === undefined ? undefined : bySeq.get(message.reply_to);
  const quotedText = quotedEvent && messageOf(quotedEvent)?.text;
  const joined = before !== undefined && before.by === event.by && messageOf(before) !== undefined
    && event.at - before.at < TOGETHER;
  return (
    <Message
      event={event}
      text={message.text}
      name={name}
      mine={event.by === model.me}
      joined={joined}
      showName={conversation.kind === 'group'}
      quote={message.reply_to === undefined ? null : {
        name: quotedEvent ? personName(quotedEvent.by, model.cards, model.me, i18n) : '',
        text: quotedText ?? '…',
      }}
      onReply={() => onReply({ seq: event.seq, name, text: message.text })}
      onRecall={() => model.run(conversation.stream, { type: 'room.recall_message', body: { seq: event.seq } })}
    />
  );
}
