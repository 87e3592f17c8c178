// To a message by its number: numbers are what the archive and other systems refer to.

import AimOutlined from '@ant-design/icons/es/icons/AimOutlined';
import Button from 'antd/es/button';
import Input, { type InputRef } from 'antd/es/input';
import Popover from 'antd/es/popover';
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { inMain } from '../../kit/popup';

export function JumpTo({ head, onJump }: { head: number; onJump: (seq: number) => void }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const field = useRef<InputRef>(null);
  const button = useRef<HTMLButtonElement>(null);
  const seq = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  const fits = seq >= 1 && seq <= head;

  function jump(event: FormEvent) {
    event.preventDefault();
    if (!fits) return;
    setOpen(false);
    setText('');
    onJump(seq);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Escape') return;
    setOpen(false);
    button.current?.focus();
  }

  const form = (
    <form className="jump" onSubmit={jump} onKeyDown={onKeyDown}>
      <label htmlFor="jump-number">{t('chat.jump.number', { n: head })}</label>
      <span className="field-row">
        <Input
          id="jump-number"
          ref={field}
          inputMode="numeric"
          dir="ltr"
          autoComplete="off"
          value={text}
          status={text !== '' && !fits ? 'error' : ''}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="primary" htmlType="submit" disabled={!fits}>{t('chat.jump.go')}</Button>
      </span>
    </form>
  );
  return (
    <Popover
      content={<div role="dialog" aria-label={t('chat.jump')}>{form}</div>}
      trigger="click"
      placement="bottomRight"
      getPopupContainer={inMain}
      open={open}
      onOpenChange={setOpen}
      afterOpenChange={(shown) => { if (shown) field.current?.focus(); }}
      destroyOnHidden
    >
      <Button ref={button} type="text" icon={<AimOutlined />} aria-label={t('chat.jump')} title={t('chat.jump')} aria-expanded={open} aria-haspopup="dialog" />
    </Popover>
  );
}
