// The microphone, the camera and the screen of this device: opened when they are turned on,
// released when they are turned off, so that the camera's light goes out. No React here, and
// nothing of who hears or sees it (`media.ts`).

import { Observable } from '../../wire/observable';

export type Source = 'mic' | 'camera' | 'screen';
/** What the person chose, kept in this browser. */
export type Choices = {
  mic: string; camera: string; speaker: string;
  /** A smaller picture, for slow networks and slow machines. */
  small: boolean;
};
export type DeviceTrouble = { source: Source; why: 'denied' | 'missing' | 'busy' | 'gone' | 'insecure' | 'failed' };

const KEY = 'hub.call.devices';
const LEVEL_MS = 100;

function kept(): Choices {
  const choices: Choices = { mic: '', camera: '', speaker: '', small: false };
  try {
    return { ...choices, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choices>) };
  } catch {
    return choices;
  }
}

export const choices = new Observable<Choices>(kept());

function keep(change: Partial<Choices>): void {
  choices.update((now) => ({ ...now, ...change }));
  try {
    localStorage.setItem(KEY, JSON.stringify(choices.get()));
  } catch {
    // Kept for this page only.
  }
}

const WHY: Readonly<Record<string, DeviceTrouble['why']>> = {
  NotAllowedError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing', NotReadableError: 'busy',
};

export class LocalMedia {
  readonly tracks = new Observable<Readonly<Record<Source, MediaStreamTrack | null>>>({ mic: null, camera: null, screen: null });
  readonly trouble = new Observable<DeviceTrouble | null>(null);
  /** Told of each change; what it answers is waited for. */
  onChange: (source: Source) => Promise<void> = () => Promise.resolve();
  private readonly turns = new Map<Source, Promise<void>>();
  private stopped = false;

  is(source: Source): boolean { return this.tracks.get()[source] !== null; }

  /** One after the other: the last wish holds. */
  set(source: Source, on: boolean): Promise<void> {
    const turn = (this.turns.get(source) ?? Promise.resolve()).then(() => this.turn(source, on));
    this.turns.set(source, turn);
    return turn;
  }

  /** Another microphone, camera or speaker, or the size of the picture. */
  async choose(change: Partial<Choices>): Promise<void> {
    keep(change);
    if (change.mic !== undefined && this.is('mic')) await this.again('mic');
    if ((change.camera !== undefined || change.small !== undefined) && this.is('camera')) await this.again('camera');
  }

  stop(): void {
    this.stopped = true;
    for (const track of Object.values(this.tracks.get())) track?.stop();
    this.tracks.set({ mic: null, camera: null, screen: null });
  }

  private async again(source: Source): Promise<void> {
    await this.set(source, false);
    await this.set(source, true);
  }

  private async turn(source: Source, on: boolean): Promise<void> {
    if (this.stopped || this.is(source) === on) return;
    let track: MediaStreamTrack | null = null;
    if (on) {
      track = await this.open(source);
      if (track === null) return;
      if (this.stopped) return track.stop();
      // A device was pulled out, or the browser's own button ended the sharing.
      track.onended = () => {
        if (source !== 'screen') this.trouble.set({ source, why: 'gone' });
        void this.set(source, false);
      };
    }
    this.tracks.get()[source]?.stop();
    this.tracks.update((now) => ({ ...now, [source]: track }));
    await this.onChange(source);
  }

  private async open(source: Source): Promise<MediaStreamTrack | null> {
    if (navigator.mediaDevices === undefined) {
      this.trouble.set({ source, why: 'insecure' });
      return null;
    }
    try {
      const stream = await openStream(source);
      if (this.trouble.get()?.source === source) this.trouble.set(null);
      const track = stream.getTracks()[0] ?? null;
      if (track !== null && source === 'screen') track.contentHint = 'detail';
      return track;
    } catch (cause) {
      const name = cause instanceof DOMException ? cause.name : '';
      // Who closes the browser's own list of screens wanted to.
      if (source !== 'screen' || name !== 'NotAllowedError') this.trouble.set({ source, why: WHY[name] ?? 'failed' });
      return null;
    }
  }
}

function openStream(source: Source): Promise<MediaStream> {
  const { mic, camera, small } = choices.get();
  const { mediaDevices } = navigator;
  // `ideal`: one that was unplugged since is replaced by another.
  const wanted = (id: string) => (id === '' ? {} : { deviceId: { ideal: id } });
  switch (source) {
    case 'mic': return mediaDevices.getUserMedia({
      audio: { ...wanted(mic), echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    case 'camera': {
      const size = small ? { width: { ideal: 640 }, height: { ideal: 360 } } : { width: { ideal: 1280 }, height: { ideal: 720 } };
      return mediaDevices.getUserMedia({ video: { ...wanted(camera), ...size, frameRate: { ideal: 30, max: 30 } } });
    }
    case 'screen': return mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: false });
  }
}

/** What can be chosen from; named only once a device was opened. */
export async function listDevices(): Promise<readonly MediaDeviceInfo[]> {
  const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  return all.filter((one) => one.deviceId !== '');
}

/** How loud it is, from 0 to 100, until the answer is called. */
export function listenLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const sound = new AudioContext();
  const analyser = sound.createAnalyser();
  analyser.fftSize = 512;
  sound.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    // Speech is quiet on a linear scale.
    onLevel(Math.min(100, Math.round(Math.sqrt(Math.sqrt(sum / samples.length)) * 100)));
  }, LEVEL_MS);
  return () => {
    clearInterval(timer);
    void sound.close();
  };
}
