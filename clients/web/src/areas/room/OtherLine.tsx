// A row among the conversations that leads elsewhere.

import BellOutlined from '@ant-design/icons/es/icons/BellOutlined';
import PushpinOutlined from '@ant-design/icons/es/icons/PushpinOutlined';
import Badge from 'antd/es/badge';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { shortTime } from '../../kit/time';
import { ConversationMenu } from './ConversationMenu';
import type { OtherRow } from './list';

export function OtherLine({ row, stop }: { row: OtherRow; stop: boolean }) {
  const i18n = useI18n();
  const [menu, setMenu] = useState(false);
  const { stream, name, sign, text, last_at, unread, pinned, muted, onOpen, onSet } = row;
  return (
    <li
      className={`${pinned ? 'rooms-pinned' : ''}${muted ? ' rooms-muted' : ''}`}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenu(true);
      }}
    >
      <button type="button" className="line" tabIndex={stop ? 0 : -1} data-rove="" data-stream={stream} onClick={onOpen}>
        <Face id={stream} name={name} group sign={sign} />
        <span className="line-body">
          <span className="line-top">
            <bdi className="line-name">{name}</bdi>
            {pinned && <PushpinOutlined className="soft" aria-label={i18n.t('rooms.pinned')} />}
            {muted && <BellOutlined className="soft rooms-quiet" aria-label={i18n.t('rooms.muted')} />}
            <span className="line-time">{shortTime(last_at, Date.now(), i18n)}</span>
          </span>
          <span className="line-top">
            <span className="line-sub"><bdi className="cut">{text}</bdi></span>
            {unread > 0 && (
              <>
                <Badge count={unread} overflowCount={99} aria-hidden="true" {...(muted ? { color: '#5b6675' } : {})} />
                <span className="sr">{i18n.t('rooms.unread', { n: unread })}</span>
              </>
            )}
          </span>
        </span>
      </button>
      <ConversationMenu pinned={pinned} muted={muted} name={name} stop={stop} open={menu} onOpen={setMenu} onSet={onSet} />
    </li>
  );
}
