// What failed, said where it is seen: in a message over the page, in the person's language.

import App from 'antd/es/app';
import { useCallback } from 'react';
import { useI18n } from '../i18n';
import { errorBodyOf } from '../wire/http';

/** Runs it; answers whether it went well, and says so if not. */
export function useReport(): (run: () => Promise<unknown>) => Promise<boolean> {
  const { error } = useI18n();
  const { message } = App.useApp();
  return useCallback(async (run) => {
    try {
      await run();
      return true;
    } catch (cause) {
      void message.error(error(errorBodyOf(cause)));
      return false;
    }
  }, [error, message]);
}
