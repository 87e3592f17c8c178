// A person's card: who it is, what may be done, and what stands in the way.

import Button from 'antd/es/button';
import Drawer from 'antd/es/drawer';
import Input from 'antd/es/input';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Face, Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import {
  CONTACT_TEXT_CHARS_MAX, type AccountCard, type AccountId, type ContactCommand, type ContactInfo,
  type ErrorBody,
} from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { RoomChoice } from '../../kit/SendToRoom';
import { ShareCard } from './ShareCard';
import { PersonLevel } from './PersonLevel';
import type { ContactModel } from './model';

export function PersonCard({ model, card, me, rooms, mayRule, onMessage, onClose }: {
  model: ContactModel; card: AccountCard; me: AccountId;
  /** Conversations that the card may be sent into. */
  rooms: readonly RoomChoice[];
  /** Sets rules of who may talk to whom. */
  mayRule: boolean;
  onMessage: (card: AccountCard) => void; onClose: () => void;
}) {
  const { t, name, tag, error } = useI18n();
  const news = useObservable(model.news);
  const [info, setInfo] = useState<ContactInfo | null>(null);
  const [failure, setFailure] = useState<ErrorBody | null>(null);
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [sharing, setSharing] = useState(false);
  const self = card.account === me;

  useEffect(() => {
    if (self) return undefined;
    let gone = false;
    model.info(card.account).then(
      (found) => { if (!gone) setInfo(found); },
      (cause: unknown) => { if (!gone) setFailure(errorBodyOf(cause)); },
    );
    return () => { gone = true; };
  }, [model, card.account, self, news]);

  async function run(command: ContactCommand) {
    setBusy(true);
    setFailure(null);
    try {
      await model.run(command);
      setText(null);
    } catch (cause) {
      setFailure(errorBodyOf(cause));
    } finally {
      setBusy(false);
    }
  }

  const shown = info?.card ?? card;
  const peer = card.account;
  const state = info?.state;
  const time = info?.until === undefined ? ''
    : new Intl.DateTimeFormat(tag, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(info.until);
  const lines: [string, string | undefined, boolean][] = [
    [t('person.unit'), name(shown.unit_names), false],
    [t('person.post'), shown.post || undefined, false],
    [t('person.phone'), shown.phone, true],
    [t('person.username'), shown.username, true],
  ];
  return (
    <Drawer open title={t('person.title')} onClose={onClose} placement="right">
      <div className="contact-card">
        <div className="contact-head">
          <Face id={peer} name={name(shown.names)} large />
          <h2><bdi>{name(shown.names)}</bdi></h2>
        </div>
        <dl className="contact-facts">
          {lines.filter(([, value]) => value !== undefined).map(([label, value, latin]) => (
            <div key={label}><dt>{label}</dt><dd><bdi dir={latin ? 'ltr' : 'auto'}>{value}</bdi></dd></div>
          ))}
        </dl>
        <div aria-live="polite">
          {self && <p className="soft">{t('person.self')}</p>}
          {state !== undefined && <p className={`contact-state contact-${state}`}>{t(`person.state.${state}`, { time })}</p>}
          {info?.text !== undefined && <blockquote className="contact-text"><bdi>{info.text}</bdi></blockquote>}
          {failure !== null && <Nothing>{error(failure)}</Nothing>}
        </div>
        {state === 'ask' && text !== null && (
          <div className="contact-ask">
            <Input.TextArea
              autoFocus rows={3} maxLength={CONTACT_TEXT_CHARS_MAX} value={text}
              aria-label={t('person.askText')} placeholder={t('person.askText')}
              onChange={(event) => setText(event.target.value)}
            />
            <Button
              type="primary" loading={busy}
              onClick={() => void run({ type: 'contact.ask', body: { peer, text } })}
            >
              {t('person.askSend')}
            </Button>
          </div>
        )}
        <div className="contact-acts">
          {(state === 'open' || state === 'granted') && (
            <Button type="primary" onClick={() => onMessage(shown)}>{t('person.message')}</Button>
          )}
          {state === 'ask' && text === null && <Button type="primary" onClick={() => setText('')}>{t('person.ask')}</Button>}
          {state === 'asking' && (
            <>
              <Button type="primary" loading={busy} onClick={() => void run({ type: 'contact.answer', body: { peer, yes: true } })}>{t('person.accept')}</Button>
              <Button loading={busy} onClick={() => void run({ type: 'contact.answer', body: { peer, yes: false } })}>{t('person.refuse')}</Button>
            </>
          )}
          {state === 'asked' && <Button loading={busy} onClick={() => void run({ type: 'contact.end', body: { peer } })}>{t('person.takeBack')}</Button>}
          {state === 'granted' && <Button loading={busy} onClick={() => void run({ type: 'contact.end', body: { peer } })}>{t('person.end')}</Button>}
          <Button onClick={() => setSharing(true)}>{t('person.share')}</Button>
          {state === 'blocked'
            ? <Button loading={busy} onClick={() => void run({ type: 'contact.block', body: { peer, on: false } })}>{t('person.unblock')}</Button>
            : state !== undefined && <Button danger loading={busy} onClick={() => void run({ type: 'contact.block', body: { peer, on: true } })}>{t('person.block')}</Button>}
        </div>
        {mayRule && !self && <PersonLevel model={model} account={peer} />}
      </div>
      {sharing && <ShareCard model={model} account={peer} name={name(shown.names)} rooms={rooms} onClose={() => setSharing(false)} />}
    </Drawer>
  );
}
