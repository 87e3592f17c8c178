// The questions that a device in a call puts to the hub.

import type { IceConfig, MediaAnswer } from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { MediaDoor } from './media';

export function doorOf(http: Http, room: string, leg: string): MediaDoor {
  const at = `/v1/calls/${room}/legs/${leg}`;
  return {
    ice: () => http.call<IceConfig>('GET', '/v1/calls/ice').then(({ servers }) => servers),
    publish: (offer, lines) => http.call<MediaAnswer>('POST', `${at}/publish`, {}, { offer, lines }).then(({ answer }) => answer),
    subscribe: (offer) => http.call<MediaAnswer>('POST', `${at}/subscribe`, {}, { offer }).then(({ answer }) => answer),
    lines: (lines) => http.call('PUT', `${at}/lines`, {}, { lines }),
    view: (wishes) => http.call('PUT', `${at}/view`, {}, { wishes }),
  };
}
