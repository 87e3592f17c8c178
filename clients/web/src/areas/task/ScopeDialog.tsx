// To how much of a series something is done: asked before it is done.

import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import { type ReactNode, useCallback, useState } from 'react';
import { useI18n } from '../../i18n';
import type { TaskItem } from '../../wire/generated';
import type { Scope } from './model';

type Asked = { title: string; scopes: readonly Scope[]; answer: (scope: Scope | null) => void };

export const SCOPES: readonly Scope[] = ['one', 'rest', 'all'];

/** Asks where there is something to ask; `null`: the person thought better of it. */
export type AskScope = (item: TaskItem, scopes?: readonly Scope[], title?: string) => Promise<Scope | null>;

export function useScope(): { ask: AskScope; dialog: ReactNode } {
  const { t } = useI18n();
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = useCallback<AskScope>((item, scopes = SCOPES, title = t('task.scope')) => {
    if (item.on === undefined) return Promise.resolve('all');
    return new Promise((answer) => setAsked({ title, scopes, answer }));
  }, [t]);
  const close = (scope: Scope | null) => {
    asked?.answer(scope);
    setAsked(null);
  };
  const dialog = asked === null ? null : (
    <Modal open centered width={420} title={asked.title} footer={null} onCancel={() => close(null)}>
      <div className="task-scopes">
        {asked.scopes.map((scope, index) => (
          <Button key={scope} block autoFocus={index === 0} type={index === 0 ? 'primary' : 'default'} data-scope={scope} onClick={() => close(scope)}>
            {t(`task.scope.${scope}`)}
          </Button>
        ))}
        <Button block type="text" onClick={() => close(null)}>{t('app.cancel')}</Button>
      </div>
    </Modal>
  );
  return { ask, dialog };
}
