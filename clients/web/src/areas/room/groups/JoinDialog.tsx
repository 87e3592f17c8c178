// What an invite leads to: the group's name, and the way in.

import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import { useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import { Nothing } from '../../../kit/pieces';
import { useReport } from '../../../kit/useReport';
import type { ErrorBody, Invitation, StreamId } from '../../../wire/generated';
import { errorBodyOf } from '../../../wire/http';
import type { RoomModel } from '../model';
import { inviteIn, invitationOf } from './api';

/** Looks at the address: an invite is a link that anybody may open, signed in already or not. */
export function JoinDialog({ model, onOpen }: { model: RoomModel; onOpen: (stream: StreamId) => void }) {
  const { t, error } = useI18n();
  const report = useReport();
  const [invite, setInvite] = useState(() => inviteIn(location.hash));
  const [found, setFound] = useState<Invitation | null>(null);
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [asked, setAsked] = useState(false);

  useEffect(() => {
    const look = () => {
      const next = inviteIn(location.hash);
      if (next === null) return;
      setInvite(next);
      setFound(null);
      setFailure(null);
      setAsked(false);
    };
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);
  useEffect(() => {
    if (invite === null) return;
    // The token does not stay in the address, where it would be copied along.
    history.replaceState(null, '', '#/conversations');
    invitationOf(model.http, invite.stream, invite.token)
      .then(setFound, (cause: unknown) => setFailure(errorBodyOf(cause)));
  }, [model, invite]);
  if (invite === null) return null;

  const { stream, token } = invite;
  function close() { setInvite(null); }
  function open() {
    close();
    onOpen(stream);
  }
  async function join() {
    const done = await report(() => model.run(stream, { type: 'room.join', body: { invite: token } }));
    if (!done) return;
    if (found?.approval === true) return setAsked(true);
    await model.reload();
    open();
  }
  return (
    <Modal open centered title={t('join.title')} onCancel={close} footer={null}>
      {failure !== null && <Nothing>{error(failure)}</Nothing>}
      {found !== null && (
        <div className="join">
          <h2><bdi>{found.name}</bdi></h2>
          <p className="soft">{t('join.people', { n: found.members })}</p>
          {asked && <p role="status">{t('join.asked')}</p>}
          {!found.member && !found.good && <p role="status">{t('join.bad')}</p>}
          {found.member && <Button type="primary" onClick={open}>{t('join.open')}</Button>}
          {!found.member && found.good && !asked && (
            <Button type="primary" onClick={() => void join()}>{t(found.approval ? 'join.ask' : 'join.go')}</Button>
          )}
        </div>
      )}
    </Modal>
  );
}
