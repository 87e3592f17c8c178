// The scrolled messages of one room, by number. Marks read only what is really in view.

import ArrowDownOutlined from '@ant-design/icons/es/icons/ArrowDownOutlined';
import ArrowUpOutlined from '@ant-design/icons/es/icons/ArrowUpOutlined';
import Button from 'antd/es/button';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import type { NumberScroller } from '../../kit/numberScroll';
import { useObservable } from '../../kit/useObservable';
import type { CallMode, Conversation, MemberRole } from '../../wire/generated';
import type { Calling } from './ChatView';
import { OutgoingMessage } from './OutgoingMessage';
import type { RoomModel } from './model';
import { namedIn } from './names';
import { type RowActions, Row } from './Row';
import { rowsOf } from './rows';
import { useRowKeys } from './rowKeys';
import { useUnread } from './unread';
import { previewOf } from './words';

/** Large numbers in groups of three, in digits that every language here uses. */
function spaced(number: number): string { return number.toLocaleString('en'); }

export function MessageLog({ model, conversation, name, role, scroller, sought, chosen, actions, calling }: {
  model: RoomModel; conversation: Conversation; name: string; role: MemberRole; scroller: NumberScroller;
  sought: number | null;
  /** While messages are being chosen. */
  chosen: ReadonlySet<number> | null;
  actions: Omit<RowActions, 'onMenu'>;
  calling: Pick<Calling, 'live' | 'inside' | 'onCall'> | undefined;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { stream } = conversation;
  const history = useObservable(model.histories.of(stream));
  const outgoing = useObservable(model.sending.list(stream));
  const hub = useObservable(model.hub.state);
  const named = useObservable(model.cards.all);
  const view = useObservable(scroller.view);
  const pins = useObservable(model.pins.of(stream));
  const box = useRef<HTMLDivElement>(null);
  const space = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLOListElement>(null);
  const [menu, setMenu] = useState<number | null>(null);
  const { head } = history;
  const { from, to } = view;

  useLayoutEffect(() => scroller.attach({
    box: box.current!, space: space.current!, layer: layer.current!, rows: rows.current!,
  }), [scroller]);
  useLayoutEffect(() => scroller.setCount(head), [scroller, head]);
  useLayoutEffect(() => scroller.settle());

  const items = useMemo(() => rowsOf(history, from, to), [history, from, to]);
  useEffect(() => model.histories.want(stream, from, to), [model, stream, from, to]);
  useEffect(() => () => model.histories.leave(stream), [model, stream]);
  useEffect(() => {
    model.names.want(stream, items.flatMap(({ event }) => (event === undefined ? [] : namedIn(event))));
  }, [model, stream, items]);

  const unread = useUnread(model, conversation, history, view);
  const keys = useRowKeys(rows, items, view.last);
  const { onJump } = actions;
  const onMenu = useCallback((seq: number, open: boolean) => {
    setMenu(open ? seq : null);
    if (!open) keys.focus(seq);
  }, [keys.focus]);
  const pinned = useMemo(() => new Set(pins.map((one) => one.seq)), [pins]);
  const toEnd = useCallback(() => scroller.toEnd(), [scroller]);
  // The same for all rows, and for as long as the conversation is shown.
  const call = useRef(calling?.onCall);
  useEffect(() => { call.current = calling?.onCall; });
  const onCall = useCallback((mode: CallMode) => call.current?.(mode), []);

  return (
    <div className="log-wrap">
      <div
        className="log"
        ref={box}
        role="log"
        aria-live="off"
        aria-busy={items.some((item) => item.event === undefined)}
        aria-label={t('chat.log', { name })}
        tabIndex={keys.current === null ? 0 : -1}
        onKeyDown={(event) => keys.onKeyDown(event, (seq) => setMenu(seq))}
        onFocus={keys.onFocus}
      >
        <div className="log-space" ref={space}>
          <div className="log-layer" ref={layer}>
            {from === 1 && head > 0 && <p className="log-start soft small">{t('chat.start')}</p>}
            <ol className="plain" ref={rows}>
              {items.map((item) => (
                <Row
                  key={item.seq}
                  {...actions}
                  model={model}
                  item={item}
                  onMenu={onMenu}
                  onCall={calling === undefined || calling.inside ? undefined : onCall}
                  callLive={calling?.live ?? null}
                  kind={conversation.kind}
                  role={role}
                  readOnly={conversation.dissolved === true}
                  count={head}
                  pinned={pinned.has(item.seq)}
                  chosen={chosen === null ? null : chosen.has(item.seq)}
                  named={named}
                  unreadFrom={unread.from === item.seq}
                  sought={sought === item.seq}
                  current={keys.current === item.seq}
                  menuOpen={menu === item.seq}
                />
              ))}
            </ol>
            {to === head && outgoing.length > 0 && (
              <ol className="plain">
                {outgoing.map((one) => (
                  <OutgoingMessage
                    key={one.id}
                    outgoing={one}
                    uploads={model.sending.uploads}
                    offline={hub.kind !== 'connected'}
                    onRetry={() => model.sending.retry(stream, one)}
                    onDiscard={() => model.sending.discard(stream, one)}
                  />
                ))}
              </ol>
            )}
          </div>
        </div>
      </div>
      {unread.above !== null && (
        <Button className="log-above" shape="round" size="small" icon={<ArrowUpOutlined />} onClick={() => onJump(unread.above!.seq)}>
          {t('chat.unreadAbove', { n: unread.above.count })}
        </Button>
      )}
      {!view.atEnd && to > 0 && (
        <div className="log-below">
          <span className="log-place">{t('chat.place', { n: spaced(view.first), total: spaced(head) })}</span>
          <Button type="primary" shape="round" size="small" icon={<ArrowDownOutlined />} onClick={toEnd}>
            {conversation.unread > 0 ? t('chat.unreadBelow', { n: conversation.unread }) : t('chat.toEnd')}
          </Button>
        </div>
      )}
      <p className="sr" aria-live="polite">{unread.fresh && previewOf(conversation, model.cards, model.me, i18n)}</p>
    </div>
  );
}
