// The files and folders of one place, as a table: name, size, date, and what can be done.

import EllipsisOutlined from '@ant-design/icons/es/icons/EllipsisOutlined';
import FileOutlined from '@ant-design/icons/es/icons/FileOutlined';
import FilePdfOutlined from '@ant-design/icons/es/icons/FilePdfOutlined';
import FolderFilled from '@ant-design/icons/es/icons/FolderFilled';
import PlayCircleOutlined from '@ant-design/icons/es/icons/PlayCircleOutlined';
import App from 'antd/es/app';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import { useState } from 'react';
import { useI18n } from '../../i18n';
import { inMain } from '../../kit/popup';
import { fullTime } from '../../kit/time';
import { useReport } from '../../kit/useReport';
import type { DriveNode, StreamId } from '../../wire/generated';
import type { NodeAct } from './DriveView';
import { type DriveModel, fileUrl, isImage, sizeWords } from './model';

export function NodeList({ model, space, nodes, bin, mayWrite, onOpen, onAct }: {
  model: DriveModel; space: StreamId; nodes: readonly DriveNode[]; bin: boolean; mayWrite: boolean;
  onOpen: (node: DriveNode) => void; onAct: (act: NodeAct, node: DriveNode) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { modal } = App.useApp();
  const report = useReport();

  function actsOf(node: DriveNode) {
    const run = (type: 'drive.remove' | 'drive.restore' | 'drive.erase') => report(() => model.run(space, { type, body: { node: node.node } }));
    if (bin) {
      return [
        { key: 'restore', label: t('drive.restore'), onClick: () => void run('drive.restore') },
        { key: 'erase', label: t('drive.erase'), danger: true, onClick: () => void modal.confirm({
          title: t('drive.eraseSure', { name: node.name }), okText: t('app.ok'), cancelText: t('app.cancel'), onOk: () => run('drive.erase'),
        }) },
      ];
    }
    const act = (key: NodeAct) => ({ key, label: t(`drive.${key}`), onClick: () => onAct(key, node) });
    const file = node.file === undefined ? [] : [
      { key: 'download', label: <a href={fileUrl(space, node)} download={node.name}>{t('drive.download')}</a> },
      act('send'), act('versions'),
    ];
    const write = !mayWrite ? [] : [
      act('share'), act('rename'), act('move'),
      { key: 'remove', label: t('drive.remove'), danger: true, onClick: () => void run('drive.remove') },
    ];
    return [...file, ...write];
  }

  return (
    <table className="drive-table">
      <thead>
        <tr>
          <th scope="col">{t('drive.name')}</th>
          <th scope="col" className="drive-wide">{t('drive.size')}</th>
          <th scope="col" className="drive-wide">{t('drive.changed')}</th>
          <th scope="col"><span className="sr">{t('drive.actions')}</span></th>
        </tr>
      </thead>
      <tbody>
        {nodes.map((node) => (
          <tr key={node.node} data-node={node.node}>
            <th scope="row">
              <button type="button" className="drive-name" disabled={bin} onClick={() => onOpen(node)}>
                <NodeIcon space={space} node={node} bin={bin} />
                <span>
                  <bdi>{node.name}</bdi>
                  <span className="sr">{t(node.file === undefined ? 'drive.folder' : 'drive.file')}</span>
                  {node.versions > 1 && <span className="drive-versions">{t('drive.versionCount', { n: node.versions })}</span>}
                  <span className="drive-narrow soft small">{node.file === undefined ? t('drive.folder') : sizeWords(node.file.bytes)} · {fullTime(node.changed_at, i18n)}</span>
                </span>
              </button>
            </th>
            <td className="drive-wide">{node.file === undefined ? '–' : <span dir="ltr">{sizeWords(node.file.bytes)}</span>}</td>
            <td className="drive-wide">{fullTime(node.changed_at, i18n)}</td>
            <td className="drive-act">
              {actsOf(node).length > 0 && (
                <Dropdown trigger={['click']} getPopupContainer={inMain} menu={{ items: actsOf(node) }}>
                  <Button type="text" icon={<EllipsisOutlined aria-hidden="true" />} aria-label={t('drive.actionsOf', { name: node.name })} />
                </Dropdown>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NodeIcon({ space, node, bin }: { space: StreamId; node: DriveNode; bin: boolean }) {
  const [broken, setBroken] = useState(false);
  const { file } = node;
  if (file === undefined) return <span className="drive-icon drive-is-folder" aria-hidden="true"><FolderFilled /></span>;
  if (isImage(file) && !broken && !bin) {
    return <img className="drive-icon drive-thumb" alt="" loading="lazy" src={fileUrl(space, node, 'thumb')} onError={() => setBroken(true)} />;
  }
  const icon = file.type === 'application/pdf' ? <FilePdfOutlined /> : /^(video|audio)\//u.test(file.type) ? <PlayCircleOutlined /> : <FileOutlined />;
  return <span className="drive-icon" aria-hidden="true">{icon}</span>;
}
