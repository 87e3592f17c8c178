// How a person wants the hub: kept in this browser, and on the account once somebody is signed
// in, so that a choice is in force on all devices at once.

import { type Language, LANGUAGES } from '../i18n/catalogue';
import type { Alerts, Preferences } from '../wire/generated';
import { Observable } from '../wire/observable';

export type TextSize = 'normal' | 'large' | 'xlarge';
export type Prefs = { language: Language; size: TextSize; contrast: boolean; alerts: Alerts };

const KEY = 'hub.prefs';

const ALERTS: Alerts = { desktop: false, sound: false, show_text: false, urgent_through: true };

function initial(): Prefs {
  const prefs: Prefs = { language: 'zh', size: 'normal', contrast: false, alerts: ALERTS };
  const tags = navigator.languages.map((tag) => tag.toLowerCase());
  const first = tags.find((tag) => LANGUAGES.some((one) => tag.startsWith(one.id)));
  const known = LANGUAGES.find((one) => first?.startsWith(one.id));
  if (known !== undefined) prefs.language = known.id;
  try {
    return { ...prefs, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>) };
  } catch {
    return prefs;
  }
}

export const prefs = new Observable<Prefs>(initial());

let tell: (change: Partial<Prefs>) => void = () => undefined;

/** Whoever is signed in has choices kept on the account. */
export function keepChoices(keep: (change: Partial<Prefs>) => void): () => void {
  tell = keep;
  return () => { if (tell === keep) tell = () => undefined; };
}

export function choose(change: Partial<Prefs>): void {
  take(change);
  tell(change);
}

/** What the account says, from whichever device. */
export function adopt({ language, text_size, contrast, alerts }: Preferences): void {
  const change: Partial<Prefs> = {
    ...(language === undefined ? {} : { language }),
    ...(text_size === undefined ? {} : { size: text_size }),
    ...(contrast === undefined ? {} : { contrast }),
    ...(alerts === undefined ? {} : { alerts }),
  };
  if (Object.keys(change).length > 0) take(change);
}

function take(change: Partial<Prefs>): void {
  prefs.update((now) => ({ ...now, ...change }));
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.get()));
  } catch {
    // Kept for this page only.
  }
}
