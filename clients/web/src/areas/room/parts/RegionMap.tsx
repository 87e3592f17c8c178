// The sketch of the region with a pin in it.

import type { MouseEvent } from 'react';
import { useI18n } from '../../../i18n';
import { CITIES, MAP_HEIGHT, MAP_WIDTH, OUTLINE_PATH, type Point, fromMap, isOnMap, toMap } from './region';

/** Cities named on the sketch: all of them would hide it. */
const NAMED = new Set(['乌鲁木齐', '喀什', '和田', '阿勒泰', '哈密', '伊宁', '库尔勒']);

export function RegionMap({ label, pin, onPick }: {
  label: string; pin: Point | null; onPick?: (point: Point) => void;
}) {
  const { language } = useI18n();
  function pick(event: MouseEvent<SVGSVGElement>) {
    if (onPick === undefined) return;
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    onPick(fromMap(
      ((event.clientX - left) / width) * MAP_WIDTH, ((event.clientY - top) / height) * MAP_HEIGHT,
    ));
  }
  const at = pin !== null && isOnMap(pin) ? toMap(pin) : null;
  return (
    <svg
      className={`region${onPick ? ' region-pick' : ''}`}
      viewBox={`0 0 ${MAP_WIDTH.toFixed(1)} ${MAP_HEIGHT}`}
      role="img"
      aria-label={label}
      onClick={pick}
    >
      <path className="region-land" d={OUTLINE_PATH} />
      {CITIES.map((city) => {
        const { x, y } = toMap(city);
        return (
          <g key={city.zh}>
            <circle className="region-city" cx={x} cy={y} r="1.4" />
            {NAMED.has(city.zh) && (
              <text className="region-name" x={x} y={y - 3} textAnchor="middle">{city[language]}</text>
            )}
          </g>
        );
      })}
      {at !== null && (
        <path className="region-pin" d={`M${at.x},${at.y}c-3,-5 -5,-7 -5,-10a5,5 0 1 1 10,0c0,3 -2,5 -5,10z`} />
      )}
    </svg>
  );
}
