// How texts are kept: each key with its three languages side by side, so that none can be
// forgotten. `{name}` marks a place for a value.

export type Language = 'zh' | 'ug' | 'en';
export type Text = readonly [zh: string, ug: string, en: string];
export type Catalogue = Readonly<Record<string, Text>>;

export const LANGUAGES: readonly { id: Language; name: string; tag: string; dir: 'ltr' | 'rtl' }[] = [
  { id: 'zh', name: '简体中文', tag: 'zh-CN', dir: 'ltr' },
  { id: 'ug', name: 'ئۇيغۇرچە', tag: 'ug', dir: 'rtl' },
  { id: 'en', name: 'English', tag: 'en', dir: 'ltr' },
];

const COLUMN: Record<Language, 0 | 1 | 2> = { zh: 0, ug: 1, en: 2 };

export function textIn(text: Text, language: Language, values: Record<string, string | number> = {}): string {
  return text[COLUMN[language]].replace(/\{(\w+)\}/g, (whole, key: string) =>
    key in values ? String(values[key]) : whole);
}
