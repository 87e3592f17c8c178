// Which microphone, camera and speaker; how loud one is and how one looks.

import Checkbox from 'antd/es/checkbox';
import { useEffect, useState } from 'react';
import { type TextKey, useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import { type Choices, type LocalMedia, choices, listDevices, listenLevel } from './devices';
import { Video } from './Video';

type Kind = 'mic' | 'camera' | 'speaker';
const KINDS: Readonly<Record<Kind, MediaDeviceKind>> = { mic: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' };

export function DeviceFields({ local, preview }: { local: LocalMedia; preview: boolean }) {
  const { t } = useI18n();
  const chosen = useObservable(choices);
  const { mic, camera } = useObservable(local.tracks);
  const [known, setKnown] = useState<readonly MediaDeviceInfo[]>([]);

  useEffect(() => {
    let alive = true;
    const read = () => void listDevices().then((all) => { if (alive) setKnown(all); });
    read();
    navigator.mediaDevices?.addEventListener('devicechange', read);
    return () => {
      alive = false;
      navigator.mediaDevices?.removeEventListener('devicechange', read);
    };
    // Named once one of them was opened.
  }, [mic, camera]);

  const field = (kind: Kind) => {
    const own = known.filter((one) => one.kind === KINDS[kind] && one.deviceId !== 'default');
    if (kind === 'speaker' && own.length === 0) return null;
    return (
      <label className="field" key={kind}>
        <span>{t(`call.device.${kind}`)}</span>
        <select
          className="native"
          value={own.some((one) => one.deviceId === chosen[kind]) ? chosen[kind] : ''}
          onChange={(event) => void local.choose({ [kind]: event.target.value } as Partial<Choices>)}
        >
          <option value="">{t('call.device.default')}</option>
          {own.map((one, at) => <option key={one.deviceId} value={one.deviceId}>{one.label || `${t(`call.device.${kind}`)} ${at + 1}`}</option>)}
        </select>
      </label>
    );
  };
  return (
    <div className="call-devices">
      {preview && (
        <div className="call-preview" role="img" aria-label={t(camera === null ? 'call.device.noPreview' : 'call.device.preview')}>
          {camera === null ? <span>{t('call.device.noPreview')}</span> : <Video track={camera} mirrored />}
        </div>
      )}
      <Trouble local={local} />
      {field('mic')}
      <Level track={mic} />
      {field('camera')}
      <Checkbox className="call-small-picture" checked={chosen.small} onChange={(event) => void local.choose({ small: event.target.checked })}>
        {t('call.device.small')}
      </Checkbox>
      {field('speaker')}
    </div>
  );
}

function Level({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useI18n();
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    return track === null ? undefined : listenLevel(track, setLevel);
  }, [track]);
  return (
    <div className="call-level" role="meter" aria-label={t('call.device.level')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={level}>
      <span style={{ inlineSize: `${level}%` }} />
    </div>
  );
}

export function Trouble({ local }: { local: LocalMedia }) {
  const { t } = useI18n();
  const trouble = useObservable(local.trouble);
  const names: Record<string, TextKey> = { mic: 'call.mic', camera: 'call.camera', screen: 'call.device.screen' };
  return (
    <p className="call-trouble" role="alert">
      {trouble !== null && t(`call.trouble.${trouble.why}`, { device: t(names[trouble.source]!) })}
    </p>
  );
}
