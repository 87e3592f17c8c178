// What a group's page asks of the hub beside commands.

import type {
  Doorway, HookInfo, Invitation, NoticeInfo, Readers, StreamId,
} from '../../../wire/generated';
import type { Http } from '../../../wire/http';

function path(stream: StreamId, rest: string): string {
  return `/v1/rooms/${stream.slice(stream.indexOf(':') + 1)}/${rest}`;
}

/** `null` where there is none. */
export function noticeOf(http: Http, stream: StreamId): Promise<NoticeInfo | null> {
  return http.call<NoticeInfo | null>('GET', path(stream, 'notice'));
}

export function doorwayOf(http: Http, stream: StreamId): Promise<Doorway> {
  return http.call('GET', path(stream, 'invites'));
}

export function hooksOf(http: Http, stream: StreamId): Promise<HookInfo[]> {
  return http.call('GET', path(stream, 'hooks'));
}

/** Where another system posts to. */
export function hookAddress(token: string): string {
  return `${location.origin}/v1/hooks/${token}`;
}

export function invitationOf(http: Http, stream: StreamId, token: string): Promise<Invitation> {
  return http.call('GET', path(stream, 'invitation'), { token });
}

export function readersOf(
  http: Http, stream: StreamId, seq: number, after: { read?: string; unread?: string } = {},
): Promise<Readers> {
  return http.call('GET', path(stream, `messages/${seq}/readers`), {
    limit: 100, after_read: after.read, after_unread: after.unread,
  });
}

/** Where an invite leads, for a link and its QR code. */
export function inviteLink(stream: StreamId, token: string): string {
  return `${location.origin}/#/join/${stream.slice(stream.indexOf(':') + 1)}/${token}`;
}

const INVITE = /^#\/join\/([0-9a-f-]{36})\/([\w-]{8,200})$/u;

export function inviteIn(hash: string): { stream: StreamId; token: string } | null {
  const found = INVITE.exec(hash);
  return found === null ? null : { stream: `room:${found[1]!}`, token: found[2]! };
}
