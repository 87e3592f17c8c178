// Cards of links, as the hub has read them: a browser asks no stranger's machine. No React here.

import type { LinkCard } from '../../wire/generated';
import type { Http } from '../../wire/http';

export const URL_IN_TEXT = /https?:\/\/[^\s<>"'，。；！？、（）]+/gu;

/** What is asked for again only after a reload; more than anybody writes at a time. */
const KEPT_MAX = 100;

/** The address in a text that a card is offered for: the first. */
export function linkIn(text: string): string | null {
  const [found] = text.match(URL_IN_TEXT) ?? [];
  // What ends a sentence or closes a bracket is not the address's.
  return found?.replace(/[.,;:!?)\]}]+$/u, '') ?? null;
}

export class Links {
  private readonly read = new Map<string, Promise<LinkCard | null>>();

  constructor(private readonly http: Http) {}

  /** Nothing where the page cannot be read: then the address goes as text. */
  card(url: string): Promise<LinkCard | null> {
    const known = this.read.get(url);
    if (known !== undefined) return known;
    if (this.read.size >= KEPT_MAX) this.read.clear();
    const asked = this.http.call<LinkCard>('GET', '/v1/link', { url }).catch(() => null);
    this.read.set(url, asked);
    return asked;
  }
}
