// What happens when somebody does something with a message.

import App from 'antd/es/app';
import { useCallback, useMemo, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { AccountId, EventFrame, FileRef, Part, StreamId } from '../../wire/generated';
import { type Act, fileOf } from './acts';
import type { ReplyTo } from './composer/Manners';
import type { RoomModel } from './model';
import type { RowActions } from './Row';
import type { RowItem } from './rows';
import type { Sheet } from './sheets/Sheets';
import { blobUrl } from './parts/files';
import { authorName, messageLine } from './words';

/** What the other areas do with a message. */
export type Beyond = {
  /** With `part`, the message's file goes along. */
  onTask: (begin: { text: string; people: readonly AccountId[]; part?: Part }) => void;
  onKeep: (file: FileRef) => void;
  onMail: (stream: StreamId, seq: number) => void;
  /** Writes a micro-mail here, perhaps in answer to one. */
  onWriteMail: (stream: StreamId, answers: EventFrame | null) => void;
};

/** A task of a whole hall is planned elsewhere. */
const TASK_PEOPLE_MAX = 50;

export function useActs(
  model: RoomModel, stream: StreamId,
  { onReply, onJump, beyond }: {
    onReply: (reply: ReplyTo) => void; onJump: (seq: number) => void; beyond: Beyond;
  },
) {
  const i18n = useI18n();
  const { t } = i18n;
  const { message: toast, modal } = App.useApp();
  const report = useReport();
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<number> | null>(null);

  const onAct = useCallback((act: Act, item: RowItem) => {
    const { seq, event, message, notes } = item;
    if (event === undefined || message === undefined) return;
    const run = (...command: Parameters<RoomModel['run']>) => void report(() => model.run(...command));
    const text = notes.edits.at(-1)?.text ?? message.text;
    switch (act) {
      case 'answer': return beyond.onWriteMail(stream, event);
      case 'reply': {
        // Whispered to some: the answer goes to the same people.
        const people = message.visible_to === undefined || message.visible_to.length === 0 ? null
          : [...message.visible_to, ...(event.by === undefined ? [] : [event.by])].filter((one) => one !== model.me);
        return onReply({
          seq, name: authorName(event, model.cards, model.me, i18n, model.of(stream)), text: messageLine(message, i18n, text),
          ...(people === null ? {} : { visibleTo: people }),
        });
      }
      case 'copy':
        void navigator.clipboard?.writeText(text).then(() => void toast.success(t('chat.copied')));
        return undefined;
      case 'toTask': {
        const members = model.names.members(stream).get().map((one) => one.account).filter((one) => one !== model.me);
        const file = fileOf(message);
        return beyond.onTask({
          text: [text, file?.name].filter(Boolean).join('\n'),
          people: members.length > TASK_PEOPLE_MAX ? [] : members,
          ...(file === undefined || message.part === undefined ? {} : { part: message.part }),
        });
      }
      case 'mail': return beyond.onMail(stream, seq);
      case 'keep': {
        const file = fileOf(message);
        return file === undefined ? undefined : beyond.onKeep(file);
      }
      case 'saveAs': {
        const file = fileOf(message);
        return file === undefined ? undefined : saveAs(blobUrl(file.blob, event), file.name);
      }
      case 'forward': return setSheet({ kind: 'forward', seqs: [seq] });
      case 'select': return setChosen(new Set([seq]));
      case 'edit': case 'history': return setSheet({ kind: act, item });
      case 'readers': return setSheet({ kind: 'readers', seq });
      case 'pin': case 'unpin':
        return run(stream, { type: 'room.pin_message', body: { seq, on: act === 'pin' } });
      case 'recall': return run(stream, { type: 'room.recall_message', body: { seq } });
      case 'open': return run(stream, { type: 'room.open_message', body: { seq } });
      case 'hide':
        modal.confirm({
          title: t('chat.hide'), content: t('chat.hideSure'), okText: t('app.ok'), cancelText: t('app.cancel'),
          onOk: () => report(() => model.hide(stream, seq)),
        });
        return undefined;
      default: return undefined;
    }
  }, [model, stream, i18n, t, toast, modal, report, onReply, beyond]);

  const onReact = useCallback((seq: number, emoji: string, on: boolean) => {
    void report(() => model.run(stream, { type: 'room.react', body: { seq, emoji, on } }));
  }, [model, stream, report]);
  const onChoose = useCallback((seq: number) => setChosen((now) => {
    const next = new Set(now);
    if (!next.delete(seq)) next.add(seq);
    return next;
  }), []);
  const actions = useMemo<Omit<RowActions, 'onMenu'>>(
    () => ({ onAct, onReact, onChoose, onOpen: setSheet, onJump }), [onAct, onReact, onChoose, onJump],
  );
  return { actions, sheet, setSheet, chosen, setChosen };
}

/** The browser asks where to, or puts it where downloads go. */
function saveAs(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
