// What the connection is doing, in words, for eyes and screen readers alike.

import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { Hub } from '../../wire/hub';

export function ConnectionWords({ hub }: { hub: Hub }) {
  const { t } = useI18n();
  const { kind, unsent } = useObservable(hub.state);
  // While connected a message is unsent for a few milliseconds: not worth a word.
  const waiting = unsent > 0 && kind !== 'connected';
  return (
    <span className={`connection connection-${kind}`} role="status" aria-live="polite" data-state={kind}>
      <span className="connection-dot" aria-hidden="true" />
      {t(`state.${kind}`)}{waiting && ` · ${t('state.unsent', { n: unsent })}`}
    </span>
  );
}
