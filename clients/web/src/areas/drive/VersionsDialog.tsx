// What a file was before, each version to download; and a newer one.

import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import Tag from 'antd/es/tag';
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { DriveNode, DriveVersion, StreamId } from '../../wire/generated';
import { type DriveModel, sizeWords, versionUrl } from './model';

export function VersionsDialog({ model, space, node, mayWrite, onClose }: {
  model: DriveModel; space: StreamId; node: DriveNode; mayWrite: boolean; onClose: () => void;
}) {
  const i18n = useI18n();
  const { t, name } = i18n;
  const report = useReport();
  const cards = useObservable(model.cards.all);
  const now = useObservable(model.look).nodes.find((one) => one.node === node.node)?.versions ?? node.versions;
  const [versions, setVersions] = useState<readonly DriveVersion[]>([]);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let alive = true;
    void report(async () => {
      const list = await model.versions(space, node.node);
      await model.loadCards(list.flatMap((one) => (one.by === undefined ? [] : [one.by])));
      if (alive) setVersions(list);
    });
    return () => { alive = false; };
  }, [model, space, node.node, now, report]);

  return (
    <Modal open centered width={620} title={<bdi>{t('drive.versionsOf', { name: node.name })}</bdi>} footer={null} onCancel={onClose}>
      <ul className="plain drive-lines">
        {versions.map((one, index) => {
          const by = one.by === undefined ? undefined : cards.get(one.by);
          return (
            <li key={one.seq} className="line line-static">
              <span className="line-body">
                <span className="line-top"><span className="line-name">{fullTime(one.at, i18n)}</span>{index === 0 && <Tag color="blue">{t('drive.current')}</Tag>}</span>
                <span className="line-sub">{by !== undefined && <bdi>{name(by.names)} · </bdi>}<span dir="ltr">{sizeWords(one.file.bytes)}</span></span>
              </span>
              <Button size="small" href={versionUrl(space, one)} download={one.file.name}>{t('drive.download')}</Button>
            </li>
          );
        })}
      </ul>
      {mayWrite && (
        <>
          <input
            ref={input}
            type="file"
            hidden
            data-version=""
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) model.uploadVersion(node.node, file);
              event.target.value = '';
            }}
          />
          <Button onClick={() => input.current?.click()}>{t('drive.newVersion')}</Button>
        </>
      )}
    </Modal>
  );
}
