// What one does in a call: every control with its word, on a phone below its sign.

import AudioMutedOutlined from '@ant-design/icons/es/icons/AudioMutedOutlined';
import AudioOutlined from '@ant-design/icons/es/icons/AudioOutlined';
import DashboardOutlined from '@ant-design/icons/es/icons/DashboardOutlined';
import DesktopOutlined from '@ant-design/icons/es/icons/DesktopOutlined';
import MessageOutlined from '@ant-design/icons/es/icons/MessageOutlined';
import PhoneOutlined from '@ant-design/icons/es/icons/PhoneOutlined';
import PoweroffOutlined from '@ant-design/icons/es/icons/PoweroffOutlined';
import SettingOutlined from '@ant-design/icons/es/icons/SettingOutlined';
import TeamOutlined from '@ant-design/icons/es/icons/TeamOutlined';
import VideoCameraOutlined from '@ant-design/icons/es/icons/VideoCameraOutlined';
import type { ReactNode } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import { HandSign } from './HandSign';
import type { CallModel, Mine } from './model';

export type Panel = 'chat' | 'people' | 'devices' | 'link';

function Control({ name, sign, on, off, danger, expanded, badge, tool, onClick }: {
  name: string; sign: ReactNode; on?: boolean; off?: boolean; danger?: boolean; expanded?: boolean; badge?: number; tool: string;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      className={`call-btn${on === true ? ' call-btn-on' : ''}${off === true ? ' call-btn-off' : ''}${danger === true ? ' call-btn-danger' : ''}`}
      aria-expanded={expanded}
      data-tool={tool}
      onClick={onClick}
    >
      <span className="call-btn-sign" aria-hidden="true">{sign}{(badge ?? 0) > 0 && <span className="call-badge">{badge}</span>}</span>
      <span>{name}</span>
    </button>
  );
}

export function Controls({ model, mine, alone, group, host, hand, waiting, panel, onPanel, onHand, onEnd }: {
  model: CallModel; mine: Mine;
  /** Nobody has come yet. */
  alone: boolean;
  group: boolean; host: boolean; hand: boolean; waiting: number; panel: Panel | null;
  onPanel: (panel: Panel | null) => void; onHand: () => void; onEnd: () => void;
}) {
  const { t } = useI18n();
  const { mic, camera, screen } = useObservable(mine.local.tracks);
  const open = (one: Panel) => () => onPanel(panel === one ? null : one);
  const shares = navigator.mediaDevices !== undefined && 'getDisplayMedia' in navigator.mediaDevices;
  return (
    <div className="call-controls" role="group" aria-label={t('call.controls')}>
      <Control tool="mic" name={t(mic === null ? 'call.mic.on' : 'call.mic.off')} off={mic === null} sign={mic === null ? <AudioMutedOutlined /> : <AudioOutlined />} onClick={() => model.turn('mic', mic === null)} />
      <Control tool="camera" name={t(camera === null ? 'call.camera.on' : 'call.camera.off')} off={camera === null} sign={<VideoCameraOutlined />} onClick={() => model.turn('camera', camera === null)} />
      {shares && <Control tool="screen" name={t(screen === null ? 'call.screen.on' : 'call.screen.off')} on={screen !== null} sign={<DesktopOutlined />} onClick={() => model.turn('screen', screen === null)} />}
      {group && <Control tool="hand" name={t(hand ? 'call.hand.off' : 'call.hand.on')} on={hand} sign={<HandSign />} onClick={onHand} />}
      <Control tool="chat" name={t('call.chat')} expanded={panel === 'chat'} sign={<MessageOutlined />} onClick={open('chat')} />
      <Control tool="people" name={t('call.people')} expanded={panel === 'people'} sign={<TeamOutlined />} badge={waiting} onClick={open('people')} />
      <Control tool="devices" name={t('call.devices')} expanded={panel === 'devices'} sign={<SettingOutlined />} onClick={open('devices')} />
      <Control tool="link" name={t('call.link')} expanded={panel === 'link'} sign={<DashboardOutlined />} onClick={open('link')} />
      <Control tool="leave" danger name={t(group ? 'call.leave' : alone ? 'call.cancel' : 'call.hangUp')} sign={<PhoneOutlined rotate={135} />} onClick={() => void model.leave()} />
      {group && host && <Control tool="end" danger name={t('call.end')} sign={<PoweroffOutlined />} onClick={onEnd} />}
    </div>
  );
}
