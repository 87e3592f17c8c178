// Who is signed in decides what is shown: sign-in, a demanded password change, or the desk.

import Button from 'antd/es/button';
import Spin from 'antd/es/spin';
import { Suspense, lazy, useCallback, useEffect, useState } from 'react';
import { PasswordForm } from '../../areas/account/PasswordForm';
import { SignInView } from '../../areas/account/SignInView';
import { useI18n } from '../../i18n';
import { PublicPage } from '../../kit/PublicPage';
import { useObservable } from '../../kit/useObservable';
import type { Me } from '../../wire/generated';
import { ApiError, Http } from '../../wire/http';
import { next } from './next';
import { forgetRoute } from './route';
import { Session } from './session';

const Desk = lazy(() => import('./Desk').then((module) => ({ default: module.Desk })));
const http = new Http();

export function App() {
  const [session, setSession] = useState<Session | null | 'asking'>('asking');
  const [ended, setEnded] = useState(false);
  const [away, setAway] = useState(false);

  const begin = useCallback((me: Me) => {
    // Somebody came from an application to sign in: back there.
    const onward = me.must_change_password ? null : next(location.search);
    if (onward !== null) return location.replace(onward);
    const fresh = new Session(http, me);
    fresh.start();
    setSession(fresh);
  }, []);

  useEffect(() => {
    let alive = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A hub that does not answer keeps nobody out: ask again until it says yes or no.
    const ask = (wait: number, failed = false) => {
      if (failed) setAway(true);
      http.me().then((me) => { if (alive) begin(me); }, (error: unknown) => {
        if (!alive) return;
        if (error instanceof ApiError && error.body.kind !== 'unavailable') setSession(null);
        else timer = setTimeout(() => ask(Math.min(wait * 2, 8_000), true), wait);
      });
    };
    ask(400);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [begin]);

  const end = useCallback(() => {
    setSession((now) => {
      if (now !== null && now !== 'asking') now.stop();
      return null;
    });
    forgetRoute();
    setEnded(true);
  }, []);

  if (session === 'asking') return <Waiting away={away} />;
  if (session === null) return <SignInView http={http} ended={ended} onSignedIn={begin} />;
  return <SignedIn session={session} onEnd={end} />;
}

function Waiting({ away = false }: { away?: boolean }) {
  const { t } = useI18n();
  return <main className="waiting" id="main"><h1 className="sr">{t('app.name')}</h1><Spin /><p role="status" className="waiting-words">{t(away ? 'app.unreachable' : 'app.loading')}</p></main>;
}

function SignedIn({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { t } = useI18n();
  const me = useObservable(session.account.me);
  const ending = useObservable(session.ending);

  useEffect(() => { if (ending === 'signed_out') onEnd(); }, [ending, onEnd]);

  const signOut = () => {
    http.signOut().catch(() => undefined).finally(onEnd);
  };
  if (me.must_change_password) {
    return (
      <PublicPage>
        <section className="card signin-card">
          <h1>{t('password.title')}</h1>
          <p>{t('password.must')}</p>
          <PasswordForm model={session.account} onDone={() => undefined} />
          <p><Button onClick={signOut}>{t('me.signout')}</Button></p>
        </section>
      </PublicPage>
    );
  }
  return <Suspense fallback={<Waiting />}><Desk session={session} onSignOut={signOut} /></Suspense>;
}
