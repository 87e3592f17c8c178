// A voice message: its picture of levels, played where it stands.

import PauseOutlined from '@ant-design/icons/es/icons/PauseOutlined';
import CaretRightOutlined from '@ant-design/icons/es/icons/CaretRightOutlined';
import Button from 'antd/es/button';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../../i18n';
import { lengthText } from './files';

const BARS = 40;

/** As many bars as are drawn, each the loudest of what it stands for. */
export function barsOf(levels: readonly number[], count = BARS): number[] {
  if (levels.length === 0) return new Array<number>(count).fill(0);
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / count));
    return Math.max(...levels.slice(from, to));
  });
}

export function Levels({ levels, done }: { levels: readonly number[]; done: number }) {
  const bars = barsOf(levels);
  return (
    <svg className="levels" viewBox={`0 0 ${BARS * 3} 24`} aria-hidden="true" preserveAspectRatio="none">
      {bars.map((level, bar) => {
        const height = 2 + (level / 255) * 20;
        return (
          <rect
            key={bar}
            className={bar / BARS < done ? 'level-done' : 'level'}
            x={bar * 3}
            y={12 - height / 2}
            width="2"
            height={height}
            rx="1"
          />
        );
      })}
    </svg>
  );
}

export function VoicePart({ src, ms, levels }: { src: string; ms: number; levels: readonly number[] }) {
  const { t } = useI18n();
  const [audio, setAudio] = useState<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  const [done, setDone] = useState(0);
  const held = useRef<HTMLAudioElement | null>(null);

  useEffect(() => () => held.current?.pause(), []);
  useEffect(() => {
    if (audio === null) return undefined;
    const at = () => setDone(ms === 0 ? 0 : Math.min(1, (audio.currentTime * 1000) / ms));
    const end = () => {
      setPlaying(false);
      setDone(0);
    };
    const pause = () => setPlaying(false);
    audio.addEventListener('timeupdate', at);
    audio.addEventListener('ended', end);
    audio.addEventListener('pause', pause);
    return () => {
      audio.removeEventListener('timeupdate', at);
      audio.removeEventListener('ended', end);
      audio.removeEventListener('pause', pause);
    };
  }, [audio, ms]);

  function toggle() {
    const one = held.current ?? new Audio(src);
    held.current = one;
    setAudio(one);
    if (playing) return one.pause();
    setPlaying(true);
    one.play().catch(() => setPlaying(false));
  }

  return (
    <span className="voice" dir="ltr">
      <Button
        type="primary"
        shape="circle"
        size="small"
        icon={playing ? <PauseOutlined /> : <CaretRightOutlined />}
        aria-label={playing ? t('voice.pause') : t('voice.play', { n: Math.round(ms / 1000) })}
        onClick={toggle}
      />
      <Levels levels={levels} done={done} />
      <span className="small soft">{lengthText(ms)}</span>
    </span>
  );
}
