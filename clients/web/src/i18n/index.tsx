// The language of the interface: chosen by the person, kept in this browser.

import { createContext, useContext, type ReactNode } from 'react';
import { accountStrings } from '../areas/account/strings';
import { appStrings } from '../areas/app/strings';
import { callStrings } from '../areas/call/strings';
import { contactStrings } from '../areas/contact/strings';
import { driveStrings } from '../areas/drive/strings';
import { mailStrings } from '../areas/mail/strings';
import { noticeStrings } from '../areas/notice/strings';
import { serviceStrings } from '../areas/service/strings';
import { planStrings } from '../areas/plan/strings';
import { roomStrings } from '../areas/room/strings';
import { searchStrings } from '../areas/search/strings';
import { taskStrings } from '../areas/task/strings';
import type { ErrorBody, Names } from '../wire/generated';
import { type Catalogue, type Language, LANGUAGES, type Text, textIn } from './catalogue';
import { common } from './common';
import { errors } from './errors';

const all = { ...common, ...accountStrings, ...contactStrings, ...roomStrings, ...taskStrings, ...mailStrings, ...noticeStrings, ...planStrings, ...searchStrings, ...driveStrings, ...serviceStrings, ...appStrings, ...callStrings };
export type TextKey = keyof typeof all;
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

export type I18n = {
  language: Language;
  tag: string;
  dir: 'ltr' | 'rtl';
  t: Translate;
  /** A person's or unit's name in this language, Chinese where it is not known. */
  name: (names: Names) => string;
  error: (error: ErrorBody) => string;
};

const made = new Map<Language, I18n>();

/** One object a language, so that effects may depend on it. */
export function i18nFor(language: Language): I18n {
  let found = made.get(language);
  if (found === undefined) made.set(language, (found = build(language)));
  return found;
}

function build(language: Language): I18n {
  const { tag, dir } = LANGUAGES.find((one) => one.id === language)!;
  return {
    language, tag, dir,
    t: (key, values) => textIn(all[key], language, values),
    name: (names) => (language === 'zh' ? names.zh : names[language] || names.zh),
    error: (error) => {
      const known = errors as Catalogue;
      const text: Text = known[error.code] ?? known[`kind.${error.kind}`] ?? errors['kind.internal'];
      const minutes = Math.ceil((error.retry ?? 0) / 60_000);
      // Seconds are waited out by the program; minutes are for the person to know.
      if (minutes < 2) return textIn(text, language);
      return `${textIn(text, language)} ${textIn(errors['retry.minutes'], language, { n: minutes })}`;
    },
  };
}

const Context = createContext<I18n>(i18nFor('zh'));

export function I18nProvider({ language, children }: { language: Language; children: ReactNode }) {
  return <Context.Provider value={i18nFor(language)}>{children}</Context.Provider>;
}

export function useI18n(): I18n { return useContext(Context); }
