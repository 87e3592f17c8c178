// The names that fit what is typed after an @. The field keeps the focus.

import { Face } from '../../../kit/pieces';
import { useI18n } from '../../../i18n';
import type { Called } from './mentions';

export function MentionList({ id, list, current, onChoose }: {
  id: string; list: readonly Called[]; current: number; onChoose: (one: Called) => void;
}) {
  const { t } = useI18n();
  return (
    <ul className="plain mention-list" id={id} role="listbox" aria-label={t('mention.list')}>
      {list.map((one, at) => (
        <li
          key={one.account}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === current}
          className={`line${at === current ? ' line-current' : ''}`}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(one)}
        >
          <Face id={one.account} name={one.name} group={one.account === 'all'} />
          <bdi>{one.name}</bdi>
        </li>
      ))}
    </ul>
  );
}
