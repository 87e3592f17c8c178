// The two connections of a device in a call: one sends, one receives. Neither is ever negotiated
// anew: what is sent changes by replacing tracks, what is seen by what the hub puts in the places.
// No React here, and no devices (`devices.ts`).

import type { CallLine, CallPlace, CallWish } from '../../wire/generated';
import { Observable } from '../../wire/observable';
import type { LocalMedia, Source } from './devices';
import { type Counted, type Reading, countedOf, readingOf } from './quality';

/** The hub's part of it, for one device in one room. */
export type MediaDoor = {
  ice(): Promise<RTCIceServer[]>;
  publish(offer: string, lines: CallLine[]): Promise<string>;
  subscribe(offer: string): Promise<string>;
  lines(lines: CallLine[]): Promise<void>;
  view(wishes: CallWish[]): Promise<void>;
};
export type Side = 'sending' | 'receiving';
/** `none`: not begun. */
export type Links = Readonly<Record<Side, 'none' | 'joining' | 'up' | 'lost'>>;
export type Places = { video: ReadonlyMap<number, MediaStreamTrack>; sounds: readonly MediaStreamTrack[]; mids: ReadonlyMap<string, number> };

/** The camera in three sizes, so that each viewer gets what fits. */
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', maxBitrate: 1_500_000 },
];
const SCREEN: RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000 }];
const CLASS = { mic: 'audio', camera: 'camera', screen: 'screen' } as const;
const SOURCES: readonly Source[] = ['mic', 'camera', 'screen'];
/** Nothing came for so long: it is not a hiccup. */
const LOST_MS = 1_500;
/** News of the connection before this one may come late. */
const FRESH_MS = 5_000;
const VIEW_MS = 250;
const COUNT_MS = 2_000;
const NOWHERE: Places = { video: new Map(), sounds: [], mids: new Map() };

/** As many as fit on a screen of this size. */
export function placesFor(narrow: boolean): { audio: number; video: number } {
  return narrow ? { audio: 4, video: 6 } : { audio: 6, video: 12 };
}

export class CallMedia {
  readonly links = new Observable<Links>({ sending: 'none', receiving: 'none' });
  readonly places = new Observable<Places>(NOWHERE);
  readonly reading = new Observable<Reading | null>(null);
  onLost: (side: Side) => void = () => undefined;

  private readonly upSince = new Map<Side, number>();
  private readonly connections: Partial<Record<Side, RTCPeerConnection>> = {};
  private senders: Partial<Record<Source, RTCRtpTransceiver>> = {};
  private shown: readonly CallPlace[] = [];
  private wishes: string | undefined;
  private wishedAt = 0;
  private viewTimer: ReturnType<typeof setTimeout> | undefined;
  private counting: ReturnType<typeof setInterval> | undefined;
  private counted: Counted | undefined;
  private closed = false;

  constructor(
    private readonly door: MediaDoor,
    readonly local: LocalMedia,
    private readonly size: { audio: number; video: number },
  ) {
    local.onChange = (source) => this.changed(source);
  }

  get begun(): boolean { return this.links.get().sending !== 'none'; }

  /** Both at once, or those that are named: again. */
  async connect(sides: readonly Side[] = ['sending', 'receiving']): Promise<void> {
    for (const side of sides) this.mark(side, 'joining');
    const servers = await this.door.ice();
    await Promise.all(sides.map((side) => (side === 'sending' ? this.send(servers) : this.receive(servers))));
    this.counting ??= setInterval(() => void this.count(), COUNT_MS);
  }

  /** What the hub puts in the places of this device. */
  place(places: readonly CallPlace[]): void {
    this.shown = places;
    this.settle();
  }

  /** What the hub says of the connections: it notices a lost one before the browser does. */
  told(up: Readonly<Record<Side, boolean>>): void {
    for (const side of ['sending', 'receiving'] as const) {
      const held = performance.now() - (this.upSince.get(side) ?? Infinity);
      if (!up[side] && this.links.get()[side] === 'up' && held > FRESH_MS) this.lost(side);
    }
  }

  /** Told of every change of what is on the screen; the hub hears of the last. */
  wish(wishes: CallWish[]): void {
    const text = JSON.stringify(wishes);
    if (text === this.wishes || this.closed) return;
    this.wishes = text;
    clearTimeout(this.viewTimer);
    // The first at once: somebody waits for a picture.
    const wait = performance.now() - this.wishedAt > VIEW_MS ? 0 : VIEW_MS;
    this.viewTimer = setTimeout(() => {
      this.wishedAt = performance.now();
      // Not asked for: seen at the size that the hub thinks right, until the next change.
      this.door.view(wishes).catch(() => { this.wishes = undefined; });
    }, wait);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.viewTimer);
    clearInterval(this.counting);
    for (const one of Object.values(this.connections)) one.close();
    this.local.stop();
    this.places.set(NOWHERE);
  }

  private async send(iceServers: RTCIceServer[]): Promise<void> {
    const connection = this.open('sending', iceServers);
    const { mic, camera, screen } = this.local.tracks.get();
    const add = (track: MediaStreamTrack | null, kind: string, sendEncodings?: RTCRtpEncodingParameters[]) =>
      connection.addTransceiver(track ?? kind, { direction: 'sendonly', ...(sendEncodings === undefined ? {} : { sendEncodings }) });
    const senders = {
      mic: add(mic, 'audio'), camera: add(camera, 'video', LAYERS), screen: add(screen, 'video', SCREEN),
    };
    Object.values(senders).forEach(prefer);
    await connection.setLocalDescription(await connection.createOffer());
    const said = linesOf(senders, this.local);
    const answer = await this.door.publish(connection.localDescription!.sdp, said);
    if (this.replaced('sending', connection)) return;
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    this.senders = senders;
    // What was turned on or off while the hub answered.
    for (const source of SOURCES) await senders[source].sender.replaceTrack(this.local.tracks.get()[source]);
    if (JSON.stringify(linesOf(senders, this.local)) !== JSON.stringify(said)) await this.tell();
  }

  private async receive(iceServers: RTCIceServer[]): Promise<void> {
    const connection = this.open('receiving', iceServers);
    for (let n = 0; n < this.size.audio; n += 1) prefer(connection.addTransceiver('audio', { direction: 'recvonly' }));
    for (let n = 0; n < this.size.video; n += 1) prefer(connection.addTransceiver('video', { direction: 'recvonly' }));
    await connection.setLocalDescription(await connection.createOffer());
    const answer = await this.door.subscribe(connection.localDescription!.sdp);
    if (this.replaced('receiving', connection)) return;
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    // A new connection knows no wishes.
    this.wishes = undefined;
    this.settle();
  }

  private open(side: Side, iceServers: RTCIceServer[]): RTCPeerConnection {
    this.connections[side]?.close();
    const connection = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.connections[side] = connection;
    let timer: ReturnType<typeof setTimeout> | undefined;
    connection.onconnectionstatechange = () => {
      clearTimeout(timer);
      if (this.replaced(side, connection)) return;
      const state = connection.connectionState;
      if (state === 'connected') this.up(side);
      else if (state === 'failed') this.lost(side);
      else if (state === 'disconnected') timer = setTimeout(() => { if (!this.replaced(side, connection)) this.lost(side); }, LOST_MS);
    };
    return connection;
  }

  private replaced(side: Side, connection: RTCPeerConnection): boolean {
    const other = this.closed || this.connections[side] !== connection;
    if (other) connection.close();
    return other;
  }

  private up(side: Side): void {
    this.upSince.set(side, performance.now());
    this.mark(side, 'up');
  }

  private lost(side: Side): void {
    this.mark(side, 'lost');
    this.onLost(side);
  }

  private mark(side: Side, state: Links[Side]): void { this.links.update((now) => ({ ...now, [side]: state })); }

  private async changed(source: Source): Promise<void> {
    const sender = this.senders[source]?.sender;
    if (sender === undefined || this.closed) return;
    await sender.replaceTrack(this.local.tracks.get()[source]);
    await this.tell();
  }

  private async tell(): Promise<void> {
    const { mic, camera, screen } = this.senders;
    if (mic === undefined || camera === undefined || screen === undefined) return;
    // Refused while the connection is replaced: said with the next offer.
    await this.door.lines(linesOf({ mic, camera, screen }, this.local)).catch(() => undefined);
  }

  private settle(): void {
    const video = new Map<number, MediaStreamTrack>();
    const mids = new Map<string, number>();
    const sounds: MediaStreamTrack[] = [];
    const lines = this.connections.receiving?.getTransceivers() ?? [];
    for (const { mid, receiver: { track } } of lines) {
      if (mid === null) continue;
      if (track.kind === 'audio') sounds.push(track);
      const publication = this.shown.find((one) => one.mid === mid)?.publication;
      if (publication === undefined) continue;
      mids.set(mid, publication);
      if (track.kind === 'video') video.set(publication, track);
    }
    this.places.set({ video, sounds, mids });
  }

  private async count(): Promise<void> {
    const { sending, receiving } = this.connections;
    if (sending === undefined || receiving === undefined || this.closed) return;
    const [sent, received] = await Promise.all([sending.getStats(), receiving.getStats()]);
    const now = countedOf(performance.now(), sent.values(), received.values());
    if (this.counted !== undefined && !this.closed) this.reading.set(readingOf(this.counted, now));
    this.counted = now;
  }
}

function linesOf(senders: Record<Source, RTCRtpTransceiver>, local: LocalMedia): CallLine[] {
  return SOURCES.map((source) => ({ mid: senders[source].mid ?? '', class: CLASS[source], on: local.is(source) }));
}

/** What the hub forwards, H.264 before VP8: what the halls' own devices decode. Nothing else is
 *  offered: twelve places with all that a browser knows are more than a request may hold. */
function codecsOf(kind: 'audio' | 'video'): RTCRtpCodec[] {
  const first = `video/${localStorage.getItem('hub.codec') ?? 'H264'}`.toLowerCase();
  const order = ['audio/opus', first, 'video/h264', 'video/vp8', 'video/rtx'];
  const rank = ({ mimeType }: RTCRtpCodec) => order.indexOf(mimeType.toLowerCase());
  const usable = (codec: RTCRtpCodec) => rank(codec) >= 0
    && (codec.mimeType.toLowerCase() !== 'video/h264' || codec.sdpFmtpLine?.includes('packetization-mode=1') === true);
  return (RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []).filter(usable).sort((x, y) => rank(x) - rank(y));
}

function prefer(transceiver: RTCRtpTransceiver): void {
  const kind = transceiver.receiver.track.kind === 'audio' ? 'audio' : 'video';
  const codecs = codecsOf(kind);
  // A browser that cannot say what it knows offers it all.
  if (codecs.length > 0) transceiver.setCodecPreferences?.(codecs);
}
