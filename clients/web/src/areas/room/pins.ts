// What is pinned in the rooms that somebody looks at, the latest pin first.

import type { EventFrame, StreamId } from '../../wire/generated';
import type { Http } from '../../wire/http';
import { Observable } from '../../wire/observable';

export class Pins {
  private readonly lists = new Map<StreamId, Observable<readonly EventFrame[]>>();

  constructor(private readonly http: Pick<Http, 'call'>) {}

  of(stream: StreamId): Observable<readonly EventFrame[]> {
    let found = this.lists.get(stream);
    if (found === undefined) this.lists.set(stream, (found = new Observable<readonly EventFrame[]>([])));
    return found;
  }

  load(stream: StreamId): void {
    const id = stream.slice(stream.indexOf(':') + 1);
    this.http.call<EventFrame[]>('GET', `/v1/rooms/${id}/pins`)
      .then((pins) => this.of(stream).set(pins.filter((one) => one.body !== undefined)))
      .catch(() => undefined); // The bar stays as it was; the next event or visit asks again.
  }
}
