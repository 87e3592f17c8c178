// The conversations, the one with the newest message first.

import BellOutlined from '@ant-design/icons/es/icons/BellOutlined';
import PhoneOutlined from '@ant-design/icons/es/icons/PhoneOutlined';
import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import PushpinOutlined from '@ant-design/icons/es/icons/PushpinOutlined';
import SearchOutlined from '@ant-design/icons/es/icons/SearchOutlined';
import Badge from 'antd/es/badge';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { Face, Nothing } from '../../kit/pieces';
import { shortTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useRoving } from '../../kit/useRoving';
import type { Conversation, StreamId } from '../../wire/generated';
import { ConversationMenu } from './ConversationMenu';
import { OtherLine } from './OtherLine';
import { type OtherRow, byPlace, fits } from './list';
import { signOf } from './kindSign';
import type { RoomModel } from './model';
import { callsMe, previewOf, roomName } from './words';

export function ConversationList({ model, others, calls, onOpen, onNew }: {
  model: RoomModel; others: readonly OtherRow[];
  /** Those in which people are on a call. */
  calls: ReadonlySet<StreamId>;
  onOpen: (stream: StreamId) => void; onNew: (() => void) | undefined;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const conversations = useObservable(model.conversations);
  const loaded = useObservable(model.loaded);
  const open = useObservable(model.open);
  const drafts = useObservable(model.drafts.all);
  const hiddenAt = useObservable(model.hiddenAt);
  const online = useObservable(model.attention.online);
  // Who is cut off cannot know who is there.
  const cutOff = useObservable(model.hub.state).kind === 'offline';
  useObservable(model.cards.all);
  const [query, setQuery] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const rove = useRoving(list);

  const shown = useMemo(() => {
    const rows: (Conversation | OtherRow)[] = [...conversations.values()]
      .filter((one) => fits({ ...one, name: roomName(one, i18n) }, query) && (query !== '' || (hiddenAt.get(one.stream) ?? -1) < one.head));
    return [...rows, ...others.filter((one) => fits(one, query))].sort(byPlace);
  }, [conversations, others, hiddenAt, query, i18n]);
  const stop = shown.some((one) => one.stream === open) ? open : shown[0]?.stream;

  return (
    <nav className="rooms" aria-label={t('rooms.title')}>
      <div className="rooms-head">
        <h2>{t('rooms.title')}</h2>
        {onNew && <Button size="small" icon={<PlusOutlined />} onClick={onNew}>{t('rooms.new')}</Button>}
      </div>
      <div className="rooms-search">
        <Input
          type="search"
          allowClear
          prefix={<SearchOutlined aria-hidden="true" />}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          placeholder={t('rooms.search')}
          aria-label={t('rooms.search')}
        />
      </div>
      {loaded && shown.length === 0 && <Nothing>{t(query ? 'rooms.noMatch' : 'rooms.none')}</Nothing>}
      {shown.length > 0 && (
        <ul className="plain rooms-list" ref={list} onKeyDown={rove}>
          {shown.map((one) => ('onSet' in one ? <OtherLine key={one.stream} row={one} stop={one.stream === stop} /> : (
            <Item
              key={one.stream}
              model={model}
              conversation={one}
              current={one.stream === open}
              stop={one.stream === stop}
              draft={one.stream === open ? undefined : drafts.get(one.stream)}
              preview={previewOf(one, model.cards, model.me, i18n)}
              online={one.peer === undefined || cutOff ? undefined : online.has(one.peer.account)}
              calling={calls.has(one.stream)}
              onOpen={onOpen}
            />
          )))}
        </ul>
      )}
    </nav>
  );
}

const Item = memo(function Item({ model, conversation, current, stop, draft, preview, online, calling, onOpen }: {
  model: RoomModel; conversation: Conversation; current: boolean; stop: boolean;
  draft: string | undefined; preview: string; online: boolean | undefined; calling: boolean;
  onOpen: (stream: StreamId) => void;
}) {
  const i18n = useI18n();
  const row = useRef<HTMLLIElement>(null);
  const [menu, setMenu] = useState(false);
  const { stream, peer, unread, last, pinned, muted } = conversation;
  const peerAccount = peer?.account;
  const sender = conversation.kind === 'direct' ? undefined : last?.by;
  const called = unread > 0 && callsMe(last, model.me);

  // Presence and names are asked for only while the row is on screen.
  useEffect(() => {
    if (row.current === null) return undefined;
    const place = `row ${stream}`;
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting !== true) return model.attention.hide(place);
      if (peerAccount !== undefined) model.attention.show(place, peerAccount);
      if (sender !== undefined) model.names.want(stream, [sender]);
    });
    seen.observe(row.current);
    return () => {
      seen.disconnect();
      model.attention.hide(place);
    };
  }, [model, stream, peerAccount, sender]);

  const name = roomName(conversation, i18n);
  return (
    <li
      ref={row}
      className={`${pinned ? 'rooms-pinned' : ''}${muted ? ' rooms-muted' : ''}`}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenu(true);
      }}
    >
      <button
        type="button"
        className={`line${current ? ' line-current' : ''}`}
        aria-current={current ? 'true' : undefined}
        tabIndex={stop ? 0 : -1}
        data-rove=""
        data-stream={stream}
        onClick={() => onOpen(stream)}
      >
        <Face id={peerAccount ?? stream} name={name} group={peer === undefined} sign={signOf(conversation)} online={online} />
        <span className="line-body">
          <span className="line-top">
            <bdi className="line-name">{name}</bdi>
            {(conversation.kind === 'task' || conversation.kind === 'app') && <span className="rooms-kind">{i18n.t(`chat.${conversation.kind}`)}</span>}
            {pinned && <PushpinOutlined className="soft" aria-label={i18n.t('rooms.pinned')} />}
            {muted && <BellOutlined className="soft rooms-quiet" aria-label={i18n.t('rooms.muted')} />}
            {calling && <PhoneOutlined className="rooms-calling" aria-label={i18n.t('call.live')} />}
            {online && <span className="sr">{i18n.t('chat.online')}</span>}
            <span className="line-time">{conversation.last_at > 0 && shortTime(conversation.last_at, Date.now(), i18n)}</span>
          </span>
          <span className="line-top">
            <span className="line-sub">
              <bdi className="cut">
                {called && <span className="draft">{i18n.t('rooms.called')} </span>}
                {draft !== undefined && <span className="draft">{i18n.t('rooms.draft')} </span>}
                {draft ?? preview}
              </bdi>
            </span>
            {unread > 0 && (
              <>
                <Badge count={unread} overflowCount={99} aria-hidden="true" {...(muted ? { color: '#5b6675' } : {})} />
                <span className="sr">{i18n.t('rooms.unread', { n: unread })}</span>
              </>
            )}
          </span>
        </span>
      </button>
      <ConversationMenu
        pinned={pinned === true}
        muted={muted === true}
        name={name}
        stop={stop}
        open={menu}
        onOpen={setMenu}
        onSet={(set) => model.set(stream, set)}
      />
    </li>
  );
});
