// What must be known of a file before it is sent: how large a picture is, how long a video.

import type { FileRef, Part } from '../../../wire/generated';

/** Shown in the page by every browser; another picture goes as a document. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const VIDEOS = new Set(['video/mp4', 'video/webm']);

export class Unreadable extends Error {}

/** How the message will hold the file, once the hub has it. */
export async function partOf(file: File, asDocument = false): Promise<(ref: FileRef) => Part> {
  if (asDocument) return (ref) => ({ kind: 'document', file: ref });
  if (PICTURES.has(file.type)) {
    const { width, height } = await pictureSize(file);
    return (ref) => ({ kind: 'image', file: ref, width, height });
  }
  if (VIDEOS.has(file.type)) {
    const size = await videoSize(file);
    return (ref) => ({ kind: 'video', file: ref, ...size });
  }
  return (ref) => ({ kind: 'document', file: ref });
}

async function pictureSize(file: File): Promise<{ width: number; height: number }> {
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    throw new Unreadable();
  }
}

function videoSize(file: File): Promise<{ width: number; height: number; ms: number }> {
  return new Promise((resolve, reject) => {
    const video = document.createElement('video');
    const url = URL.createObjectURL(file);
    const end = () => URL.revokeObjectURL(url);
    video.preload = 'metadata';
    video.onloadedmetadata = () => {
      end();
      const seconds = Number.isFinite(video.duration) ? video.duration : 0;
      if (video.videoWidth === 0) reject(new Unreadable());
      else resolve({ width: video.videoWidth, height: video.videoHeight, ms: Math.round(seconds * 1000) });
    };
    video.onerror = () => {
      end();
      reject(new Unreadable());
    };
    video.src = url;
  });
}
