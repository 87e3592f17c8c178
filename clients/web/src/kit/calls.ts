// How calls are put into words: in a conversation's line as in the list of those that were.

import type { Translate } from '../i18n';
import type { CallEnd, CallMode } from '../wire/generated';

/** 03:12, or 1:03:12. */
export function spell(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** How a call that is over is told in a line; `mine`: begun by who reads it. */
export function pastCall(
  { mode, why, talked_ms, mine }: { mode: CallMode; why: CallEnd; talked_ms: number; mine: boolean }, t: Translate,
): string {
  const values = { mode: t(`call.${mode}`), time: talked_ms > 0 ? spell(talked_ms) : '' };
  if (talked_ms > 0) return `${values.mode} ${values.time}`;
  switch (why) {
    case 'declined': return t(mine ? 'call.line.declined' : 'call.line.declinedByYou', values);
    case 'busy': return t(mine ? 'call.line.busy' : 'call.line.missed', values);
    case 'unanswered': return t(mine ? 'call.line.unanswered' : 'call.line.missed', values);
    case 'cancelled': return t(mine ? 'call.line.cancelled' : 'call.line.missed', values);
    default: return t('call.line.ended', values).trim();
  }
}
