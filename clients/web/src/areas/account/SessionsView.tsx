// Where the account is signed in, and signing out of there.

import Button from 'antd/es/button';
import Tag from 'antd/es/tag';
import { useCallback, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { fullTime } from '../../kit/time';
import { useObservable } from '../../kit/useObservable';
import type { SessionInfo } from '../../wire/generated';
import type { Http } from '../../wire/http';
import type { AccountModel } from './model';

/** `Chrome · Windows` out of a browser's long name. */
function agentName(agent: string): string {
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox'
    : /HeadlessChrome|Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : undefined;
  const system = /Windows/.test(agent) ? 'Windows' : /Android/.test(agent) ? 'Android'
    : /iPhone|iPad/.test(agent) ? 'iOS' : /Mac OS/.test(agent) ? 'macOS' : /Linux/.test(agent) ? 'Linux' : undefined;
  return [browser, system].filter(Boolean).join(' · ') || agent.slice(0, 40) || '—';
}

export function SessionsView({ model, http, onError }: {
  model: AccountModel; http: Http; onError: (error: unknown) => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const me = useObservable(model.me);
  const [sessions, setSessions] = useState<readonly SessionInfo[]>([]);

  const load = useCallback(async () => {
    try {
      setSessions(await http.sessions());
    } catch (error) {
      onError(error);
    }
    // The reporter is made anew at every render; the list must not be loaded as often.
  }, [http]);

  useEffect(() => { void load(); }, [load, me]);

  async function end(command: Parameters<AccountModel['run']>[0]) {
    try {
      await model.run(command);
      await load();
    } catch (error) {
      onError(error);
    }
  }

  return (
    <section className="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t('sessions.title')}</h2>
      <ul className="plain sessions">
        {sessions.map((one) => (
          <li key={one.session} className="line line-static">
            <span className="line-body">
              <span className="line-top">
                <bdi className="line-name">{agentName(one.agent)}</bdi>
                {one.current && <Tag color="blue" variant="outlined">{t('sessions.current')}</Tag>}
              </span>
              <span className="line-sub">
                <bdi dir="ltr">{one.addr}</bdi> · {t('sessions.since', { time: fullTime(one.signed_in_at, i18n) })}
              </span>
            </span>
            {!one.current && (
              <Button
                size="small"
                aria-label={t('sessions.outOf', { agent: agentName(one.agent) })}
                onClick={() => void end({ type: 'account.sign_out', body: { session: one.session } })}
              >
                {t('sessions.out')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Button
        danger
        onClick={() => void end({ type: 'account.sign_out_everywhere', body: { keep_current: false } })}
      >
        {t('sessions.all')}
      </Button>
    </section>
  );
}
