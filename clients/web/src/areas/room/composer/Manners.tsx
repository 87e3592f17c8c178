// How the next message will go out, told above the field: an answer, a whisper, burning.

import AlertOutlined from '@ant-design/icons/es/icons/AlertOutlined';
import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import FireOutlined from '@ant-design/icons/es/icons/FireOutlined';
import LockOutlined from '@ant-design/icons/es/icons/LockOutlined';
import Button from 'antd/es/button';
import Select from 'antd/es/select';
import { type I18n, useI18n } from '../../../i18n';

export type ReplyTo = { seq: number; name: string; text: string; visibleTo?: readonly string[] };

export function ReplyBar({ reply, onCancel }: { reply: ReplyTo; onCancel: () => void }) {
  const { t } = useI18n();
  return (
    <div className="composer-reply">
      <span className="composer-quote" dir="auto">
        <strong>{t('chat.replying', { name: reply.name })}</strong> {reply.text.slice(0, 120)}
      </span>
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('chat.cancelReply')} onClick={onCancel} />
    </div>
  );
}

export function WhisperBar({ names, onChange, onCancel }: {
  names: string; onChange: () => void; onCancel: () => void;
}) {
  const { t } = useI18n();
  return (
    <div className="composer-manner composer-whisper">
      <LockOutlined aria-hidden="true" />
      <span className="composer-quote" role="status">{t('whisper.to', { names })}</span>
      <Button size="small" onClick={onChange}>{t('whisper.change')}</Button>
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('whisper.cancel')} title={t('whisper.cancel')} onClick={onCancel} />
    </div>
  );
}

/** Among agents; the asker of a thread never sees it. */
export function NoteBar({ onCancel }: { onCancel?: () => void }) {
  const { t } = useI18n();
  return (
    <div className="composer-manner composer-whisper">
      <LockOutlined aria-hidden="true" />
      <span className="composer-quote" role="status">{t('note.on')}</span>
      {onCancel !== undefined && (
        <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('note.cancel')} title={t('note.cancel')} onClick={onCancel} />
      )}
    </div>
  );
}

const BURN_CHOICES = [5_000, 10_000, 30_000, 60_000, 300_000];

export function burnText(ms: number, { t }: Pick<I18n, 't'>): string {
  return ms < 60_000 ? t('burn.seconds', { n: ms / 1000 }) : t('burn.minutes', { n: ms / 60_000 });
}

export function BurnBar({ ms, onChange, onCancel }: {
  ms: number; onChange: (ms: number) => void; onCancel: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  return (
    <div className="composer-manner composer-burn">
      <FireOutlined aria-hidden="true" />
      <span className="composer-quote" role="status">{t('burn.after', { n: burnText(ms, i18n) })}</span>
      <Select<number>
        size="small"
        aria-label={t('burn.time')}
        value={ms}
        onChange={onChange}
        options={BURN_CHOICES.map((one) => ({ value: one, label: burnText(one, i18n) }))}
      />
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('burn.cancel')} title={t('burn.cancel')} onClick={onCancel} />
    </div>
  );
}

export function UrgentManner({ onCancel }: { onCancel: () => void }) {
  const { t } = useI18n();
  return (
    <div className="composer-manner composer-urgent">
      <AlertOutlined aria-hidden="true" />
      <span className="composer-quote" role="status">{t('urgent.on')}</span>
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('urgent.cancel')} title={t('urgent.cancel')} onClick={onCancel} />
    </div>
  );
}
