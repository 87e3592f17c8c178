// Where one is, and what can be done here.

import DeleteOutlined from '@ant-design/icons/es/icons/DeleteOutlined';
import FolderAddOutlined from '@ant-design/icons/es/icons/FolderAddOutlined';
import LinkOutlined from '@ant-design/icons/es/icons/LinkOutlined';
import TeamOutlined from '@ant-design/icons/es/icons/TeamOutlined';
import UploadOutlined from '@ant-design/icons/es/icons/UploadOutlined';
import Button from 'antd/es/button';
import { useRef } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import { Crumbs } from './Crumbs';
import type { DriveModel } from './model';

export function FolderHead({ model, mayWrite, onFolder, onMembers, onLinks }: {
  model: DriveModel; mayWrite: boolean; onFolder: () => void; onMembers: () => void; onLinks: () => void;
}) {
  const { t } = useI18n();
  const { space, path, bin } = useObservable(model.look);
  const card = model.card(space);
  const input = useRef<HTMLInputElement>(null);
  if (space === null) return null;
  const name = card?.kind === 'shared' ? card.name : t('drive.mine');
  return (
    <div className="drive-head">
      <Crumbs top={name} path={path} extra={bin ? t('drive.bin') : undefined} onGo={(steps) => model.show(space, steps)} />
      <div className="drive-tools">
        {mayWrite && !bin && (
          <>
            <input
              ref={input}
              type="file"
              multiple
              hidden
              data-upload=""
              onChange={(event) => {
                model.upload(event.target.files ?? []);
                event.target.value = '';
              }}
            />
            <Button type="primary" icon={<UploadOutlined aria-hidden="true" />} onClick={() => input.current?.click()}>{t('drive.upload')}</Button>
            <Button icon={<FolderAddOutlined aria-hidden="true" />} onClick={onFolder}>{t('drive.newFolder')}</Button>
          </>
        )}
        {card?.kind === 'shared' && <Button icon={<TeamOutlined aria-hidden="true" />} onClick={onMembers}>{t('drive.members')}</Button>}
        <Button icon={<LinkOutlined aria-hidden="true" />} onClick={onLinks}>{t('drive.links')}</Button>
        {mayWrite && (
          <Button icon={<DeleteOutlined aria-hidden="true" />} aria-pressed={bin} type={bin ? 'primary' : 'default'} onClick={() => model.show(space, [], !bin)}>{t('drive.bin')}</Button>
        )}
      </div>
    </div>
  );
}
