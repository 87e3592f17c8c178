// Choosing a folder by walking into it: for moving within a space, and for saving from a chat.

import App from 'antd/es/app';
import Modal from 'antd/es/modal';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { DriveNode, FileRef, StreamId } from '../../wire/generated';
import { SpaceChoice, Walk } from './Walk';
import { type DriveModel, type Step, TOP } from './model';

export function MoveDialog({ model, space, node, onClose }: {
  model: DriveModel; space: StreamId; node: DriveNode; onClose: () => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [path, setPath] = useState<readonly Step[]>([]);
  const parent = path.at(-1)?.node ?? TOP;
  return (
    <Modal
      open
      centered
      title={t('drive.move')}
      okText={t('drive.moveHere')}
      okButtonProps={{ disabled: parent === node.parent }}
      cancelText={t('app.cancel')}
      onOk={() => void report(() => model.run(space, { type: 'drive.move', body: { node: node.node, parent } })).then((done) => { if (done) onClose(); })}
      onCancel={onClose}
    >
      <Walk model={model} space={space} path={path} without={node.node} onGo={setPath} />
    </Modal>
  );
}

/** A file of a chat into a drive; the workbench hands it to the chat. */
export function SaveToDrive({ model, file, onClose }: { model: DriveModel; file: FileRef; onClose: () => void }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const spaces = useObservable(model.spaces).filter((one) => one.role !== 'reader');
  const [space, setSpace] = useState<StreamId | null>(null);
  const [path, setPath] = useState<readonly Step[]>([]);
  const chosen = space ?? spaces[0]?.stream ?? null;

  useEffect(() => { void report(() => model.loadOwn()); }, [model, report]);

  async function save() {
    if (chosen === null) return;
    if (!(await report(() => model.save(chosen, path.at(-1)?.node ?? TOP, file)))) return;
    void message.success(t('drive.saved'));
    onClose();
  }

  return (
    <Modal open centered title={t('drive.save')} okText={t('drive.saveHere')} okButtonProps={{ disabled: chosen === null }} cancelText={t('app.cancel')} onOk={() => void save()} onCancel={onClose}>
      <SpaceChoice
        spaces={spaces}
        chosen={chosen}
        onChoose={(next) => {
          setSpace(next);
          setPath([]);
        }}
      />
      {chosen !== null && <Walk model={model} space={chosen} path={path} onGo={setPath} />}
    </Modal>
  );
}
