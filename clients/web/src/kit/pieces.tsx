// Small pieces that more than one area shows.

import UserOutlined from '@ant-design/icons/es/icons/UserOutlined';
import TeamOutlined from '@ant-design/icons/es/icons/TeamOutlined';
import Segmented from 'antd/es/segmented';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n';
import { LANGUAGES, type Language } from '../i18n/catalogue';
import type { AccountCard, Names } from '../wire/generated';
import { choose } from './prefs';

/** Dark enough for white letters. */
const GROUNDS = ['#0b4f96', '#1f6b52', '#7a3f8f', '#8a4b12', '#3b4a8c', '#9a2f4a', '#2d6170', '#5a5320'];

function groundOf(key: string): string {
  let sum = 0;
  for (const letter of key) sum = (sum * 31 + letter.codePointAt(0)!) % 9973;
  return GROUNDS[sum % GROUNDS.length]!;
}

/** The last two signs of a Chinese name, the first letters of others. */
function initialsOf(name: string): string {
  const clean = name.trim();
  if (/\p{Script=Han}/u.test(clean)) return [...clean.replace(/[·\s].*$/u, '')].slice(-2).join('');
  return [...clean].slice(0, 1).join('').toUpperCase();
}

/** Decoration: the name beside it says who it is. */
export function Face({ id, name, group, online, large }: {
  id: string; name: string; group?: boolean; online?: boolean | undefined; large?: boolean;
}) {
  return (
    <span className={`face${large ? ' face-large' : ''}`} style={{ background: groundOf(id) }} aria-hidden="true">
      {group ? <TeamOutlined /> : initialsOf(name) || <UserOutlined />}
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
      <span className="line-body">
        <span className="line-top"><bdi className="line-name">{text.name}</bdi>{extra}</span>
        <span className="line-sub"><bdi>{text.line}</bdi></span>
      </span>
    </>
  );
}

export function LanguageSwitch({ block }: { block?: boolean }) {
  const { language, t } = useI18n();
  return (
    <Segmented<Language>
      block={block ?? false}
      aria-label={t('app.language')}
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
