// The scroller over a page that is played: rows of known heights, drawn when the view asks.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SPACE_MAX } from './numberScale';
import { NumberScroller, type Parts } from './numberScroll';

const VIEW = 600;
const MILLION = 1_000_000;

class Page {
  readonly scroller: NumberScroller;
  private top = 0;
  private rows: { dataset: { seq: string }; offsetTop: number; contains: () => boolean }[] = [];
  private length = 0;
  private dirty = false;
  private readonly space = { style: { height: '0px' } };
  private readonly layer = { style: { top: '0px' }, offsetHeight: 0 };
  private onScroll = () => undefined as void;

  constructor(private count: number, private heightOf: (seq: number) => number) {
    this.scroller = new NumberScroller(count);
    const page = this;
    const box = {
      clientHeight: VIEW, clientWidth: 400, clientLeft: 0,
      get scrollTop() { return page.top; },
      set scrollTop(top: number) { page.top = Math.max(0, Math.min(page.height - VIEW, top)); },
      addEventListener: (type: string, run: () => void) => { if (type === 'scroll') this.onScroll = run; },
      removeEventListener: () => undefined,
      getBoundingClientRect: () => ({ left: 0 }),
      focus: () => undefined,
    };
    const rows = { get children() { return page.rows; }, contains: () => false };
    this.scroller.view.subscribe(() => { this.dirty = true; });
    this.draw();
    this.scroller.attach({ box, space: this.space, layer: this.layer, rows } as unknown as Parts);
    this.scroller.settle();
    this.drawn();
  }

  get height(): number { return parseFloat(this.space.style.height); }
  get existing(): number { return this.rows.length; }
  get view() { return this.scroller.view.get(); }

  /** Where a row's upper edge stands on the screen, if it exists. */
  at(seq: number): number {
    const row = this.rows.find((one) => one.dataset.seq === String(seq));
    return row === undefined ? NaN : parseFloat(this.layer.style.top) + row.offsetTop - this.top;
  }

  scrollBy(pixels: number): void { this.scrollTo(this.top + pixels); }

  scrollTo(top: number): void {
    this.top = Math.max(0, Math.min(this.height - VIEW, top));
    this.onScroll();
    this.drawn();
  }

  /** Rows change their heights, as they do when what they stand for has been loaded. */
  change(heightOf: (seq: number) => number): void {
    this.heightOf = heightOf;
    this.dirty = true;
    this.drawn();
  }

  grow(by: number): void {
    this.count += by;
    this.scroller.setCount(this.count);
    this.drawn();
  }

  go(seq: number): void {
    this.scroller.toNumber(seq);
    this.drawn();
  }

  drawn(): void {
    for (let times = 0; this.dirty; times += 1) {
      if (times > 20) throw new Error('the view does not come to rest');
      this.dirty = false;
      this.draw();
      this.scroller.settle();
    }
  }

  private draw(): void {
    const { from, to } = this.scroller.view.get();
    this.length = 0;
    this.rows = [];
    for (let seq = from; seq <= to; seq += 1) {
      this.rows.push({ dataset: { seq: String(seq) }, offsetTop: this.length, contains: () => false });
      this.length += this.heightOf(seq);
    }
    this.layer.offsetHeight = this.length;
  }
}

const uneven = (seq: number) => 24 + ((seq * 37) % 150);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} });
  vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined });
  vi.stubGlobal('document', { activeElement: null });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.each([[30], [800], [MILLION]])('a list of %i rows', (count) => {
  it('opens at its end and stays there while it grows', () => {
    const page = new Page(count, uneven);
    expect(page.view).toMatchObject({ last: count, atEnd: true });
    page.grow(3);
    expect(page.view).toMatchObject({ last: count + 3, atEnd: true });
    expect(page.at(count + 3) + uneven(count + 3)).toBeCloseTo(VIEW);
  });

  it('has few rows, and no more height than a browser gives', () => {
    const page = new Page(count, uneven);
    for (let times = 0; times < 300; times += 1) page.scrollBy(-90);
    expect(page.existing).toBeLessThan(120);
    expect(page.height).toBeLessThan(SPACE_MAX * 1.1);
  });

  it('moves to the pixel, however long one scrolls', () => {
    const page = new Page(count, uneven);
    for (let times = 0; times < 3_000; times += 1) {
      const { first, last } = page.view;
      const seq = Math.round((first + last) / 2);
      const before = page.at(seq);
      page.scrollBy(-90);
      const moved = page.at(seq) - before;
      // At the very beginning there is nothing left to scroll.
      if (page.view.from === 1) break;
      expect(moved).toBeCloseTo(90);
      if (times % 40 === 0) {
        // The bar is put right in a rest; the rows stay.
        const still = page.at(page.view.first);
        vi.advanceTimersByTime(1_000);
        page.drawn();
        expect(page.at(page.view.first)).toBeCloseTo(still);
      }
    }
  });

  it('shows every number from the beginning on', () => {
    const page = new Page(count, uneven);
    page.scrollTo(0);
    expect(page.at(1)).toBeCloseTo(0);
    let seen = page.view.last;
    for (let times = 0; times < 60 && seen < count; times += 1) {
      page.scrollBy(VIEW / 2);
      expect(page.view.first).toBeLessThanOrEqual(seen + 1);
      seen = page.view.last;
    }
  });

  it('goes to a number and brings it into view', () => {
    const page = new Page(count, uneven);
    for (const seq of [1, 2, Math.ceil(count / 2), Math.ceil(count / 3), count - 1, count]) {
      page.go(seq);
      expect(page.view.first).toBeLessThanOrEqual(seq);
      expect(page.view.last).toBeGreaterThanOrEqual(seq);
    }
  });
});

it('keeps what is read in its place while rows above it come to their heights', () => {
  const page = new Page(MILLION, () => 56);
  page.go(400_000);
  page.scrollBy(-1_300);
  const { first } = page.view;
  const before = page.at(first);
  page.change((seq) => (seq < first ? 130 : 56));
  expect(page.at(first)).toBeCloseTo(before);
});

it('lets the bar stand for the whole: half-way down is the middle', () => {
  const page = new Page(MILLION, uneven);
  page.scrollTo((page.height - VIEW) / 2);
  expect(Math.abs(page.view.first - MILLION / 2)).toBeLessThan(20);
  page.scrollTo(page.height);
  expect(page.view).toMatchObject({ last: MILLION, atEnd: true });
});

it('leaves who has scrolled up where they are when something new comes', () => {
  const page = new Page(500, uneven);
  page.scrollBy(-2_000);
  const { first } = page.view;
  const before = page.at(first);
  page.grow(5);
  expect(page.at(first)).toBeCloseTo(before);
  expect(page.view.atEnd).toBe(false);
});
