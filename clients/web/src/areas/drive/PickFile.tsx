// Choosing a file of one's drives, for what another area puts it to.

import Modal from 'antd/es/modal';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { FileRef, StreamId } from '../../wire/generated';
import { SpaceChoice, Walk } from './Walk';
import type { DriveModel, Step } from './model';

export function PickFile({ model, onPick, onClose }: {
  model: DriveModel; onPick: (file: FileRef) => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const spaces = useObservable(model.spaces);
  const [space, setSpace] = useState<StreamId | null>(null);
  const [path, setPath] = useState<readonly Step[]>([]);
  const chosen = space ?? spaces[0]?.stream ?? null;

  useEffect(() => { void report(() => model.loadOwn()); }, [model, report]);

  return (
    <Modal open centered title={t('drive.pick')} footer={null} onCancel={onClose}>
      <SpaceChoice
        spaces={spaces}
        chosen={chosen}
        onChoose={(next) => {
          setSpace(next);
          setPath([]);
        }}
      />
      {chosen !== null && <Walk model={model} space={chosen} path={path} onGo={setPath} onPick={onPick} />}
    </Modal>
  );
}
