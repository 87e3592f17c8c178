// What can be done with one message. The menu proper exists only while it is open: a long
// conversation has many messages.

import MoreOutlined from '@ant-design/icons/es/icons/MoreOutlined';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import Popover from 'antd/es/popover';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { inMain } from '../../kit/popup';
import type { MenuAct } from './acts';
import { QUICK } from './composer/emoji';
import { EmojiGrid } from './composer/EmojiPicker';

const DANGER: ReadonlySet<MenuAct> = new Set<MenuAct>(['recall', 'hide']);

export function MessageMenu({ acts, open, onOpen, onAct, onReact }: {
  /** Asked for when the menu opens. */
  acts: () => readonly MenuAct[];
  open: boolean; onOpen: (open: boolean) => void;
  onAct: (act: MenuAct) => void; onReact: (emoji: string) => void;
}) {
  const { t } = useI18n();
  const [reacting, setReacting] = useState(false);
  const button = (
    <Button
      className={`msg-menu${open || reacting ? ' msg-menu-open' : ''}`}
      type="text"
      size="small"
      tabIndex={-1}
      icon={<MoreOutlined />}
      aria-label={t('chat.menu')}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => onOpen(true)}
    />
  );
  if (reacting) {
    const pick = (emoji: string) => {
      setReacting(false);
      onReact(emoji);
      onOpen(false);
    };
    return (
      <Popover
        open
        trigger="click"
        getPopupContainer={inMain}
        onOpenChange={(shown) => {
          if (shown) return;
          setReacting(false);
          onOpen(false);
        }}
        afterOpenChange={(shown) => {
          if (shown) document.querySelector<HTMLElement>('.react-pop button')?.focus();
        }}
        content={<div className="react-pop" role="dialog" aria-label={t('chat.react')}><EmojiGrid label={t('chat.react')} emoji={QUICK} onPick={pick} /></div>}
      >
        {button}
      </Popover>
    );
  }
  if (!open) return button;
  return (
    <Dropdown
      open
      autoFocus
      trigger={['click']}
      getPopupContainer={inMain}
      menu={{
        items: acts().map((act) => ({ key: act, label: t(`chat.${act}`), danger: DANGER.has(act) })),
        onClick: ({ key }) => {
          onOpen(false);
          if (key === 'react') setReacting(true);
          else onAct(key as MenuAct);
        },
      }}
      onOpenChange={(shown) => { if (!shown) onOpen(false); }}
    >
      {button}
    </Dropdown>
  );
}
