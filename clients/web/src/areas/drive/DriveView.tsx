// The drive: spaces at the side, the open folder, and what is on its way.

import Button from 'antd/es/button';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { DriveNode } from '../../wire/generated';
import { LinksDialog, MembersDialog } from './SpaceDialogs';
import { FolderHead } from './FolderHead';
import { MoveDialog } from './FolderPicker';
import { NameDialog } from './NameDialog';
import { NodeList } from './NodeList';
import { PreviewDialog } from './PreviewDialog';
import type { RoomChoice } from '../../kit/SendToRoom';
import { SendDialog } from './SendDialog';
import { ShareDialog } from './ShareDialog';
import { SpaceList } from './SpaceList';
import { UploadList } from './UploadList';
import { VersionsDialog } from './VersionsDialog';
import './drive.css';
import { type DriveModel, TOP } from './model';

export type NodeAct = 'preview' | 'rename' | 'move' | 'versions' | 'share' | 'send';
type Dialog = { act: NodeAct; node: DriveNode } | { act: 'folder' | 'space' | 'members' | 'links' };

export function DriveView({ model, picker, rooms }: {
  model: DriveModel; picker: RenderPicker; rooms: readonly RoomChoice[];
}) {
  const { t, error } = useI18n();
  const look = useObservable(model.look);
  useObservable(model.spaces);
  const report = useReport();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [over, setOver] = useState(false);
  const { space, path, bin, nodes, loaded, failure } = look;
  const card = model.card(space);
  const mayWrite = card !== undefined && card.role !== 'reader';
  const parent = path.at(-1)?.node ?? TOP;
  const close = () => setDialog(null);

  useEffect(() => model.open(), [model]);

  function onAct(act: NodeAct, node: DriveNode) { setDialog({ act, node }); }

  function openNode(node: DriveNode) {
    if (space === null) return;
    if (node.file === undefined) model.show(space, [...path, { node: node.node, name: node.name }]);
    else onAct('preview', node);
  }

  return (
    <main className="page drive" id="main">
      <h1 className="sr">{t('drive.title')}</h1>
      <div className="drive-cols">
        <SpaceList model={model} onNew={() => setDialog({ act: 'space' })} />
        <section
          className={`card drive-folder${over ? ' drive-over' : ''}`}
          aria-label={t('drive.files')}
          onDragOver={(event) => {
            if (!mayWrite || bin || !event.dataTransfer.types.includes('Files')) return;
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false); }}
          onDrop={(event) => {
            setOver(false);
            if (!mayWrite || bin) return;
            event.preventDefault();
            model.upload(event.dataTransfer.files);
          }}
        >
          {space !== null && (
            <FolderHead
              model={model}
              mayWrite={mayWrite}
              onFolder={() => setDialog({ act: 'folder' })}
              onMembers={() => setDialog({ act: 'members' })}
              onLinks={() => setDialog({ act: 'links' })}
            />
          )}
          <div aria-live="polite">
            {failure !== null && <Nothing>{error(failure)}</Nothing>}
            {!loaded && failure === null && <Nothing>{t('app.loading')}</Nothing>}
            {loaded && failure === null && nodes.length === 0 && (
              <Nothing>{t(bin ? 'drive.binEmpty' : mayWrite ? 'drive.empty' : 'drive.emptyRead')}</Nothing>
            )}
          </div>
          {space !== null && nodes.length > 0 && (
            <NodeList model={model} space={space} nodes={nodes} bin={bin} mayWrite={mayWrite} onOpen={openNode} onAct={onAct} />
          )}
          {look.next !== undefined && <Button onClick={() => void model.load(true)}>{t('people.more')}</Button>}
          {bin && <p className="soft small">{t('drive.binHint')}</p>}
          {over && <p className="drive-drop" aria-hidden="true">{t('drive.dropHere')}</p>}
        </section>
      </div>
      <UploadList uploads={model.uploads} ours={(one) => one.purpose.startsWith('drive:')} />
      {dialog?.act === 'space' && (
        <NameDialog title={t('drive.newSpace')} label={t('drive.spaceName')} initial="" picker={picker} me={model.me} onClose={close} onName={(name, people) => report(() => model.createSpace(name, people))} />
      )}
      {space !== null && dialog?.act === 'folder' && (
        <NameDialog title={t('drive.newFolder')} label={t('drive.folderName')} initial="" onClose={close} onName={(name) => report(() => model.run(space, { type: 'drive.create_folder', body: { parent, name } }))} />
      )}
      {space !== null && dialog?.act === 'rename' && (
        <NameDialog title={t('drive.rename')} label={t('drive.name')} initial={dialog.node.name} onClose={close} onName={(name) => report(() => model.run(space, { type: 'drive.rename', body: { node: dialog.node.node, name } }))} />
      )}
      {space !== null && dialog?.act === 'move' && <MoveDialog model={model} space={space} node={dialog.node} onClose={close} />}
      {space !== null && dialog?.act === 'versions' && <VersionsDialog model={model} space={space} node={dialog.node} mayWrite={mayWrite} onClose={close} />}
      {space !== null && dialog?.act === 'preview' && <PreviewDialog space={space} node={dialog.node} onClose={close} />}
      {space !== null && dialog?.act === 'share' && <ShareDialog model={model} space={space} node={dialog.node} onClose={close} />}
      {dialog?.act === 'send' && dialog.node.file !== undefined && <SendDialog model={model} node={dialog.node} file={dialog.node.file} rooms={rooms} onClose={close} />}
      {space !== null && dialog?.act === 'members' && <MembersDialog model={model} space={space} picker={picker} owner={card?.role === 'owner'} onClose={close} />}
      {space !== null && dialog?.act === 'links' && <LinksDialog model={model} space={space} mayWrite={mayWrite} onClose={close} />}
      {failure !== null && <Button onClick={() => void model.load()}>{t('app.retry')}</Button>}
    </main>
  );
}
