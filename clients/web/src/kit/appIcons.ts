// Where the picture of an application is shown from. Another picture has another address, so that
// browsers keep each.

import type { AppIcon, StreamId } from '../wire/generated';

export function appIconUrl(app: StreamId, icon: Extract<AppIcon, { kind: 'picture' }>): string {
  return `/v1/apps/${app.slice(app.indexOf(':') + 1)}/icon?blob=${icon.file.blob}`;
}
