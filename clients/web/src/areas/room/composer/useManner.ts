// How the next message goes out: to whom, for how long, as an answer to what.

import { useState } from 'react';
import type { AccountId } from '../../../wire/generated';
import type { Manner } from '../sending';
import type { ReplyTo } from './Manners';

const BURN_FIRST = 10_000;

export function useManner(reply: ReplyTo | null) {
  const [whisper, setWhisper] = useState<readonly AccountId[]>([]);
  const [burn, setBurn] = useState<number | null>(null);
  const [urgent, setUrgent] = useState(false);
  // An answer to a whisper stays among its people.
  const visibleTo = whisper.length > 0 ? whisper : reply?.visibleTo ?? [];
  const manner: Manner = {
    ...(reply === null ? {} : { reply_to: reply.seq }),
    ...(visibleTo.length === 0 ? {} : { visible_to: [...visibleTo] }),
    ...(burn === null ? {} : { burn_ms: burn }),
    ...(urgent ? { urgent } : {}),
  };
  return {
    manner, visibleTo,
    setWhisper: (people: readonly AccountId[]) => {
      if (people.length > 0) setUrgent(false);
      setWhisper(people);
    },
    burn, setBurn,
    // What is urgent is repeated to everybody: it neither burns nor is it whispered.
    toggleBurn: () => {
      setUrgent(false);
      setBurn((now) => (now === null ? BURN_FIRST : null));
    },
    urgent,
    toggleUrgent: () => {
      setBurn(null);
      setWhisper([]);
      setUrgent((now) => !now);
    },
    /** One message is urgent, not the next as well. */
    calm: () => setUrgent(false),
  };
}
