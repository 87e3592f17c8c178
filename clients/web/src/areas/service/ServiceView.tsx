// The page of services: a list (services, or what one desk has before it) and, beside it, the
// thread that is open. What a conversation looks like is handed in.

import Button from 'antd/es/button';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, Conversation, RoomId, ServiceInfo, StreamId, ThreadInfo } from '../../wire/generated';
import { AnswersDialog } from './AnswersDialog';
import { DeskList } from './DeskList';
import { NewDeskDialog } from './NewDeskDialog';
import { ServiceList } from './ServiceList';
import { SignsDialog } from './SignsDialog';
import { type ServiceModel, looked, streamOf } from './model';
import './service.css';

/** What this page needs of the conversations. */
export type Conversations = {
  all: ReadonlyMap<StreamId, Conversation>;
  /** Follows a thread that is not the person's own conversation. */
  visit: (conversation: Conversation) => void;
  reload: () => Promise<void>;
};

export function ServiceView({ model, rooms, open, chat, picker, mayOpen, nameOf, onOpen, onPeople }: {
  model: ServiceModel; rooms: Conversations; open: StreamId | null; picker: RenderPicker; mayOpen: boolean;
  chat: (stream: StreamId) => ReactNode; nameOf: (account: AccountId) => string;
  onOpen: (stream: StreamId | null) => void; onPeople: (desk: StreamId) => void;
}) {
  const { t, error } = useI18n();
  const failure = useObservable(model.failure);
  const services = useObservable(model.services);
  const desks = useObservable(model.desks);
  const [desk, setDesk] = useState<RoomId | null>(null);
  const [asked, setAsked] = useState<RoomId | null>(null);
  const [dialog, setDialog] = useState<'new' | 'answers' | 'signs' | null>(null);

  useEffect(() => { void model.load(); }, [model]);

  // Which desk an address or a reload leads to.
  const own = open === null ? undefined : rooms.all.get(open)?.thread;
  const found = open === null ? undefined : findThread(services ?? [], (id) => model.desk(id), open);
  useEffect(() => {
    if (found !== undefined) {
      setDesk(found.service.service);
      if (!rooms.all.has(open!)) rooms.visit(looked(found.thread, found.service));
    } else if (own?.asker === model.me) {
      setAsked(own.service);
    }
    // Looked at again when the desk's threads change.
  }, [open, desks, services, rooms.all]);

  const service = services?.find((one) => one.service === desk && one.agent);
  const chosen = services?.find((one) => one.service === asked);
  const unreadAt = (id: RoomId) => {
    const mine = [...rooms.all.values()].find((one) => one.thread?.service === id && one.thread.asker === model.me);
    return mine?.unread ?? 0;
  };

  function goTo(one: ServiceInfo) {
    const mine = [...rooms.all.values()].find((room) => room.thread?.service === one.service && room.thread.asker === model.me);
    setAsked(one.service);
    onOpen(mine?.stream ?? null);
  }

  return (
    <main className={`page service${open !== null || (chosen !== undefined && service === undefined) ? ' service-open' : ''}`} id="main">
      <h1 className="sr">{t('services.title')}</h1>
      <nav className="service-list" aria-label={service?.name ?? t('services.title')}>
        {failure !== null && (
          <p className="nothing" role="alert">
            {error(failure)} <Button size="small" onClick={() => void model.load()}>{t('app.retry')}</Button>
          </p>
        )}
        {service !== undefined ? (
          <DeskList
            key={service.service}
            model={model}
            service={service}
            open={open}
            unread={(stream) => rooms.all.get(stream)?.unread ?? 0}
            nameOf={nameOf}
            onOpen={(thread) => {
              const stream = streamOf(thread.thread);
              if (!rooms.all.has(stream)) rooms.visit(looked(thread, service));
              onOpen(stream);
            }}
            onBack={() => {
              setDesk(null);
              onOpen(null);
            }}
            onAnswers={() => setDialog('answers')}
            onSigns={() => setDialog('signs')}
            onPeople={() => onPeople(streamOf(service.service))}
          />
        ) : (
          <ServiceList
            model={model}
            chosen={asked}
            unread={unreadAt}
            onDesk={(one) => {
              setAsked(null);
              onOpen(null);
              setDesk(one.service);
            }}
            onService={goTo}
            onNew={mayOpen ? () => setDialog('new') : undefined}
          />
        )}
      </nav>
      {open !== null ? chat(open)
        : chosen !== undefined && service === undefined ? (
          <Start
            model={model}
            service={chosen}
            onBack={() => setAsked(null)}
            onStarted={async (stream) => {
              await rooms.reload();
              onOpen(stream);
            }}
          />
        ) : (
          <section className="chat chat-none">
            <h2>{t(service === undefined ? 'services.pick' : 'services.pickThread')}</h2>
            <p className="soft">{t(service === undefined ? 'services.pickHint' : 'services.pickThreadHint')}</p>
          </section>
        )}
      {dialog === 'answers' && service !== undefined && (
        <AnswersDialog model={model} service={service.service} onClose={() => setDialog(null)} />
      )}
      {dialog === 'signs' && service !== undefined && (
        <SignsDialog
          model={model}
          service={service.service}
          signs={rooms.all.get(streamOf(service.service))?.signs}
          onClose={() => setDialog(null)}
          onSaved={rooms.reload}
        />
      )}
      {dialog === 'new' && (
        <NewDeskDialog
          model={model}
          picker={picker}
          onClose={() => setDialog(null)}
          onCreated={(id) => {
            setDialog(null);
            setAsked(null);
            setDesk(id);
          }}
        />
      )}
    </main>
  );
}

function Start({ model, service, onBack, onStarted }: {
  model: ServiceModel; service: ServiceInfo; onBack: () => void; onStarted: (stream: StreamId) => Promise<void>;
}) {
  const { t } = useI18n();
  const report = useReport();
  const [busy, setBusy] = useState(false);
  return (
    <section className="chat chat-none" aria-label={service.name}>
      <h2><bdi>{service.name}</bdi></h2>
      <p>{t('services.line', { agents: service.agents, waiting: service.waiting })}</p>
      <p className="soft">{t('services.startHint')}</p>
      {!service.followed && <p className="soft">{t('services.followHint')}</p>}
      <span className="field-row">
        <Button className="only-narrow" onClick={onBack}>{t('app.back')}</Button>
        <Button
          type="primary"
          loading={busy}
          onClick={async () => {
            setBusy(true);
            await report(async () => onStarted(await model.ask(service.service)));
            setBusy(false);
          }}
        >
          {t('services.start')}
        </Button>
        {!service.followed && (
          <Button onClick={() => void report(async () => onStarted(await model.follow(service.service)))}>{t('services.follow')}</Button>
        )}
      </span>
    </section>
  );
}

function findThread(
  services: readonly ServiceInfo[], desk: (id: RoomId) => { open: readonly ThreadInfo[]; closed: readonly ThreadInfo[] }, stream: StreamId,
): { service: ServiceInfo; thread: ThreadInfo } | undefined {
  for (const service of services) {
    if (!service.agent) continue;
    const { open, closed } = desk(service.service);
    const thread = [...open, ...closed].find((one) => streamOf(one.thread) === stream);
    if (thread !== undefined) return { service, thread };
  }
  return undefined;
}
