// The names that fit what is typed after an @.

import { useI18n } from '../../../i18n';
import { Face } from '../../../kit/pieces';
import { ChoiceList } from './ChoiceList';
import type { Called } from './mentions';

export function MentionList(list: {
  id: string; list: readonly Called[]; current: number; onChoose: (one: Called) => void;
}) {
  const { t } = useI18n();
  return (
    <ChoiceList {...list} label={t('mention.list')} keyOf={(one) => one.account}>
      {(one) => (
        <>
          <Face id={one.account} name={one.name} group={one.account === 'all'} />
          <bdi>{one.name}</bdi>
        </>
      )}
    </ChoiceList>
  );
}
