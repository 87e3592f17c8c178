// What is done with a message outside its conversation: a task is made of it, its file is kept in
// the drive, its mail is opened. Here the areas meet.

import { type ReactNode, Suspense, lazy, useMemo, useState } from 'react';
import type { Beyond } from '../../areas/room/useActs';
import { dayOf, minutesOf } from '../../areas/task/days';
import { newDraft } from '../../areas/task/TaskFields';
import type { RenderPicker } from '../../kit/picker';
import type { AccountId, FileRef } from '../../wire/generated';
import type { Session } from './session';

const NewTask = lazy(() => import('../../areas/task/NewTask').then((m) => ({ default: m.NewTask })));
const SaveToDrive = lazy(() => import('../../areas/drive/FolderPicker').then((m) => ({ default: m.SaveToDrive })));

const TITLE_MAX = 60;

export function useBeyond(session: Session, picker: RenderPicker, onMail: () => void): { beyond: Beyond; dialogs: ReactNode } {
  const [task, setTask] = useState<{ text: string; people: readonly AccountId[] } | null>(null);
  const [file, setFile] = useState<FileRef | null>(null);
  const beyond = useMemo<Beyond>(() => ({
    onTask: setTask,
    onKeep: setFile,
    onMail: (stream, seq) => {
      void session.mail.seek(stream, seq).then(onMail, () => undefined);
    },
  }), [session, onMail]);
  const { zone } = session.task;
  const now = Date.now();
  const dialogs = (
    <Suspense>
      {task !== null && (
        <NewTask
          model={session.task}
          begin={{ ...newDraft(dayOf(now, zone), minutesOf(now, zone)), ...wordsOf(task.text) }}
          people={task.people}
          picker={picker}
          onClose={() => setTask(null)}
        />
      )}
      {file !== null && <SaveToDrive model={session.drive} file={file} onClose={() => setFile(null)} />}
    </Suspense>
  );
  return { beyond, dialogs };
}

/** The first line names the task; the whole text is its details. */
function wordsOf(text: string): { title: string; note: string } {
  const [first = ''] = text.split('\n');
  const title = first.slice(0, TITLE_MAX);
  return { title, note: title === text ? '' : text };
}
