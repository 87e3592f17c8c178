// Small pieces that more than one area shows.

import UserOutlined from '@ant-design/icons/es/icons/UserOutlined';
import TeamOutlined from '@ant-design/icons/es/icons/TeamOutlined';
import Segmented from 'antd/es/segmented';
import type { KeyboardEvent, ReactNode } from 'react';
import { useI18n } from '../i18n';
import { LANGUAGES, type Language } from '../i18n/catalogue';
import type { AccountCard, Names } from '../wire/generated';
import { avatarUrl, avatars } from './avatars';
import { choose } from './prefs';
import { useObservable } from './useObservable';

/** Quiet, told apart, and dark enough for white letters (5:1). */
const GROUNDS = ['#41658a', '#4c7466', '#6b5b8c', '#7f6340', '#3f7280', '#8a5566'];
const GROUP_GROUND = '#4a5a72';

function groundOf(key: string): string {
  let sum = 0;
  for (const letter of key) sum = (sum * 31 + letter.codePointAt(0)!) % 9973;
  return GROUNDS[sum % GROUNDS.length]!;
}

/** The last two signs of a Chinese name, the first letter of others; in Uyghur a vowel at the
 *  beginning is written as two. */
function initialsOf(name: string): string {
  const clean = name.trim();
  if (/\p{Script=Han}/u.test(clean)) return [...clean.replace(/[·\s].*$/u, '')].slice(-2).join('');
  return [...clean].slice(0, clean.startsWith('ئ') ? 2 : 1).join('').toUpperCase();
}

/** Decoration: the name beside it says who it is. */
export function Face({ id, name, group, sign, online, large }: {
  id: string; name: string; group?: boolean;
  /** What stands for a group of its own kind. */
  sign?: ReactNode; online?: boolean | undefined; large?: boolean;
}) {
  const blob = useObservable(avatars).get(id);
  const picture = group !== true && blob !== undefined;
  return (
    <span className={`face${large ? ' face-large' : ''}`} style={{ background: group ? GROUP_GROUND : groundOf(id) }} aria-hidden="true">
      {picture ? <img className="face-picture" src={avatarUrl(id, blob)} alt="" loading="lazy" />
        : group ? sign ?? <TeamOutlined /> : initialsOf(name) || <UserOutlined />}
      {online !== undefined && <span className={`dot ${online ? 'dot-on' : 'dot-off'}`} />}
    </span>
  );
}

export function useCardText(): (card: AccountCard) => { name: string; line: string } {
  const { name } = useI18n();
  return (card) => ({
    name: name(card.names),
    line: [name(card.unit_names as Names), card.post].filter(Boolean).join(' · '),
  });
}

export function PersonLine({ card, extra }: { card: AccountCard; extra?: ReactNode }) {
  const text = useCardText()(card);
  return (
    <>
      <Face id={card.account} name={text.name} />
      <span className="line-body line-person">
        <span className="line-top"><bdi className="line-name">{text.name}</bdi>{extra}</span>
        <span className="line-sub"><bdi className="cut">{text.line}</bdi></span>
      </span>
    </>
  );
}

/** One of a few. The Tab key stops at the chosen one, not at the frame around them as well. */
export function Choice<T extends string>({ label, value, options, onChange }: {
  label: string; value: T; options: { value: T; label: ReactNode }[]; onChange: (value: T) => void;
}) {
  const { dir } = useI18n();
  // The library and the browser would both answer an arrow key, and not agree from right to
  // left: one answer instead.
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const forward = dir === 'rtl' ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = options.findIndex((one) => one.value === value) + step;
    const next = (at + options.length) % options.length;
    onChange(options[next]!.value);
    event.currentTarget.querySelectorAll('input')[next]?.focus();
  }
  return (
    <Segmented<T>
      tabIndex={-1}
      aria-label={label}
      value={value}
      options={options}
      onChange={onChange}
      onKeyDownCapture={onKeyDown}
    />
  );
}

export function LanguageSwitch() {
  const { language, t } = useI18n();
  return (
    <Choice<Language>
      label={t('app.language')}
      value={language}
      onChange={(next) => choose({ language: next })}
      options={LANGUAGES.map((one) => ({
        value: one.id,
        label: <span lang={one.tag}>{one.name}</span>,
      }))}
    />
  );
}

/** Nothing here, in words. */
export function Nothing({ children }: { children: ReactNode }) {
  return <p className="nothing">{children}</p>;
}
