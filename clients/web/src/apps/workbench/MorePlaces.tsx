// The places besides chat, people and oneself: each area's page, loaded when first gone to,
// with what it needs of the others handed in.

import { Suspense, lazy, useEffect, useMemo } from 'react';
import { roomName } from '../../areas/room/words';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { Grant, StreamId, TaskItem, UnitNode } from '../../wire/generated';
import type { Place } from './route';
import type { Session } from './session';

const TasksView = lazy(() => import('../../areas/task/TasksView').then((m) => ({ default: m.TasksView })));
const PickFile = lazy(() => import('../../areas/drive/PickFile').then((m) => ({ default: m.PickFile })));
const PlansView = lazy(() => import('../../areas/plan/PlansView').then((m) => ({ default: m.PlansView })));
const DriveView = lazy(() => import('../../areas/drive/DriveView').then((m) => ({ default: m.DriveView })));
const AppsView = lazy(() => import('../../areas/app/AppsView').then((m) => ({ default: m.AppsView })));
const MailView = lazy(() => import('../../areas/mail/MailView').then((m) => ({ default: m.MailView })));
const NoticeView = lazy(() => import('../../areas/notice/NoticeView').then((m) => ({ default: m.NoticeView })));

/** Units to all of which the person may send: those of these roles, and what lies below. */
const UNIT_SENDERS = new Set(['department_head', 'hall_manager', 'region_admin']);

function withinGrants(tree: readonly UnitNode[], grants: readonly Grant[]): UnitNode[] {
  const own = new Set(grants.filter((one) => UNIT_SENDERS.has(one.role)).map((one) => one.unit));
  const parents = new Map(tree.map((one) => [one.unit, one.parent]));
  const within = (unit: string | undefined): boolean => unit !== undefined && (own.has(unit) || within(parents.get(unit)));
  return tree.filter((one) => within(one.unit));
}

/** Who may publish to others: heads, managers and administrators; the hub has the last word. */
const SENDERS = new Set(['department_head', 'hall_manager', 'region_admin', 'leader', 'operator']);

export function MorePlaces({ session, place, picker, onRoom, onGo }: {
  session: Session; place: Place; picker: RenderPicker; onRoom: (stream: StreamId) => void; onGo: (place: Place) => void;
}) {
  const { t } = useI18n();
  const waiting = <main className="page" id="main"><p role="status">{t('app.loading')}</p></main>;
  return (
    <Suspense fallback={waiting}>
      {place === 'tasks' && <Tasks session={session} picker={picker} onRoom={onRoom} onPlans={() => onGo('plans')} />}
      {place === 'plans' && <Plans session={session} picker={picker} onBack={() => onGo('tasks')} />}
      {place === 'apps' && <Apps session={session} picker={picker} onRoom={onRoom} />}
      {place === 'drive' && <Drive session={session} picker={picker} />}
      {place === 'mail' && <Mails session={session} onRoom={onRoom} />}
      {place === 'notices' && <Notices session={session} picker={picker} onRoom={onRoom} onGo={onGo} />}
    </Suspense>
  );
}

function Tasks({ session, picker, onRoom, onPlans }: {
  session: Session; picker: RenderPicker; onRoom: (stream: StreamId) => void; onPlans: () => void;
}) {
  const report = useReport();
  return (
    <TasksView
      model={session.task}
      picker={picker}
      files={(onPick, onClose) => <PickFile model={session.drive} onPick={onPick} onClose={onClose} />}
      onRoom={onRoom}
      onPerson={(account) => void report(async () => onRoom(await session.room.openDirect(account)))}
      onPlans={onPlans}
    />
  );
}

function Apps({ session, picker, onRoom }: {
  session: Session; picker: RenderPicker; onRoom: (stream: StreamId) => void;
}) {
  const { name } = useI18n();
  const me = useObservable(session.account.me);
  const tree = useObservable(session.account.units);
  const mayManage = me.permissions.includes('account.manage');
  useEffect(() => { if (mayManage) session.account.loadUnits().catch(() => undefined); }, [session, mayManage]);
  const units = useMemo(
    () => tree.map((one) => ({ unit: one.unit, label: name(one.names), root: one.parent === undefined })), [tree, name],
  );
  return <AppsView model={session.app} picker={picker} units={units} mayManage={mayManage} onRoom={onRoom} />;
}

/** Beside what is written stand the tasks of the week as the schedule has them: one list for
 *  both, so that neither is ever behind the other. */
function Plans({ session, picker, onBack }: { session: Session; picker: RenderPicker; onBack: () => void }) {
  const { name } = useI18n();
  const me = useObservable(session.account.me);
  const tree = useObservable(session.account.units);
  const { week } = useObservable(session.plan.plans);
  const { items, shown } = useObservable(session.task.tasks);
  const mayReview = me.permissions.includes('plan.review');
  useEffect(() => { if (mayReview) session.account.loadUnits().catch(() => undefined); }, [session, mayReview]);
  useEffect(() => session.task.open(), [session]);
  useEffect(() => { if (week !== '') session.task.show({ look: 'week', day: week, of: null }); }, [session, week]);
  const units = useMemo(
    () => withinGrants(tree, me.grants).map((one) => ({ unit: one.unit, label: name(one.names) })), [tree, me.grants, name],
  );
  const tasks = {
    items: shown.of === null && shown.day === week ? items : [],
    finish: ({ task, on }: TaskItem, done: boolean) => session.task.run(task, { type: done ? 'task.finish' : 'task.reopen', body: on === undefined ? {} : { on } }),
    open: ({ task }: TaskItem) => {
      session.task.seek.set(task);
      onBack();
    },
  };
  return <PlansView model={session.plan} picker={picker} tasks={tasks} mayReview={mayReview} units={units} onBack={onBack} />;
}

function Drive({ session, picker }: { session: Session; picker: RenderPicker }) {
  const i18n = useI18n();
  const conversations = useObservable(session.room.conversations);
  const rooms = useMemo(
    () => [...conversations.values()].map((one) => ({ stream: one.stream, name: roomName(one, i18n) })), [conversations, i18n],
  );
  return <DriveView model={session.drive} picker={picker} rooms={rooms} />;
}

function Mails({ session, onRoom }: { session: Session; onRoom: (stream: StreamId) => void }) {
  const i18n = useI18n();
  const conversations = useObservable(session.room.conversations);
  const rooms = useMemo(
    () => [...conversations.values()].filter((one) => one.dissolved !== true)
      .map((one) => ({ stream: one.stream, name: roomName(one, i18n), direct: one.kind === 'direct' })),
    [conversations, i18n],
  );
  return (
    <MailView
      model={session.mail}
      rooms={rooms}
      onRoom={(stream, seq) => {
        session.room.seek.set({ stream, seq });
        onRoom(stream);
      }}
    />
  );
}

function Notices({ session, picker, onRoom, onGo }: {
  session: Session; picker: RenderPicker; onRoom: (stream: StreamId) => void; onGo: (place: Place) => void;
}) {
  const report = useReport();
  const { name } = useI18n();
  const me = useObservable(session.account.me);
  const tree = useObservable(session.account.units);
  const conversations = useObservable(session.room.conversations);
  useEffect(() => { session.account.loadUnits().catch(() => undefined); }, [session]);
  const units = useMemo(
    () => withinGrants(tree, me.grants).map((one) => ({ unit: one.unit, label: name(one.names), root: one.parent === undefined })),
    [tree, me.grants, name],
  );
  const rooms = useMemo(() => [...conversations.values()]
    .filter((one) => one.kind === 'group')
    .map((one) => ({ room: one.stream.slice('room:'.length), name: one.name })), [conversations]);
  const maySend = me.grants.some((one) => SENDERS.has(one.role));
  return (
    <NoticeView
      model={session.notice}
      picker={picker}
      maySend={maySend}
      units={units}
      rooms={rooms}
      onLink={(path) => {
        const room = /#\/conversations\/(room:[0-9a-f-]{36})$/u.exec(path)?.[1];
        const plan = /#\/plans\/(plan:[0-9a-f-]{36})$/u.exec(path)?.[1];
        if (room !== undefined) onRoom(room);
        else if (plan !== undefined) {
          onGo('plans');
          void report(() => session.plan.goTo(plan));
        } else location.assign(path);
      }}
    />
  );
}
