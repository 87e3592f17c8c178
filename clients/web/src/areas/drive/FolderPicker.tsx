// Choosing a folder by walking into it: for moving within a space, and for saving from a chat.

import FolderFilled from '@ant-design/icons/es/icons/FolderFilled';
import App from 'antd/es/app';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { DriveNode, FileRef, StreamId } from '../../wire/generated';
import { Crumbs } from './Crumbs';
import { type DriveModel, type Step, TOP } from './model';

function Folders({ model, space, path, without, onGo }: {
  model: DriveModel; space: StreamId; path: readonly Step[]; without?: number; onGo: (path: readonly Step[]) => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [folders, setFolders] = useState<readonly DriveNode[] | null>(null);
  const parent = path.at(-1)?.node ?? TOP;
  const card = model.card(space);

  useEffect(() => {
    let alive = true;
    setFolders(null);
    void report(async () => {
      // Folders come first, so that the first page has those that one looks for.
      const { items } = await model.list(space, parent);
      if (alive) setFolders(items.filter((one) => one.file === undefined && one.node !== without));
    });
    return () => { alive = false; };
  }, [model, space, parent, without, report]);

  return (
    <>
      <Crumbs top={card?.kind === 'shared' ? card.name : t('drive.mine')} path={path} onGo={onGo} />
      <div className="picker-list" aria-live="polite">
        {folders === null && <Nothing>{t('app.loading')}</Nothing>}
        {folders?.length === 0 && <Nothing>{t('drive.noFolders')}</Nothing>}
        <ul className="plain">
          {folders?.map((one) => (
            <li key={one.node}>
              <button type="button" className="line" onClick={() => onGo([...path, { node: one.node, name: one.name }])}>
                <span className="drive-icon drive-is-folder" aria-hidden="true"><FolderFilled /></span>
                <bdi className="line-name">{one.name}</bdi>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

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
      <Folders model={model} space={space} path={path} without={node.node} onGo={setPath} />
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
      <div className="field">
        <Select<StreamId | null>
          aria-label={t('drive.spaces')}
          value={chosen}
          onChange={(next) => {
            setSpace(next);
            setPath([]);
          }}
          options={spaces.map((one) => ({ value: one.stream, label: one.kind === 'personal' ? t('drive.mine') : one.name }))}
        />
      </div>
      {chosen !== null && <Folders model={model} space={chosen} path={path} onGo={setPath} />}
    </Modal>
  );
}
