// What a person chose for this browser: language, size, contrast, notifications.

import { type Language, LANGUAGES } from '../i18n/catalogue';
import { Observable } from '../wire/observable';

export type TextSize = 'normal' | 'large' | 'xlarge';
export type Prefs = { language: Language; size: TextSize; contrast: boolean; notify: boolean };

const KEY = 'hub.prefs';

function initial(): Prefs {
  const prefs: Prefs = { language: 'zh', size: 'normal', contrast: false, notify: false };
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

export function choose(change: Partial<Prefs>): void {
  prefs.update((now) => ({ ...now, ...change }));
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.get()));
  } catch {
    // Kept for this page only.
  }
}
