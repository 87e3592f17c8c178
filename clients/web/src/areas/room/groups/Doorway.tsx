// How people come into a group: invites with a link and a QR code, and who waits at the door.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Checkbox from 'antd/es/checkbox';
import Input from 'antd/es/input';
import QRCode from 'antd/es/qr-code';
import Select from 'antd/es/select';
import { useCallback, useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import { PersonLine } from '../../../kit/pieces';
import { useReport } from '../../../kit/useReport';
import { fullTime } from '../../../kit/time';
import type { Doorway as Door, RoomCommand, StreamId } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { doorwayOf, inviteLink } from './api';

const DAY = 86_400_000;

export function Doorway({ model, stream }: { model: RoomModel; stream: StreamId }) {
  const i18n = useI18n();
  const { t } = i18n;
  const report = useReport();
  const [door, setDoor] = useState<Door | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  const { head } = model.conversations.get().get(stream) ?? { head: 0 };

  const load = useCallback(() => {
    doorwayOf(model.http, stream).then(setDoor, () => undefined);
  }, [model, stream]);
  useEffect(load, [load, head]);

  async function run(command: RoomCommand) {
    await report(() => model.run(stream, command));
    load();
  }

  const now = Date.now();
  const good = door?.invites.filter((one) => !one.revoked && one.expires_at > now) ?? [];
  return (
    <section className="doorway" aria-label={t('invite.title')}>
      <h3>{t('invite.title')}</h3>
      {door !== null && door.requests.length > 0 && (
        <ul className="plain" aria-label={t('invite.requests')}>
          {door.requests.map(({ card }) => (
            <li key={card.account} className="line line-static request">
              <PersonLine card={card} />
              <span className="member-acts">
                <Button size="small" type="primary" onClick={() => void run({ type: 'room.admit', body: { account: card.account, yes: true } })}>{t('invite.admit')}</Button>
                <Button size="small" onClick={() => void run({ type: 'room.admit', body: { account: card.account, yes: false } })}>{t('invite.refuse')}</Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <ul className="plain">
        {good.map((one) => (
          <li key={one.seq} className="invite small">
            <span>
              {t('invite.until', { time: fullTime(one.expires_at, i18n) })} · {one.uses_max === undefined
                ? t('invite.used', { n: one.uses }) : t('invite.usedOf', { n: one.uses, most: one.uses_max })}
            </span>
            <Button size="small" onClick={() => void run({ type: 'room.revoke_invite', body: { seq: one.seq } })}>{t('invite.revoke')}</Button>
          </li>
        ))}
      </ul>
      {link !== null && <Link link={link} />}
      {making
        ? <NewInvite
            model={model}
            stream={stream}
            onDone={(token) => {
              setMaking(false);
              setLink(inviteLink(stream, token));
              load();
            }}
            onCancel={() => setMaking(false)}
          />
        : <Button size="small" onClick={() => setMaking(true)}>{t('invite.create')}</Button>}
    </section>
  );
}

function Link({ link }: { link: string }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  return (
    <div className="invite-link">
      <span role="img" aria-label={t('invite.qr')}>
        <span aria-hidden="true"><QRCode value={link} type="svg" size={144} color="#000000" bgColor="#ffffff" /></span>
      </span>
      <div className="adding">
        <p className="soft small">{t('invite.once')}</p>
        <Input readOnly dir="ltr" value={link} aria-label={t('invite.link')} onFocus={(event) => event.target.select()} />
        <Button
          size="small"
          onClick={() => void navigator.clipboard?.writeText(link).then(() => void message.success(t('chat.copied')))}
        >
          {t('invite.copy')}
        </Button>
      </div>
    </div>
  );
}

function NewInvite({ model, stream, onDone, onCancel }: {
  model: RoomModel; stream: StreamId; onDone: (token: string) => void; onCancel: () => void;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [days, setDays] = useState(7);
  const [approval, setApproval] = useState(false);
  const [uses, setUses] = useState('');
  const most = Number(uses);

  async function make() {
    await report(async () => {
      const { result } = await model.run(stream, {
        type: 'room.create_invite',
        body: {
          expires_at: Date.now() + days * DAY, approval, ...(most > 0 ? { uses_max: Math.floor(most) } : {}),
        },
      });
      onDone((result as { invite: string }).invite);
    });
  }

  return (
    <div className="adding">
      <span className="field-row">
        <Select<number>
          aria-label={t('invite.days')}
          value={days}
          onChange={setDays}
          options={[1, 7, 30].map((n) => ({ value: n, label: t('invite.days.n', { n }) }))}
        />
        <Checkbox checked={approval} onChange={(event) => setApproval(event.target.checked)}>{t('invite.approval')}</Checkbox>
      </span>
      <label className="field">
        <span>{t('invite.uses')}</span>
        <Input inputMode="numeric" dir="ltr" value={uses} onChange={(event) => setUses(event.target.value.replace(/[^0-9]/gu, ''))} />
      </label>
      <span className="field-row">
        <Button type="primary" onClick={() => void make()}>{t('invite.create')}</Button>
        <Button onClick={onCancel}>{t('app.cancel')}</Button>
      </span>
    </div>
  );
}
