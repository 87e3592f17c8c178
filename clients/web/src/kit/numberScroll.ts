// A list of numbered rows of which only those in and near the view exist in the page.
// The first whole row in view is the anchor: whatever arrives above it, it stays where it is.
// At the end of the list the end itself is the anchor, so that new rows push up.
// Absent on purpose: heights of rows. The page knows those that exist, and the others are
// never needed: see `numberScale.ts` for the scroll bar.

import { Observable } from '../wire/observable';
import { type Range, around, numberAt, spaceFor, topOf } from './numberScale';

/** `from`–`to` exist in the page, `first`–`last` are in view. */
export type View = Range & { first: number; last: number; atEnd: boolean };
/** `rows` holds one child a number (`data-seq`), none without height; `layer` holds `rows`
 *  and what follows the last number. */
export type Parts = { box: HTMLElement; space: HTMLElement; layer: HTMLElement; rows: HTMLElement };

type Anchor = { number: number; y: number } | 'end';

/** A usual row, in pixels; only the scroll bar's length depends on it. */
const ESTIMATE = 56;
const MARGIN_MIN = 480;
const NEAR_END = 48;
const IDLE = 250;
/** The bar may point this far beside the truth before it is put right. */
const DRIFT_MAX = 0.02;

export class NumberScroller {
  readonly view: Observable<View>;
  private parts: Parts | null = null;
  private count: number;
  private anchor: Anchor = 'end';
  /** Of the layer, within the space. */
  private top = 0;
  private height = 0;
  private lastTop = 0;
  /** Where in the view the anchor is to come to rest. */
  private aim: number | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private dragging = false;

  constructor(count: number) {
    this.count = count;
    const range = around(count, count, rowsFor(MARGIN_MIN * 2), 0);
    this.view = new Observable<View>({ ...range, first: count, last: count, atEnd: true });
  }

  attach(parts: Parts): () => void {
    this.parts = parts;
    const { box } = parts;
    const resized = new ResizeObserver(() => this.settle());
    resized.observe(box);
    resized.observe(parts.layer);
    const pressed = (event: PointerEvent) => {
      const at = event.clientX - box.getBoundingClientRect().left - box.clientLeft;
      this.dragging = at < 0 || at > box.clientWidth;
    };
    // Not every browser tells when a scroll bar is let go; a free pointer does.
    const moved = (event: PointerEvent) => { if (event.buttons === 0) this.dragging = false; };
    box.addEventListener('scroll', this.onScroll, { passive: true });
    box.addEventListener('pointerdown', pressed);
    window.addEventListener('pointermove', moved);
    return () => {
      resized.disconnect();
      clearTimeout(this.idle);
      box.removeEventListener('scroll', this.onScroll);
      box.removeEventListener('pointerdown', pressed);
      window.removeEventListener('pointermove', moved);
      this.parts = null;
    };
  }

  setCount(count: number): void {
    if (count === this.count) return;
    const { from, to } = this.view.get();
    const wasLast = to >= this.count;
    this.count = count;
    if (this.anchor === 'end' || from > count) this.toEnd();
    else if (wasLast) this.show({ from, to: Math.min(count, to + rowsFor(MARGIN_MIN)) });
  }

  toEnd(): void {
    this.anchor = 'end';
    this.aim = null;
    this.show(around(this.count, this.count, rowsFor(this.margin() + this.viewHeight()), 0));
  }

  toNumber(number: number): void {
    const wanted = Math.min(this.count, Math.max(1, Math.round(number)));
    this.aim = Math.round(this.viewHeight() / 4);
    this.go(wanted, topOf(wanted, this.scale()));
  }

  /** To be called when the page shows what `view` asks for, before it is painted. */
  settle(): void {
    const { parts } = this;
    if (parts === null || parts.box.clientHeight === 0) return;
    const { from, to } = this.drawn();
    const wanted = this.view.get();
    // The page is about to be drawn anew and to settle then.
    if (from !== wanted.from || to !== wanted.to) return;
    const length = parts.layer.offsetHeight;
    if (this.anchor === 'end') {
      this.height = from === 1 ? length
        : Math.max(spaceFor(this.count, ESTIMATE), length + this.roomFor(from - 1));
      this.top = this.height - length;
      this.place();
      this.scrollTo(this.height - parts.box.clientHeight);
    } else {
      const row = parts.rows.children[this.anchor.number - from] as HTMLElement | undefined;
      if (row !== undefined) this.top = this.anchor.y - row.offsetTop;
      this.keepRoom({ from, to }, length);
      this.place();
      if (this.aim !== null) this.scrollTo(this.anchor.y - this.aim);
    }
    this.cover({ from, to });
  }

  private readonly onScroll = (): void => {
    const { parts } = this;
    if (parts === null) return;
    const drawn = this.drawn();
    const s = parts.box.scrollTop;
    const delta = s - this.lastTop;
    // Our own doing: what was aimed at stays the anchor.
    if (Math.abs(delta) < 1) return this.cover(drawn);
    this.lastTop = s;
    this.aim = null;
    const view = parts.box.clientHeight;
    if (s <= 0 && drawn.from > 1) {
      // Above the first row may stand a word that belongs to the view as well.
      this.aim = view;
      this.go(1, 0);
    } else if (s + view <= this.top || s >= this.top + parts.layer.offsetHeight) {
      this.leap(s, delta, view);
    } else {
      this.reanchor(drawn, delta < 0);
      this.cover(drawn);
    }
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.straighten(), IDLE);
  };

  /** To where nothing exists yet: a short way by rows, a long one by the bar. */
  private leap(s: number, delta: number, view: number): void {
    if (s + view >= this.height - 1) return this.toEnd();
    const near = this.anchor === 'end' ? this.count : this.anchor.number;
    const number = Math.abs(delta) < 4 * view
      ? near + Math.round(delta / ESTIMATE)
      : numberAt(s, this.scale());
    this.go(Math.min(this.count, Math.max(1, number)), s);
  }

  /** What is first in view now is what stays. Who moves away from the end is let go at once. */
  private reanchor({ from, to }: Range, upwards: boolean): void {
    const { box, layer, rows } = this.parts!;
    const rest = this.top + layer.offsetHeight - (box.scrollTop + box.clientHeight);
    if (to === this.count && rest < (upwards ? 1 : NEAR_END)) {
      this.anchor = 'end';
      return;
    }
    const y = box.scrollTop - this.top;
    const topOfRow = (at: number) => (rows.children[at] as HTMLElement | undefined)?.offsetTop;
    let index = this.indexAt(y);
    // A row cut by the upper edge may still change its height: better the one below it.
    const next = topOfRow(index + 1);
    if (topOfRow(index)! < y && next !== undefined && next < y + box.clientHeight / 2) index += 1;
    const top = topOfRow(index);
    if (top !== undefined) this.anchor = { number: from + index, y: this.top + top };
  }

  private go(number: number, y: number): void {
    this.anchor = { number, y };
    const margin = this.margin();
    this.show(around(number, this.count, rowsFor(margin), rowsFor(margin + this.viewHeight())));
  }

  private show(range: Range): void {
    const now = this.view.get();
    if (now.from === range.from && now.to === range.to) this.settle();
    else this.view.set({ ...now, ...range });
  }

  /** Room above and below for what is not shown yet; none beyond the first and the last. */
  private keepRoom({ from, to }: Range, length: number): void {
    const above = this.roomFor(from - 1);
    if (from === 1) this.shift(-this.top);
    else if (this.top < above) this.shift(Math.max(this.truth(), above) - this.top);
    if (to === this.count) this.height = this.top + length;
    else this.height = Math.max(this.height, this.top + length + this.roomFor(this.count - to));
  }

  private roomFor(rows: number): number { return Math.min(rows * ESTIMATE, 3 * this.viewHeight()); }

  /** Where the bar would have the layer. */
  private truth(): number {
    if (this.anchor === 'end') return this.top;
    return this.top + topOf(this.anchor.number, this.scale()) - this.anchor.y;
  }

  /** After pixels were scrolled one by one the bar lags behind the numbers. */
  private straighten(): void {
    if (this.parts === null) return;
    const { from, to } = this.drawn();
    if (this.dragging || from === 1 || to === this.count) return;
    const drift = this.truth() - this.top;
    if (Math.abs(drift) < this.height * DRIFT_MAX) return;
    this.height = Math.max(spaceFor(this.count, ESTIMATE), this.parts.layer.offsetHeight);
    this.shift(this.truth() - this.top);
    this.settle();
  }

  /** Moves layer and view together: nobody sees it but in the bar. */
  private shift(by: number): void {
    if (Math.abs(by) < 1) return;
    const { box } = this.parts!;
    if (this.anchor !== 'end') this.anchor = { ...this.anchor, y: this.anchor.y + by };
    this.top += by;
    this.height = Math.max(this.height, this.top + this.parts!.layer.offsetHeight);
    this.place();
    this.scrollTo(box.scrollTop + by);
  }

  private place(): void {
    const { space, layer } = this.parts!;
    space.style.height = `${this.height}px`;
    layer.style.top = `${this.top}px`;
  }

  private scrollTo(top: number): void {
    const { box } = this.parts!;
    if (Math.abs(box.scrollTop - top) >= 1) box.scrollTop = top;
    this.lastTop = box.scrollTop;
  }

  /** Rows come into being before they are reached, and go when they are far. */
  private cover(drawn: Range): void {
    const { box, layer } = this.parts!;
    const now = this.view.get();
    if (drawn.from !== now.from || drawn.to !== now.to || box.clientHeight === 0) return;
    const margin = this.margin();
    const s = box.scrollTop - this.top;
    const e = s + box.clientHeight;
    // The view has run ahead, in a smooth scroll: the event that says so is on its way.
    if (e <= 0 || s >= layer.offsetHeight) return;
    const below = layer.offsetHeight - e;
    let { from, to } = drawn;
    if (from > 1 && s < margin / 2) from = Math.max(1, from - rowsFor(margin - s));
    else if (s > margin * 2) from += this.indexAt(s - margin);
    if (to < this.count && below < margin / 2) to = Math.min(this.count, to + rowsFor(margin - below));
    else if (below > margin * 2) to = drawn.from + this.indexAt(e + margin);
    const first = drawn.from + this.indexAt(s);
    const last = drawn.from + this.indexAt(e - 1);
    const atEnd = this.anchor === 'end';
    if (now.from !== from || now.to !== to || now.first !== first || now.last !== last || now.atEnd !== atEnd) {
      this.keepFocus(drawn, { from, to });
      this.view.set({ from, to, first, last, atEnd });
    }
  }

  /** A row that goes must not take the keyboard with it. */
  private keepFocus(drawn: Range, next: Range): void {
    const { box, rows } = this.parts!;
    const active = document.activeElement;
    if (active === null || !rows.contains(active)) return;
    const number = drawn.from + [...rows.children].findIndex((row) => row.contains(active));
    if (number < next.from || number > next.to) box.focus({ preventScroll: true });
  }

  /** What the page shows now; a new view is drawn a moment later. */
  private drawn(): Range {
    const rows = this.parts!.rows.children as HTMLCollectionOf<HTMLElement>;
    const from = Number(rows[0]?.dataset['seq'] ?? 1);
    return { from, to: from + rows.length - 1 };
  }

  /** The row at `y` of the layer, by halving: rows follow one another downwards. */
  private indexAt(y: number): number {
    const rows = this.parts!.rows.children as HTMLCollectionOf<HTMLElement>;
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (rows[middle]!.offsetTop <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  private viewHeight(): number { return this.parts?.box.clientHeight ?? MARGIN_MIN; }
  private margin(): number { return Math.max(MARGIN_MIN, this.viewHeight()); }

  private scale() {
    const height = this.height || spaceFor(this.count, ESTIMATE);
    return { count: this.count, height, view: this.viewHeight() };
  }
}

function rowsFor(pixels: number): number { return Math.ceil(Math.max(0, pixels) / ESTIMATE) + 1; }
