// This browser as a device that is pushed to: asking for leave, subscribing with the hub's key,
// and telling the account where it is reached.

import { serviceWorker } from '../../kit/pwa';
import { uuid7 } from '../../wire/uuid7';
import type { MeModel } from './me';

const DEVICE = 'hub.device';
/** Where the hub was last told that this device is reached, and by whom. */
const TOLD = 'hub.device.told';

export type Support = 'yes' | 'no' | 'denied';

export function support(): Support {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return 'no';
  return Notification.permission === 'denied' ? 'denied' : 'yes';
}

export function deviceId(): string {
  const kept = localStorage.getItem(DEVICE);
  if (kept !== null) return kept;
  const fresh = uuid7();
  localStorage.setItem(DEVICE, fresh);
  return fresh;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/gu, '+').replace(/_/gu, '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function base64url(buffer: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(text).replace(/\+/gu, '-').replace(/\//gu, '_').replace(/=+$/u, '');
}

/** Throws what the browser says when it has no push service to subscribe with. */
export async function turnOn(model: MeModel, session: string): Promise<void> {
  if (await Notification.requestPermission() !== 'granted') throw new Error('denied');
  const { vapid } = await model.push();
  const worker = await serviceWorker();
  if (vapid === undefined || worker === null) throw new Error('no push');
  await navigator.serviceWorker.ready;
  const key = bytesOf(vapid);
  const held = await worker.pushManager.getSubscription();
  const same = held !== null && base64url(held.options.applicationServerKey) === vapid;
  if (held !== null && !same) await held.unsubscribe();
  const subscription = held !== null && same ? held
    : await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await tell(model, subscription, session);
}

async function tell(model: MeModel, subscription: PushSubscription, session: string): Promise<void> {
  const { endpoint } = subscription;
  const told = `${session} ${endpoint}`;
  if (localStorage.getItem(TOLD) === told) return;
  await model.run({
    type: 'account.add_push_device',
    body: {
      device: deviceId(),
      name: nameOf(navigator.userAgent),
      target: {
        provider: 'web', endpoint,
        p256dh: base64url(subscription.getKey('p256dh')), auth: base64url(subscription.getKey('auth')),
      },
    },
  });
  localStorage.setItem(TOLD, told);
}

export async function turnOff(model: MeModel): Promise<void> {
  localStorage.removeItem(TOLD);
  await model.run({ type: 'account.remove_push_device', body: { device: deviceId() } });
  const worker = await serviceWorker();
  await (await worker?.pushManager?.getSubscription())?.unsubscribe();
}

/** After a sign-in: a device that was on before belongs to the new session. */
export async function carryOn(model: MeModel, session: string): Promise<void> {
  if (support() !== 'yes' || Notification.permission !== 'granted' || localStorage.getItem(TOLD) === null) return;
  const worker = await serviceWorker();
  const subscription = await worker?.pushManager?.getSubscription();
  if (subscription) await tell(model, subscription, session);
}

/** `Chrome · Android` out of a browser's long name. */
export function nameOf(agent: string): string {
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox'
    : /HeadlessChrome|Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : undefined;
  const system = /Windows/.test(agent) ? 'Windows' : /Android/.test(agent) ? 'Android'
    : /iPhone|iPad/.test(agent) ? 'iOS' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : undefined;
  return [browser, system].filter(Boolean).join(' · ') || agent.slice(0, 40) || '—';
}
