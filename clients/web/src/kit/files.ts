// Where a message's file is read, and how much it is.

import type { BlobId, FileRef, StreamId } from '../wire/generated';

/** The message that a file is read by: who may see the one may read the other. */
export type Place = { stream: StreamId; seq: number };

export function blobUrl(blob: BlobId, { stream, seq }: Place, thumb = false): string {
  const query = new URLSearchParams({ stream, seq: String(seq), ...(thumb ? { size: 'thumb' } : {}) });
  return `/v1/blobs/${blob}?${query.toString()}`;
}

export function sizeText({ bytes }: Pick<FileRef, 'bytes'>): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Minutes and seconds, as a player shows them. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
