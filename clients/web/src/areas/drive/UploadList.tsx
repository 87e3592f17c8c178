// What is on its way: how far it is, and pausing, going on, giving up. Also after a reload.

import Button from 'antd/es/button';
import Progress from 'antd/es/progress';
import { useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { Upload, Uploads } from '../../wire/upload';
import { sizeWords } from './model';

export function UploadList({ uploads, ours }: { uploads: Uploads; ours: (upload: Upload) => boolean }) {
  const { t } = useI18n();
  const shown = useObservable(uploads.all).filter(ours);
  if (shown.length === 0) return null;
  return (
    <section className="card uploads" aria-label={t('upload.title')}>
      <h2>{t('upload.title')}</h2>
      <ul className="plain">
        {shown.map((one) => <UploadLine key={one.key} uploads={uploads} one={one} />)}
      </ul>
    </section>
  );
}

function UploadLine({ uploads, one }: { uploads: Uploads; one: Upload }) {
  const { t, error } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  const [other, setOther] = useState(false);
  const { key, name, phase } = one;
  const values = {
    sent: sizeWords(one.sent), all: sizeWords(one.bytes), reason: one.error === undefined ? '' : error(one.error),
  };
  const percent = one.bytes === 0 ? 100 : Math.floor((one.sent / one.bytes) * 100);
  return (
    <li className="upload" data-phase={phase}>
      <span className="upload-name"><bdi>{name}</bdi></span>
      <span className="soft small upload-words" role="status">{other ? t('upload.otherFile') : t(`upload.${phase}`, values)}</span>
      <Progress
        percent={percent}
        size="small"
        showInfo={false}
        status={phase === 'failed' ? 'exception' : phase === 'done' ? 'success' : 'normal'}
        aria-label={t('upload.progress', { name })}
      />
      <span className="drive-tools">
        {(phase === 'sending' || phase === 'waiting') && <Button size="small" onClick={() => uploads.pause(key)}>{t('upload.pause')}</Button>}
        {(phase === 'paused' || (phase === 'failed' && one.file === undefined)) && <Button size="small" onClick={() => uploads.resume(key)}>{t('upload.resume')}</Button>}
        {phase === 'lost' && (
          <>
            <input
              ref={input}
              type="file"
              hidden
              data-again=""
              onChange={(event) => {
                const file = event.target.files?.[0];
                setOther(file !== undefined && !uploads.resume(key, file));
                event.target.value = '';
              }}
            />
            <Button size="small" type="primary" onClick={() => input.current?.click()}>{t('upload.choose')}</Button>
          </>
        )}
        <Button size="small" type="text" onClick={() => uploads.drop(key)}>{t('upload.drop')}</Button>
      </span>
    </li>
  );
}
