// What the browser offers an installed page: the service worker, the badge on the icon, and
// notices that a worker shows, so that a click finds the page again.

let registration: Promise<ServiceWorkerRegistration | null> | undefined;

export function serviceWorker(): Promise<ServiceWorkerRegistration | null> {
  registration ??= 'serviceWorker' in navigator
    ? navigator.serviceWorker.register('/sw.js').catch(() => null)
    : Promise.resolve(null);
  return registration;
}

/** On the icon of the installed page; browsers without one know nothing of it. */
export function showBadge(unread: number): void {
  const done = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  done?.catch(() => undefined);
}

export type Notice = { title: string; body: string; tag: string; url: string; lang: string; dir: 'ltr' | 'rtl'; silent: boolean };

/** By the worker where there is one: phones allow no other way. */
export async function showNotice({ title, url, ...options }: Notice): Promise<void> {
  const worker = await serviceWorker();
  const whole = { ...options, icon: '/icon-192.png', badge: '/icon-badge.png', data: { url } };
  if (worker?.active) return worker.showNotification(title, whole);
  const notice = new Notification(title, whole);
  notice.onclick = () => {
    window.focus();
    location.assign(url);
    notice.close();
  };
}

let audio: AudioContext | undefined;

/** Two short tones, made here: nothing is loaded. Silent until the person has touched the page. */
export function ring(): void {
  try {
    audio ??= new AudioContext();
    const { currentTime: now } = audio;
    [880, 1174].forEach((frequency, at) => {
      const tone = audio!.createOscillator();
      const volume = audio!.createGain();
      const from = now + at * 0.14;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, from);
      volume.gain.exponentialRampToValueAtTime(0.12, from + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.13);
      tone.connect(volume).connect(audio!.destination);
      tone.start(from);
      tone.stop(from + 0.14);
    });
  } catch {
    // A browser without sound.
  }
}
