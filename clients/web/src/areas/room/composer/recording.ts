// Recording speech: the browser's recorder, and the loudness that is drawn as its picture.

import { LEVELS_MAX, VOICE_MS_MAX } from '../../../wire/generated';

const LEVEL_EVERY = 100;
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];

export type Recorded = { blob: Blob; ms: number; levels: number[] };

export class Recording {
  readonly levels: number[] = [];
  private readonly began = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly pieces: Blob[] = [];

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
    private readonly sound: AudioContext,
    onLevel: () => void,
    onFull: () => void,
  ) {
    const analyser = sound.createAnalyser();
    analyser.fftSize = 512;
    sound.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    recorder.ondataavailable = (event) => { if (event.data.size > 0) this.pieces.push(event.data); };
    recorder.start(1_000);
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      // Speech is quiet on a linear scale.
      this.levels.push(Math.min(255, Math.round(Math.sqrt(Math.sqrt(sum / samples.length)) * 255)));
      onLevel();
      if (this.ms >= VOICE_MS_MAX) onFull();
    }, LEVEL_EVERY);
  }

  static async begin(onLevel: () => void, onFull: () => void): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
    return new Recording(stream, recorder, new AudioContext(), onLevel, onFull);
  }

  get ms(): number { return Math.min(VOICE_MS_MAX, Math.round(performance.now() - this.began)); }

  async end(): Promise<Recorded> {
    const { ms } = this;
    await new Promise<void>((resolve) => {
      this.recorder.onstop = () => resolve();
      this.recorder.stop();
    });
    this.release();
    const type = this.recorder.mimeType.split(';')[0] ?? 'audio/webm';
    return { blob: new Blob(this.pieces, { type }), ms, levels: thinned(this.levels) };
  }

  drop(): void {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    this.release();
  }

  private release(): void {
    clearInterval(this.timer);
    for (const track of this.stream.getTracks()) track.stop();
    void this.sound.close();
  }
}

/** The same container holds speech and video: the name's ending says which. */
export function endingOf(type: string): string {
  return { 'audio/webm': 'weba', 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' }[type] ?? 'weba';
}

/** No more levels than a message may hold, each the loudest of what it stands for. */
export function thinned(levels: readonly number[], most = LEVELS_MAX): number[] {
  const every = Math.max(1, Math.ceil(levels.length / most));
  const kept: number[] = [];
  for (let at = 0; at < levels.length; at += every) kept.push(Math.max(...levels.slice(at, at + every)));
  return kept;
}
