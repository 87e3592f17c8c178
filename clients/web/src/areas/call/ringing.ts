// What tells of a call when nobody looks: a ring made here (nothing is loaded), a title that
// flashes, and a notice of the system. Quiet hours hold for sound and notice; the card is shown.

import { prefs } from '../../kit/prefs';
import { showNotice } from '../../kit/pwa';
import { isQuiet } from '../../kit/quiet';

export type Ring = { room: string; title: string; body: string; lang: string; dir: 'ltr' | 'rtl' };

const FLASH_MS = 1_000;
const RING_MS = 2_400;
/** Two tones one after the other, twice, as telephones do; the way out sounds once and lower. */
const IN = [[0, 740], [0.2, 988], [0.5, 740], [0.7, 988]] as const;
const OUT = [[0, 425]] as const;

/** A tone again and again, until the answer is called. */
export function tone(kind: 'in' | 'out'): () => void {
  let audio: AudioContext;
  try {
    audio = new AudioContext();
  } catch {
    // A browser without sound.
    return () => undefined;
  }
  const length = kind === 'in' ? 0.18 : 0.9;
  const once = () => {
    for (const [after, frequency] of kind === 'in' ? IN : OUT) {
      const from = audio.currentTime + after;
      const source = audio.createOscillator();
      const volume = audio.createGain();
      source.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, from);
      volume.gain.exponentialRampToValueAtTime(kind === 'in' ? 0.18 : 0.05, from + 0.02);
      volume.gain.setValueAtTime(kind === 'in' ? 0.18 : 0.05, from + length - 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + length);
      source.connect(volume).connect(audio.destination);
      source.start(from);
      source.stop(from + length);
    }
  };
  once();
  const timer = setInterval(once, RING_MS);
  return () => {
    clearInterval(timer);
    void audio.close();
  };
}

/** Told until the answer is called. */
export function announce({ room, title, body, lang, dir }: Ring): () => void {
  const { alerts } = prefs.get();
  const quiet = isQuiet(alerts, Date.now());
  const silence = quiet ? () => undefined : tone('in');
  const before = document.title;
  const words = `【${title}】`;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.title = words;
  const timer = still ? undefined : setInterval(() => { document.title = document.title === words ? before : words; }, FLASH_MS);
  const tag = `call:${room}`;
  const elsewhere = document.visibilityState !== 'visible' || !document.hasFocus();
  const told = elsewhere && !quiet && 'Notification' in window && Notification.permission === 'granted';
  if (told) void showNotice({ title, body, tag, url: `/#/conversations/room:${room}`, lang, dir, silent: true });
  return () => {
    silence();
    clearInterval(timer);
    if (document.title === words) document.title = before;
    if (told) void withdraw(tag);
  };
}

async function withdraw(tag: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const notice of await registration?.getNotifications({ tag }) ?? []) notice.close();
}
