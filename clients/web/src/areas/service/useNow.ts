// The time as the page shows it, anew twice a minute: waiting times grow while one looks.

import { useEffect, useState } from 'react';

const EVERY = 30_000;

export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY);
    return () => clearInterval(timer);
  }, []);
  return now;
}
