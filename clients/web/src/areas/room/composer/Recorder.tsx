// The composer while speech is recorded.

import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import SendOutlined from '@ant-design/icons/es/icons/SendOutlined';
import Button from 'antd/es/button';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useI18n } from '../../../i18n';
import { lengthText } from '../parts/files';
import { Levels } from '../parts/VoicePart';
import { type Recorded, Recording } from './recording';

const SHOWN = 40;

export function Recorder({ onDone, onEnd, onFailed }: {
  onDone: (recorded: Recorded) => void; onEnd: () => void; onFailed: () => void;
}) {
  const { t } = useI18n();
  const recording = useRef<Recording | null>(null);
  const [, drawn] = useState(0);
  const now = useRef({ onDone, onEnd, onFailed });
  useEffect(() => { now.current = { onDone, onEnd, onFailed }; });

  async function finish() {
    const one = recording.current;
    if (one === null) return;
    recording.current = null;
    const recorded = await one.end();
    now.current.onDone(recorded);
    now.current.onEnd();
  }

  useEffect(() => {
    let gone = false;
    Recording.begin(() => drawn((n) => n + 1), () => void finish()).then((one) => {
      if (gone) one.drop();
      else recording.current = one;
      drawn((n) => n + 1);
    }, () => {
      if (gone) return;
      now.current.onFailed();
      now.current.onEnd();
    });
    return () => {
      gone = true;
      recording.current?.drop();
      recording.current = null;
    };
  }, []);

  function onKeyDown(event: KeyboardEvent) { if (event.key === 'Escape') onEnd(); }

  const one = recording.current;
  return (
    <div className="recorder" role="group" aria-label={t('voice.recording')} onKeyDown={onKeyDown}>
      <span className="recorder-dot" aria-hidden="true" />
      <span role="status">{t('voice.recording')}</span>
      <Levels levels={one?.levels.slice(-SHOWN) ?? []} done={1} />
      <span className="recorder-time" dir="ltr">{lengthText(one?.ms ?? 0)}</span>
      <Button icon={<CloseOutlined />} aria-label={t('app.cancel')} onClick={onEnd} />
      <Button type="primary" autoFocus disabled={one === null} icon={<SendOutlined className="flip" />} onClick={() => void finish()}>
        {t('voice.send')}
      </Button>
    </div>
  );
}
