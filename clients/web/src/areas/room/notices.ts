// The notices of the groups that somebody looks at.

import type { EventFrame, NoticeInfo, StreamId } from '../../wire/generated';
import type { Http } from '../../wire/http';
import { Observable } from '../../wire/observable';
import { noticeOf } from './groups/api';

export class Notices {
  private readonly kept = new Map<StreamId, Observable<NoticeInfo | null>>();

  constructor(private readonly http: Http) {}

  of(stream: StreamId): Observable<NoticeInfo | null> {
    let found = this.kept.get(stream);
    if (found === undefined) this.kept.set(stream, (found = new Observable<NoticeInfo | null>(null)));
    return found;
  }

  load(stream: StreamId): void {
    noticeOf(this.http, stream)
      .then((notice) => this.of(stream).set(notice !== null && notice.text !== '' ? notice : null))
      .catch(() => undefined); // It stays as it was; the next event or visit asks again.
  }

  /** An event of a room on screen. */
  heard(event: EventFrame): void {
    if (event.type === 'room.notice_set' || event.type === 'room.notice_confirmed') this.load(event.stream);
  }
}
