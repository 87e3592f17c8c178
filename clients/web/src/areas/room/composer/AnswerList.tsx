// The ready answers that fit what is typed after a slash. The field keeps the focus.

import { useI18n } from '../../../i18n';
import type { CannedAnswer } from '../../../wire/generated';

export function AnswerList({ id, list, current, onChoose }: {
  id: string; list: readonly CannedAnswer[]; current: number; onChoose: (one: CannedAnswer) => void;
}) {
  const { t } = useI18n();
  return (
    <ul className="plain mention-list answer-list" id={id} role="listbox" aria-label={t('answer.list')}>
      {list.map((one, at) => (
        <li
          key={one.title}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === current}
          className={`line${at === current ? ' line-current' : ''}`}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(one)}
        >
          <span className="line-body">
            <bdi className="line-name">{one.title}</bdi>
            <span className="line-sub"><bdi className="cut">{one.text}</bdi></span>
          </span>
        </li>
      ))}
    </ul>
  );
}
