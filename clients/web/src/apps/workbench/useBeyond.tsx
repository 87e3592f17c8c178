// What is done with a message outside its conversation: a task is made of it, its file is kept in
// the drive, its mail is opened or answered. Here the areas meet.

import { type ReactNode, Suspense, lazy, useMemo, useState } from 'react';
import type { Begun } from '../../areas/mail/model';
import { fileOf } from '../../areas/room/acts';
import type { RoomModel } from '../../areas/room/model';
import type { Beyond } from '../../areas/room/useActs';
import { roomName } from '../../areas/room/words';
import { dayOf, minutesOf } from '../../areas/task/days';
import { newDraft } from '../../areas/task/TaskFields';
import { useI18n } from '../../i18n';
import type { RenderPicker } from '../../kit/picker';
import { useReport } from '../../kit/useReport';
import type { FileRef, Part, StreamId } from '../../wire/generated';
import type { Session } from './session';

const NewTask = lazy(() => import('../../areas/task/NewTask').then((m) => ({ default: m.NewTask })));
const Compose = lazy(() => import('../../areas/mail/Compose').then((m) => ({ default: m.Compose })));
const SaveToDrive = lazy(() => import('../../areas/drive/FolderPicker').then((m) => ({ default: m.SaveToDrive })));

const TITLE_MAX = 60;

export function useBeyond(session: Session, picker: RenderPicker, onMail: () => void): { beyond: Beyond; dialogs: ReactNode } {
  const { t } = useI18n();
  const report = useReport();
  const [task, setTask] = useState<Parameters<Beyond['onTask']>[0] | null>(null);
  const [file, setFile] = useState<FileRef | null>(null);
  const [mail, setMail] = useState<{ begun: Begun; stream: StreamId } | null>(null);
  const beyond = useMemo<Beyond>(() => ({
    onTask: setTask,
    onKeep: setFile,
    onMail: (stream, seq) => {
      void session.mail.seek(stream, seq).then(onMail, () => undefined);
    },
    onWriteMail: (stream, event) => {
      const part = event?.type === 'room.message_sent' ? event.body?.part : undefined;
      const subject = part?.kind === 'mail' ? t('mails.re', { subject: part.subject }) : '';
      const begun = event === null ? session.mail.begin(stream)
        : session.mail.answer({ event, unread: false }, false, subject);
      setMail({ begun, stream });
    },
  }), [session, onMail, t]);
  const { zone } = session.task;
  const now = Date.now();
  const dialogs = (
    <Suspense>
      {task !== null && (
        <NewTask
          model={session.task}
          begin={{ ...newDraft(dayOf(now, zone), minutesOf(now, zone)), ...wordsOf(task.text) }}
          people={task.people}
          file={task.part === undefined ? undefined : fileOf({ text: '', part: task.part })}
          picker={picker}
          onCreated={(stream) => {
            const { part } = task;
            if (part !== undefined) void report(() => carry(session, stream, part));
          }}
          onClose={() => setTask(null)}
        />
      )}
      {mail !== null && (
        <Write key={mail.begun.draft} session={session} room={session.room} {...mail} onClose={() => setMail(null)} />
      )}
      {file !== null && <SaveToDrive model={session.drive} file={file} onClose={() => setFile(null)} />}
    </Suspense>
  );
  return { beyond, dialogs };
}

/** Within one conversation: its members are whom a mail can be for. */
function Write({ session, room, begun, stream, onClose }: {
  session: Session; room: RoomModel; begun: Begun; stream: StreamId; onClose: () => void;
}) {
  const i18n = useI18n();
  const conversation = room.of(stream);
  const rooms = conversation === undefined ? []
    : [{ stream, name: roomName(conversation, i18n), direct: conversation.kind === 'direct' }];
  return <Compose model={session.mail} begun={begun} rooms={rooms} onClose={onClose} />;
}

/** The message's file stands in the task's list already; those who talk about it see it there too. */
async function carry({ task, room }: Session, stream: StreamId, part: Part): Promise<void> {
  const to = await task.room({ task: stream });
  const { seq } = await room.run(to, { type: 'room.send_message', body: { text: '', part } });
  // What one has just sent is nothing new to oneself.
  await room.run(to, { type: 'room.mark_read', body: { seq } });
}

/** The first line names the task; the whole text is its details. */
function wordsOf(text: string): { title: string; note: string } {
  const [first = ''] = text.split('\n');
  const title = first.slice(0, TITLE_MAX);
  return { title, note: title === text ? '' : text };
}
