// Before a call: with which devices, and whom to ring.

import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { AccountId } from '../../wire/generated';
import { DeviceFields } from './DeviceFields';
import { LocalMedia } from './devices';
import { type Member, MemberPicks } from './MemberPicks';
import type { CallModel, Lobby } from './model';

export function LobbyDialog({ model, lobby, members }: { model: CallModel; lobby: Lobby; members: readonly Member[] }) {
  const { t } = useI18n();
  const { room, mode, begin } = lobby;
  const [local] = useState(() => new LocalMedia());
  const [chosen, setChosen] = useState<AccountId[]>([]);
  const { mic, camera } = useObservable(local.tracks);
  const taken = useRef(false);

  useEffect(() => {
    // Told apart from a dialog that is only shown a second time by the development build.
    taken.current = false;
    void local.set('mic', true);
    void local.set('camera', mode === 'video');
    return () => { if (!taken.current) void local.set('mic', false).then(() => local.set('camera', false)); };
  }, [local, mode]);

  function go() {
    taken.current = true;
    void model.enter({ room, mode, begin, ring: chosen, local, mic: mic !== null, camera: camera !== null });
  }
  const close = () => model.lobby.set(null);
  const others = members.filter((one) => one.account !== model.me);
  return (
    <Modal
      open
      centered
      className="call-lobby"
      title={t(begin ? 'call.lobby.start' : 'call.lobby.join', { mode: t(`call.${mode}`) })}
      okText={t(begin ? 'call.lobby.go' : 'call.lobby.goIn')}
      cancelText={t('app.cancel')}
      onOk={go}
      onCancel={close}
    >
      <DeviceFields local={local} preview />
      <p className="field-row call-lobby-turns">
        <Button aria-pressed={mic !== null} onClick={() => void local.set('mic', mic === null)}>{t(mic === null ? 'call.mic.on' : 'call.mic.off')}</Button>
        <Button aria-pressed={camera !== null} onClick={() => void local.set('camera', camera === null)}>{t(camera === null ? 'call.camera.on' : 'call.camera.off')}</Button>
      </p>
      {begin && others.length > 0 && (
        <fieldset className="call-whom">
          <legend>{t('call.lobby.whom')}</legend>
          <MemberPicks members={others} chosen={chosen} onChange={setChosen} />
        </fieldset>
      )}
    </Modal>
  );
}
