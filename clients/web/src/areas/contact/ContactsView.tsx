// The page of contacts: the organisation, whom one talked to lately, colleagues, groups, and
// requests to talk. A person opens as a card, from which everything else goes.

import Button from 'antd/es/button';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { Face, Nothing, PersonLine } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import type { AccountCard, AccountId, Me, StreamId } from '../../wire/generated';
import { type ContactModel, TABS, type Tab, waitingOf } from './model';
import { PersonCard } from './PersonCard';
import { RulesPanel } from './RulesPanel';
import type { RoomChoice } from '../../kit/SendToRoom';
import { VisibilityPanel } from './VisibilityPanel';
import './contact.css';

export type ContactGroup = { stream: StreamId; name: string; members: number };

function People({ people, onOpen, extra }: {
  people: readonly AccountCard[]; onOpen: (card: AccountCard) => void;
  extra?: (card: AccountCard) => ReactNode;
}) {
  const { t, name } = useI18n();
  if (people.length === 0) return <Nothing>{t('contacts.none')}</Nothing>;
  return (
    <ul className="plain people-list" aria-label={t('people.results')}>
      {people.map((card) => (
        <li key={card.account}>
          <button
            type="button" className="line" aria-label={t('contacts.open', { name: name(card.names) })}
            onClick={() => onOpen(card)}
          >
            <PersonLine card={card} extra={extra?.(card)} />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function ContactsView({ model, me, recent, groups, rooms, organisation, onMessage, onRoom }: {
  model: ContactModel;
  me: Me;
  /** The latest first. */
  recent: readonly AccountCard[];
  groups: readonly ContactGroup[];
  /** Where a card may be sent. */
  rooms: readonly RoomChoice[];
  organisation: (open: (card: AccountCard) => void) => ReactNode;
  onMessage: (account: AccountId) => void;
  onRoom: (stream: StreamId) => void;
}) {
  const { t } = useI18n();
  const lines = useObservable(model.lines);
  const [tab, setTab] = useState<Tab>('units');
  const [card, setCard] = useState<AccountCard | null>(null);
  const [colleagues, setColleagues] = useState<readonly AccountCard[]>([]);
  const waiting = waitingOf(lines);

  useEffect(() => { void model.load(); }, [model]);
  useEffect(() => {
    if (tab !== 'colleagues') return;
    model.colleagues(me.card.unit).then(setColleagues, () => setColleagues([]));
  }, [model, tab, me.card.unit]);

  const body: Record<Tab, () => ReactNode> = {
    units: () => organisation(setCard),
    recent: () => <People people={recent} onOpen={setCard} />,
    colleagues: () => <People people={colleagues.filter((one) => one.account !== me.card.account)} onOpen={setCard} />,
    groups: () => <Groups groups={groups} onRoom={onRoom} />,
    requests: () => (
      <>
        <People
          people={lines.map((line) => line.card)}
          onOpen={setCard}
          extra={(one) => <State line={lines.find((line) => line.card.account === one.account)} />}
        />
        {me.permissions.includes('system.operate') && <RulesPanel model={model} />}
        {me.permissions.includes('unit.manage') && <VisibilityPanel model={model} grants={me.grants} />}
      </>
    ),
  };
  return (
    <main className="page people contacts" id="main">
      <h1>{t('people.title')}</h1>
      <TabList tab={tab} waiting={waiting} onTab={setTab} />
      <section id="contact-panel" role="tabpanel" aria-labelledby={`contact-tab-${tab}`} className="contact-panel">
        {body[tab]()}
      </section>
      {card !== null && (
        <PersonCard
          key={card.account} model={model} card={card} me={me.card.account} rooms={rooms}
          mayRule={me.permissions.includes('system.operate')}
          onMessage={(one) => onMessage(one.account)} onClose={() => setCard(null)}
        />
      )}
    </main>
  );
}

/** They wrap where the screen is narrow: none hides behind a menu. */
function TabList({ tab, waiting, onTab }: { tab: Tab; waiting: number; onTab: (tab: Tab) => void }) {
  const { t, dir } = useI18n();
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const forward = dir === 'rtl' ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]!;
    onTab(next);
    document.getElementById(`contact-tab-${next}`)?.focus();
  }
  return (
    <div className="contact-tabs" role="tablist" aria-label={t('contacts.tabs')} onKeyDown={onKeyDown}>
      {TABS.map((key) => (
        <button
          key={key} id={`contact-tab-${key}`} type="button" role="tab" aria-selected={key === tab}
          aria-controls="contact-panel" tabIndex={key === tab ? 0 : -1} onClick={() => onTab(key)}
        >
          {t(`contacts.tab.${key}`)}
          {key === 'requests' && waiting > 0 && <span className="contact-count"> {t('contacts.waiting', { n: waiting })}</span>}
        </button>
      ))}
    </div>
  );
}

function State({ line }: { line: { state: string; until?: number } | undefined }) {
  const { t, tag } = useI18n();
  if (line === undefined) return null;
  const time = line.until === undefined ? ''
    : new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' }).format(line.until);
  return <span className={`contact-state contact-${line.state}`}>{t(`person.state.${line.state}` as 'person.state.open', { time })}</span>;
}

function Groups({ groups, onRoom }: { groups: readonly ContactGroup[]; onRoom: (stream: StreamId) => void }) {
  const { t } = useI18n();
  if (groups.length === 0) return <Nothing>{t('contacts.none')}</Nothing>;
  return (
    <ul className="plain people-list" aria-label={t('contacts.tab.groups')}>
      {groups.map((group) => (
        <li key={group.stream} className="line line-static">
          <Face id={group.stream} name={group.name} group />
          <span className="line-body"><bdi className="line-name">{group.name}</bdi> <span className="soft small">{t('contacts.members', { n: group.members })}</span></span>
          <Button size="small" aria-label={t('contacts.openGroup', { name: group.name })} onClick={() => onRoom(group.stream)}>{t('person.message')}</Button>
        </li>
      ))}
    </ul>
  );
}
