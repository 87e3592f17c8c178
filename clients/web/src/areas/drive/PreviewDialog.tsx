// A look at a file: images, video and sound in the page; other kinds are for their programs.

import DownloadOutlined from '@ant-design/icons/es/icons/DownloadOutlined';
import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import { useI18n } from '../../i18n';
import { fullTime } from '../../kit/time';
import type { DriveNode, StreamId } from '../../wire/generated';
import { fileUrl, isImage, sizeWords } from './model';

export function PreviewDialog({ space, node, onClose }: { space: StreamId; node: DriveNode; onClose: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { file } = node;
  const url = fileUrl(space, node);
  return (
    <Modal open centered width={860} title={<bdi>{node.name}</bdi>} footer={null} className="drive-preview" onCancel={onClose}>
      {isImage(file) && <img src={url} alt={node.name} />}
      {file?.type.startsWith('video/') && <video src={url} controls preload="metadata" aria-label={node.name} />}
      {file?.type.startsWith('audio/') && <audio src={url} controls preload="metadata" aria-label={node.name} />}
      <p className="soft small">
        {file !== undefined && <span dir="ltr">{sizeWords(file.bytes)}</span>} · {file?.type} · {fullTime(node.changed_at, i18n)}
      </p>
      <Button type="primary" icon={<DownloadOutlined aria-hidden="true" />} href={url} download={node.name}>{t('drive.download')}</Button>
    </Modal>
  );
}
