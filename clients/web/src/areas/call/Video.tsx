// A track as a picture, and all sounds of a call. The elements live as long as the call's window
// does, so that nothing stops when it is made small.

import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useObservable } from '../../kit/useObservable';
import { choices } from './devices';

export function Video({ track, mirrored, ref }: { track: MediaStreamTrack; mirrored?: boolean; ref?: Ref<HTMLVideoElement> }) {
  const video = useRef<HTMLVideoElement>(null);
  useImperativeHandle(ref, () => video.current!, []);
  useEffect(() => {
    const element = video.current!;
    element.srcObject = new MediaStream([track]);
    // Muted pictures may always play; a page that is put away stops them by itself.
    element.play().catch(() => undefined);
    return () => { element.srcObject = null; };
  }, [track]);
  return <video ref={video} className={mirrored === true ? 'call-mirrored' : undefined} autoPlay muted playsInline aria-hidden="true" />;
}

export function Sounds({ tracks, onSilent }: { tracks: readonly MediaStreamTrack[]; onSilent: (play: () => void) => void }) {
  return <>{tracks.map((track) => <Sound key={track.id} track={track} onSilent={onSilent} />)}</>;
}

function Sound({ track, onSilent }: { track: MediaStreamTrack; onSilent: (play: () => void) => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const { speaker } = useObservable(choices);
  useEffect(() => {
    const element = audio.current!;
    element.srcObject = new MediaStream([track]);
    const play = () => void element.play().catch((cause: unknown) => {
      // After a reload nobody has touched the page yet.
      if (cause instanceof DOMException && cause.name === 'NotAllowedError') onSilent(play);
    });
    play();
    return () => { element.srcObject = null; };
  }, [track, onSilent]);
  useEffect(() => {
    const element = audio.current as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    // Gone meanwhile: the system's own goes on.
    element.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker]);
  return <audio ref={audio} autoPlay />;
}
