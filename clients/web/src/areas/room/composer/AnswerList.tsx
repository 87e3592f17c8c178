// The ready answers that fit what is typed after a slash.

import { useI18n } from '../../../i18n';
import type { CannedAnswer } from '../../../wire/generated';
import { ChoiceList } from './ChoiceList';

export function AnswerList(list: {
  id: string; list: readonly CannedAnswer[]; current: number; onChoose: (one: CannedAnswer) => void;
}) {
  const { t } = useI18n();
  return (
    <ChoiceList {...list} label={t('answer.list')} className="answer-list" keyOf={(one) => one.title}>
      {(one) => (
        <span className="line-body">
          <bdi className="line-name">{one.title}</bdi>
          <span className="line-sub"><bdi className="cut">{one.text}</bdi></span>
        </span>
      )}
    </ChoiceList>
  );
}
