// Somebody's picture in a call, or a shared screen, with who it is and what is the matter.

import AudioMutedOutlined from '@ant-design/icons/es/icons/AudioMutedOutlined';
import PushpinFilled from '@ant-design/icons/es/icons/PushpinFilled';
import PushpinOutlined from '@ant-design/icons/es/icons/PushpinOutlined';
import WifiOutlined from '@ant-design/icons/es/icons/WifiOutlined';
import { useEffect, useRef } from 'react';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { HandSign } from './HandSign';
import type { Picture } from './layout';
import { Video } from './Video';

export function Tile({ picture, name, track, speaking, weak, pinned, onPin, onHeight }: {
  picture: Picture; name: string; track: MediaStreamTrack | undefined;
  speaking: boolean; weak: boolean; pinned: boolean;
  onPin: (() => void) | undefined;
  /** How high it is on the screen, in the screen's own pixels; 0: out of view. */
  onHeight: (key: string, height: number) => void;
}) {
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const { key, kind, heard, hand, mine } = picture;
  const screen = kind === 'screen';
  const title = screen ? t('call.screenOf', { name }) : name;
  const muted = !heard && !screen;

  useEffect(() => {
    const element = box.current!;
    let seen = true;
    const tell = () => onHeight(key, seen ? Math.round(element.clientHeight * devicePixelRatio) : 0);
    const size = new ResizeObserver(tell);
    const view = new IntersectionObserver(([entry]) => {
      seen = entry?.isIntersecting === true;
      tell();
    });
    size.observe(element);
    view.observe(element);
    return () => {
      size.disconnect();
      view.disconnect();
      onHeight(key, 0);
    };
  }, [key, onHeight]);

  const words = [
    title, kind === 'sign' && t('call.signing'), muted && t('call.muted'), speaking && t('call.speaking'),
    hand && t('call.handUp'), weak && t('call.weak'),
  ].filter(Boolean).join(', ');
  return (
    <div
      ref={box}
      className={`call-tile call-tile-${kind}${speaking ? ' call-tile-speaking' : ''}${pinned ? ' call-tile-pinned' : ''}`}
      role="group"
      aria-label={words}
      data-account={picture.account}
      data-kind={kind}
      data-live={track !== undefined}
    >
      {screen && mine ? <p className="call-own-screen">{t('call.sharing')}</p>
        : track !== undefined ? <Video track={track} mirrored={mine && !screen} />
          : <Face id={picture.account} name={name} large />}
      <span className="call-tile-name" aria-hidden="true">
        {muted && <AudioMutedOutlined className="call-sign-muted" />}
        {hand && <HandSign />}
        {weak && <WifiOutlined className="call-sign-weak" />}
        <bdi>{title}</bdi>
      </span>
      {onPin !== undefined && (
        <button
          type="button"
          className="call-pin"
          aria-pressed={pinned}
          aria-label={t(pinned ? 'call.unpin' : 'call.pin', { name: title })}
          onClick={onPin}
        >
          {pinned ? <PushpinFilled aria-hidden="true" /> : <PushpinOutlined aria-hidden="true" />}
        </button>
      )}
    </div>
  );
}
