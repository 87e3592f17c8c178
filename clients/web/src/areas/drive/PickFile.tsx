// Choosing a file of one's drives, for what another area puts it to.

import FileOutlined from '@ant-design/icons/es/icons/FileOutlined';
import FolderFilled from '@ant-design/icons/es/icons/FolderFilled';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { DriveNode, FileRef, StreamId } from '../../wire/generated';
import { Crumbs } from './Crumbs';
import { type DriveModel, type Step, TOP, sizeWords } from './model';
import './drive.css';

export function PickFile({ model, onPick, onClose }: {
  model: DriveModel; onPick: (file: FileRef) => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const spaces = useObservable(model.spaces);
  const [space, setSpace] = useState<StreamId | null>(null);
  const [path, setPath] = useState<readonly Step[]>([]);
  const [nodes, setNodes] = useState<readonly DriveNode[] | null>(null);
  const chosen = space ?? spaces[0]?.stream ?? null;
  const parent = path.at(-1)?.node ?? TOP;
  const card = model.card(chosen);

  useEffect(() => { void report(() => model.loadOwn()); }, [model, report]);
  useEffect(() => {
    if (chosen === null) return undefined;
    let alive = true;
    setNodes(null);
    void report(async () => {
      const { items } = await model.list(chosen, parent);
      if (alive) setNodes(items);
    });
    return () => { alive = false; };
  }, [model, chosen, parent, report]);

  return (
    <Modal open centered title={t('drive.pick')} footer={null} onCancel={onClose}>
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
      <Crumbs top={card?.kind === 'shared' ? card.name : t('drive.mine')} path={path} onGo={setPath} />
      <div className="picker-list" aria-live="polite">
        {nodes === null && <Nothing>{t('app.loading')}</Nothing>}
        {nodes?.length === 0 && <Nothing>{t('drive.empty')}</Nothing>}
        <ul className="plain">
          {nodes?.map(({ node, name, file }) => (
            <li key={node}>
              <button type="button" className="line" onClick={() => (file === undefined ? setPath([...path, { node, name }]) : onPick({ ...file, name }))}>
                <span className={`drive-icon${file === undefined ? ' drive-is-folder' : ''}`} aria-hidden="true">{file === undefined ? <FolderFilled /> : <FileOutlined />}</span>
                <bdi className="line-name">{name}</bdi>
                {file !== undefined && <span className="soft small" dir="ltr">{sizeWords(file.bytes)}</span>}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}
