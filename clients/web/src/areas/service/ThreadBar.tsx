// Above a thread: where it stands, and what each side can do about it.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import { useEffect, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import { useObservable } from '../../kit/useObservable';
import type { AccountId, Conversation, ThreadState } from '../../wire/generated';
import { errorBodyOf } from '../../wire/http';
import type { ServiceModel } from './model';
import { useNow } from './useNow';
import { waited } from './words';

type Props = {
  model: ServiceModel;
  conversation: Conversation;
  thread: ThreadState;
  nameOf: (account: AccountId) => string;
  /** Who writes in the thread now. */
  typing: readonly AccountId[];
  /** The person's conversations are another list now. */
  onChanged: () => void;
  /** The asker follows the service no more. */
  onLeft: () => void;
};

export function ThreadBar(props: Props) {
  const { t } = useI18n();
  const asks = props.thread.asker === props.model.me;
  return (
    <section className="thread-bar" aria-label={t('thread.label')}>
      {asks ? <Asker {...props} /> : <Agent {...props} />}
    </section>
  );
}

function Asker({ model, conversation, thread, nameOf, onChanged, onLeft }: Props) {
  const { t } = useI18n();
  const { modal } = App.useApp();
  const report = useReport();
  const { stream } = conversation;
  const place = useObservable(model.places).get(stream);
  const waits = thread.open && thread.agent === undefined;

  useEffect(() => { if (waits) model.askPlace(stream).catch(() => undefined); }, [model, stream, waits]);

  const words = !thread.open ? t(thread.asked ? 'thread.over' : 'thread.followed')
    : thread.agent !== undefined ? t('thread.serves', { name: nameOf(thread.agent) })
      : place === undefined ? t('thread.waits')
        : place === 1 ? t('thread.next') : t('thread.ahead', { n: place - 1 });
  return (
    <>
      <span role="status" className="thread-words" data-place={waits ? place : undefined}><bdi>{words}</bdi></span>
      {!thread.open && (
        <Button type="primary" size="small" onClick={() => void report(() => model.ask(thread.service).then(onChanged))}>
          {t(thread.asked ? 'thread.again' : 'services.start')}
        </Button>
      )}
      <Button
        size="small"
        type="text"
        onClick={() => modal.confirm({
          title: t('services.unfollow'), content: t('services.unfollowSure', { name: conversation.name }),
          okText: t('services.unfollow'), cancelText: t('app.cancel'),
          onOk: () => report(() => model.unfollow(thread.service).then(onLeft)),
        })}
      >
        {t('services.unfollow')}
      </Button>
    </>
  );
}

function Agent({ model, conversation, thread, nameOf, typing, onChanged }: Props) {
  const i18n = useI18n();
  const { t } = i18n;
  const { modal } = App.useApp();
  const report = useReport();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const desk = useObservable(model.desks).get(thread.service);
  const { stream } = conversation;
  const room = stream.slice('room:'.length);
  const info = desk?.open.find((one) => one.thread === room);
  const mine = thread.agent === model.me;
  const clash = typing.find((one) => one !== model.me && one !== thread.asker);

  useEffect(() => {
    if (desk === undefined || desk.agents.length === 0) void model.openDesk(thread.service);
  }, [model, desk, thread.service]);

  async function assign(account: AccountId, over: boolean) {
    setBusy(true);
    const done = await report(async () => {
      try {
        await model.assign(stream, account, over);
      } catch (cause) {
        // Somebody was faster: that is asked about, not failed.
        if (errorBodyOf(cause).code !== 'room.thread_taken') throw cause;
        ask(account);
      }
    });
    setBusy(false);
    if (done) onChanged();
  }

  function ask(account: AccountId) {
    const name = thread.agent === undefined ? t('desk.people') : nameOf(thread.agent);
    modal.confirm({
      title: t('thread.takeOverSure', { name }), okText: t('thread.takeOver'), cancelText: t('app.cancel'),
      onOk: () => assign(account, true),
    });
  }

  const words = !thread.open ? t('thread.over')
    : thread.agent === undefined
      ? `${t('thread.unassigned')}${info === undefined ? '' : ` · ${t('desk.waited', { n: waited(info.since, now, i18n) })}`}`
      : mine ? t('thread.mine') : t('thread.theirs', { name: nameOf(thread.agent) });
  const colleagues = (desk?.agents ?? []).filter((one) => one.account !== thread.agent && one.account !== model.me
    && one.account !== thread.asker);
  return (
    <>
      <span role="status" className="thread-words"><bdi>{words}</bdi></span>
      {clash !== undefined && <strong className="thread-clash" role="alert">{t('thread.clash', { name: nameOf(clash) })}</strong>}
      {thread.open && (
        <span className="thread-acts">
          {!mine && (
            <Button
              type={thread.agent === undefined ? 'primary' : 'default'}
              size="small"
              loading={busy}
              onClick={() => (thread.agent === undefined ? void assign(model.me, false) : ask(model.me))}
            >
              {t(thread.agent === undefined ? 'thread.take' : 'thread.takeOver')}
            </Button>
          )}
          {(mine || thread.agent === undefined) && colleagues.length > 0 && (
            <Dropdown
              trigger={['click']}
              menu={{
                items: colleagues.map((one) => ({ key: one.account, label: nameOf(one.account) })),
                onClick: ({ key }) => void assign(key, false),
              }}
            >
              <Button size="small" aria-haspopup="menu">{t('thread.give')}</Button>
            </Dropdown>
          )}
          {thread.agent !== undefined && <Button size="small" onClick={() => void report(() => model.close(stream).then(onChanged))}>{t('thread.close')}</Button>}
        </span>
      )}
    </>
  );
}

/** Everybody else of the desk: whom a note is for. */
export function colleaguesOf(model: ServiceModel, thread: ThreadState): AccountId[] {
  return model.desk(thread.service).agents.map((one) => one.account)
    .filter((one) => one !== model.me && one !== thread.asker);
}
