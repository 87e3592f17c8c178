// What the connection is doing, in words, for eyes and screen readers alike; and why it was
// ended where only a person can help.

import Alert from 'antd/es/alert';
import Button from 'antd/es/button';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { Session } from './session';

export function ConnectionWords({ session }: { session: Session }) {
  const { t } = useI18n();
  const { kind, unsent } = useObservable(session.hub.state);
  const ending = useObservable(session.ending);
  const shown = ending === null || ending === 'signed_out' ? kind : 'stopped';
  // While connected a message is unsent for a few milliseconds: not worth a word.
  const waiting = unsent > 0 && kind !== 'connected';
  return (
    <span className={`connection connection-${shown}`} role="status" aria-live="polite" data-state={shown}>
      <span className="connection-dot" aria-hidden="true" />
      <span>{t(`state.${shown}`)}{waiting && ` · ${t('state.unsent', { n: unsent })}`}</span>
    </span>
  );
}

/** The connection is over while the sign-in may still stand: what was written is kept. */
export function EndingWords({ session }: { session: Session }) {
  const { t } = useI18n();
  const ending = useObservable(session.ending);
  if (ending === null || ending === 'signed_out') return null;
  return (
    <Alert
      className="ending"
      banner
      type="error"
      role="alert"
      title={t(`ending.${ending}`)}
      action={<Button size="small" onClick={() => location.reload()}>{t('ending.reload')}</Button>}
    />
  );
}
