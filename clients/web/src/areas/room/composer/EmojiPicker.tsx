// Emoji in groups: one stop of the Tab key for each group, arrows within.

import { type KeyboardEvent, useRef } from 'react';
import { useI18n } from '../../../i18n';
import { EMOJI } from './emoji';

const COLUMNS = 8;

export function EmojiGrid({ label, emoji, onPick }: {
  label: string; emoji: readonly string[]; onPick: (emoji: string) => void;
}) {
  const { dir } = useI18n();
  const grid = useRef<HTMLDivElement>(null);
  function onKeyDown(event: KeyboardEvent) {
    const buttons = [...grid.current!.querySelectorAll('button')];
    const at = buttons.findIndex((one) => one === document.activeElement);
    const forward = dir === 'rtl' ? -1 : 1;
    const step = {
      ArrowRight: forward, ArrowLeft: -forward, ArrowDown: COLUMNS, ArrowUp: -COLUMNS,
    }[event.key];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus();
  }
  return (
    <div className="emoji-grid" role="group" aria-label={label} ref={grid} onKeyDown={onKeyDown}>
      {emoji.map((one, at) => (
        <button key={one} type="button" tabIndex={at === 0 ? 0 : -1} onClick={() => onPick(one)}>{one}</button>
      ))}
    </div>
  );
}

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useI18n();
  return (
    <div className="emoji">
      {(Object.keys(EMOJI) as (keyof typeof EMOJI)[]).map((group) => (
        <section key={group}>
          <p className="soft small" aria-hidden="true">{t(group)}</p>
          <EmojiGrid label={t(group)} emoji={EMOJI[group]} onPick={onPick} />
        </section>
      ))}
    </div>
  );
}
