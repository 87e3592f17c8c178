// Who looks, laid over what is shown. One layer for eyes (the name), and one for a machine: cells
// a shade lighter or darker, which `hub watermark read` finds in a picture of the screen. Both
// are pictures, not text: nobody should have to read them, or find them in a copy.

import { useMemo } from 'react';
import type { WatermarkInfo } from '../wire/generated';

/** As `CELL_PX` in hub/domain/src/watermark. */
const CELL = 4;
/** Of 255: what a shade differs by. Less is lost in a JPEG, more is seen. */
const SHADE = 3;

function named(text: string): string {
  const safe = text.replace(/[<>&"]/gu, '');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="260" height="150"><text x="20" y="120" font-size="14" font-family="sans-serif" fill="#1b2430" fill-opacity=".08" transform="rotate(-22 20 120)">${safe}</text></svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

/** Light cells lighten what is dark, dark ones darken what is light. */
function hidden(rows: readonly string[]): { image: string; side: number } | null {
  const side = rows.length * CELL;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const draw = canvas.getContext('2d');
  if (draw === null || side === 0) return null;
  rows.forEach((row, down) => [...row].forEach((cell, across) => {
    draw.fillStyle = cell === '1' ? `rgb(0 0 0 / ${SHADE / 255})` : `rgb(255 255 255 / ${SHADE / 255})`;
    draw.fillRect(across * CELL, down * CELL, CELL, CELL);
  }));
  return { image: `url("${canvas.toDataURL('image/png')}")`, side };
}

export function Watermark({ info, named: shown }: { info: WatermarkInfo | null; named: boolean }) {
  const cells = info?.cells;
  const pattern = useMemo(() => (cells === undefined ? null : hidden(cells)), [cells]);
  if (info === null) return null;
  return (
    <>
      {pattern !== null && (
        <div
          className="mark"
          data-mark="hidden"
          aria-hidden="true"
          style={{ backgroundImage: pattern.image, backgroundSize: `${pattern.side}px ${pattern.side}px` }}
        />
      )}
      {shown && info.text !== undefined && (
        <div className="mark" data-mark="named" aria-hidden="true" style={{ backgroundImage: named(info.text) }} />
      )}
    </>
  );
}
