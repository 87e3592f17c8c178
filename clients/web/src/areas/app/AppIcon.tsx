// What stands for an application: its picture, its sign, or the beginning of its name.
// Decoration: the name beside it says what it is.

import type { AppIcon as Icon, StreamId } from '../../wire/generated';
import { appIconUrl } from '../../kit/appIcons';

export function AppIcon({ app, name, icon, small }: {
  app: StreamId; name: string; icon: Icon | undefined; small?: boolean;
}) {
  return (
    <span className={`app-icon${small === true ? ' app-icon-small' : ''}`} aria-hidden="true">
      {icon?.kind === 'picture'
        ? <img src={appIconUrl(app, icon)} alt="" loading="lazy" />
        : icon?.kind === 'text' ? icon.text : [...name.trim()].slice(0, 1).join('')}
    </span>
  );
}
