// Walking through one's drives: which space, which folder, and where a file is meant, which one.

import FileOutlined from '@ant-design/icons/es/icons/FileOutlined';
import FolderFilled from '@ant-design/icons/es/icons/FolderFilled';
import Select from 'antd/es/select';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { useReport } from '../../kit/useReport';
import type { DriveNode, FileRef, SpaceCard, StreamId } from '../../wire/generated';
import { Crumbs } from './Crumbs';
import { type DriveModel, type Step, TOP, sizeWords } from './model';
import './drive.css';

export function SpaceChoice({ spaces, chosen, onChoose }: {
  spaces: readonly SpaceCard[]; chosen: StreamId | null; onChoose: (space: StreamId | null) => void;
}) {
  const { t } = useI18n();
  return (
    <div className="field">
      <Select<StreamId | null>
        aria-label={t('drive.spaces')}
        value={chosen}
        onChange={onChoose}
        options={spaces.map((one) => ({ value: one.stream, label: one.kind === 'personal' ? t('drive.mine') : one.name }))}
      />
    </div>
  );
}

/** Without `onPick` folders alone are shown. */
export function Walk({ model, space, path, without, onGo, onPick }: {
  model: DriveModel; space: StreamId; path: readonly Step[]; without?: number;
  onGo: (path: readonly Step[]) => void; onPick?: (file: FileRef) => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [nodes, setNodes] = useState<readonly DriveNode[] | null>(null);
  const parent = path.at(-1)?.node ?? TOP;
  const card = model.card(space);
  const files = onPick !== undefined;

  useEffect(() => {
    let alive = true;
    setNodes(null);
    void report(async () => {
      // Folders come first, so that the first page has those that one looks for.
      const { items } = await model.list(space, parent);
      if (alive) setNodes(items.filter((one) => (files || one.file === undefined) && one.node !== without));
    });
    return () => { alive = false; };
  }, [model, space, parent, without, files, report]);

  return (
    <>
      <Crumbs top={card?.kind === 'shared' ? card.name : t('drive.mine')} path={path} onGo={onGo} />
      <div className="picker-list" aria-live="polite">
        {nodes === null && <Nothing>{t('app.loading')}</Nothing>}
        {nodes?.length === 0 && <Nothing>{t(files ? 'drive.empty' : 'drive.noFolders')}</Nothing>}
        <ul className="plain">
          {nodes?.map(({ node, name, file }) => (
            <li key={node}>
              <button type="button" className="line" onClick={() => (file === undefined ? onGo([...path, { node, name }]) : onPick?.({ ...file, name }))}>
                <span className={`drive-icon${file === undefined ? ' drive-is-folder' : ''}`} aria-hidden="true">{file === undefined ? <FolderFilled /> : <FileOutlined />}</span>
                <bdi className="line-name">{name}</bdi>
                {file !== undefined && <span className="soft small" dir="ltr">{sizeWords(file.bytes)}</span>}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
