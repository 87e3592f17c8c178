// The files of a task: put there, opened, taken away again.

import PaperClipOutlined from '@ant-design/icons/es/icons/PaperClipOutlined';
import Button from 'antd/es/button';
import { type ReactNode, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { blobUrl, sizeText } from '../../kit/files';
import { useReport } from '../../kit/useReport';
import type { FileRef, TaskItem } from '../../wire/generated';
import type { TaskModel } from './model';

/** How a file is chosen that lies elsewhere in the hub: the workbench hands it in. */
export type RenderFiles = (onPick: (file: FileRef) => void, onClose: () => void) => ReactNode;

export function TaskFiles({ model, item, owner, may, files }: {
  model: TaskModel; item: TaskItem; owner: boolean;
  /** Who only watches puts nothing there. */
  may: boolean; files: RenderFiles;
}) {
  const { t } = useI18n();
  const report = useReport();
  const chooser = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [picking, setPicking] = useState(false);
  const { task } = item;

  async function upload(sources: readonly File[]) {
    setBusy(true);
    await report(() => model.upload(task, sources));
    setBusy(false);
  }

  return (
    <section aria-label={t('task.files')} className="task-files">
      <h3>{t('task.files')}</h3>
      {item.files.length === 0 && <p className="soft small">{t('task.files.none')}</p>}
      <ul className="plain">
        {item.files.map(({ seq, by, file }) => (
          <li key={seq} className="line line-static">
            <PaperClipOutlined aria-hidden="true" />
            <a className="task-file" href={blobUrl(file.blob, { stream: task, seq })} target="_blank" rel="noreferrer noopener"><bdi>{file.name}</bdi></a>
            <span className="soft small" dir="ltr">{sizeText(file)}</span>
            {(owner || by === model.me) && (
              <Button size="small" aria-label={t('task.files.remove', { name: file.name })} onClick={() => void report(() => model.run(task, { type: 'task.detach', body: { seq } }))}>
                {t('group.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may && (
        <div className="task-acts">
          <input
            ref={chooser}
            type="file"
            multiple
            hidden
            onChange={({ target }) => {
              void upload([...(target.files ?? [])]);
              target.value = '';
            }}
          />
          <Button loading={busy} onClick={() => chooser.current?.click()}>{t('task.files.upload')}</Button>
          <Button onClick={() => setPicking(true)}>{t('task.files.drive')}</Button>
        </div>
      )}
      {picking && files((file) => {
        setPicking(false);
        void report(() => model.attach(task, [file]));
      }, () => setPicking(false))}
    </section>
  );
}
