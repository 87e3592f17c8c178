// Where a message is written. Enter sends and Shift+Enter breaks the line, but never while
// an input method is still composing: pinyin is confirmed with Enter.

import SendOutlined from '@ant-design/icons/es/icons/SendOutlined';
import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { type DragEvent, type KeyboardEvent, Suspense, lazy, useEffect, useRef, useState } from 'react';
import { useI18n } from '../../../i18n';
import type { RenderPicker } from '../../../kit/picker';
import { useObservable } from '../../../kit/useObservable';
import { MESSAGE_CHARS_MAX, type AccountId, type CannedAnswer, type Conversation, type Part } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { personName } from '../words';
import { filesOf, named } from './files';
import { AnswerList } from './AnswerList';
import { BurnBar, NoteBar, ReplyBar, type ReplyTo, UrgentManner, WhisperBar } from './Manners';
import { partOf } from './measure';
import { LinkOffer, linkPart, useLinkOffer } from './LinkOffer';
import { MentionList } from './MentionList';
import { type Recorded, endingOf } from './recording';
import { type Tool, Tools } from './Tools';
import { useAnswers } from './useAnswers';
import { useCaret } from './useCaret';
import { useManner } from './useManner';
import { useMentions } from './useMentions';

const Recorder = lazy(() => import('./Recorder').then((m) => ({ default: m.Recorder })));
const Dialogs = lazy(() => import('./OpenDialog').then((m) => ({ default: m.OpenDialog })));

const NAMED_MAX = 6;

export function Composer({ model, conversation, reply, picker, answers, notes, onMail, onReplyDone, onSent }: {
  model: RoomModel; conversation: Conversation; reply: ReplyTo | null; picker: RenderPicker;
  answers: readonly CannedAnswer[]; notes: { readers: readonly AccountId[]; only: boolean } | null;
  onMail: () => void; onReplyDone: () => void; onSent: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { stream } = conversation;
  const { message: toast } = App.useApp();
  const [text, setText] = useState(() => model.drafts.get(stream));
  const [dialog, setDialog] = useState<Tool | null>(null);
  const [over, setOver] = useState(false);
  const area = useRef<TextAreaRef>(null);
  const { manner, visibleTo, setWhisper, burn, setBurn, toggleBurn, urgent, toggleUrgent, calm } = useManner(reply);
  const mentions = useMentions(model, stream, text, area, write);
  const place = useCaret(area);
  const ready = useAnswers(answers, text, write);
  const link = useLinkOffer(model.links, text);
  useObservable(model.cards.all);
  const direct = conversation.kind === 'direct';

  useEffect(() => {
    // Who only looks at a thread writes to colleagues or not at all.
    setWhisper(notes?.only === true ? notes.readers : []);
  }, [notes?.only, notes?.readers.join()]);
  useEffect(() => {
    if (reply !== null) area.current?.focus();
  }, [reply]);
  useEffect(() => {
    if (matchMedia('(min-width: 768px)').matches) area.current?.focus();
  }, [stream]);

  function write(next: string) {
    setText(next);
    model.drafts.write(stream, next);
    // Colleagues' notes are not the asker's to notice.
    if (next.trim() !== '' && (notes === null || visibleTo.length === 0)) model.attention.type(stream);
  }

  function done() {
    model.attention.sent();
    calm();
    onReplyDone();
    onSent();
    area.current?.focus();
  }

  function send() {
    const trimmed = text.trim();
    if (trimmed === '') return;
    const called = mentions.take(trimmed);
    model.sending.send(stream, {
      // An address alone is its card.
      text: trimmed === link.card?.url ? '' : trimmed, ...manner,
      ...(link.card === null ? {} : { part: linkPart(link.card) }),
      ...(called.mentions.length === 0 ? {} : { mentions: called.mentions }),
      ...(called.all && visibleTo.length === 0 ? { mention_all: true } : {}),
    });
    setText('');
    model.drafts.write(stream, '');
    done();
  }

  function sendPart(part: Part) {
    model.sending.send(stream, { text: '', part, ...manner });
    done();
  }

  async function sendFiles(files: readonly File[], asDocument: boolean) {
    for (const file of files) {
      const one = named(file, new Date());
      try {
        model.sending.attach(stream, one, await partOf(one, asDocument), manner);
      } catch {
        void toast.error(t('image.unreadable'));
      }
    }
    if (files.length > 0) done();
  }

  function sendVoice({ blob, ms, levels }: Recorded) {
    const source = new File([blob], `voice-${Date.now()}.${endingOf(blob.type)}`, { type: blob.type });
    model.sending.attach(stream, source, (file) => ({ kind: 'voice', file, ms, levels }), manner);
    done();
  }

  function onKeyDown(event: KeyboardEvent) {
    // 229: an older browser's way to say that the input method has the key.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (mentions.onKeyDown(event) || ready.onKeyDown(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && reply !== null) {
      onReplyDone();
    }
  }

  function insert(emoji: string) {
    const field = area.current?.resizableTextArea?.textArea;
    const at = field?.selectionStart ?? text.length;
    write(text.slice(0, at) + emoji + text.slice(field?.selectionEnd ?? at));
    place(at + emoji.length);
  }

  function onTool(tool: Tool) {
    if (tool === 'burn') toggleBurn();
    else if (tool === 'urgent') toggleUrgent();
    else if (tool === 'mail') onMail();
    else if (tool === 'note') setWhisper(visibleTo.length > 0 ? [] : notes?.readers ?? []);
    else setDialog(tool);
  }

  const dropping = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      void sendFiles(filesOf(event.dataTransfer), false);
    },
  };
  const open = mentions.list.length > 0;
  const names = visibleTo.slice(0, NAMED_MAX).map((one) => personName(one, model.cards, model.me, i18n)).join('、');
  return (
    <div className={`composer${over ? ' composer-over' : ''}`} {...dropping}>
      {over && <p className="composer-drop" aria-hidden="true">{t('tool.drop')}</p>}
      {reply !== null && <ReplyBar reply={reply} onCancel={onReplyDone} />}
      {visibleTo.length > 0 && notes !== null && <NoteBar {...(notes.only ? {} : { onCancel: () => setWhisper([]) })} />}
      {visibleTo.length > 0 && notes === null && (
        <WhisperBar
          names={visibleTo.length > NAMED_MAX ? `${names}…` : names}
          onChange={() => setDialog('whisper')}
          onCancel={() => {
            setWhisper([]);
            if (reply?.visibleTo !== undefined) onReplyDone();
          }}
        />
      )}
      {burn !== null && <BurnBar ms={burn} onChange={setBurn} onCancel={toggleBurn} />}
      {urgent && <UrgentManner onCancel={toggleUrgent} />}
      {link.card !== null && <LinkOffer card={link.card} onClose={link.close} />}
      {open && <MentionList id="mentions" list={mentions.list} current={mentions.current} onChoose={mentions.choose} />}
      {ready.list.length > 0 && <AnswerList id="answers" list={ready.list} current={ready.current} onChoose={ready.choose} />}
      {dialog === 'voice' ? (
        <Suspense>
          <Recorder onDone={sendVoice} onEnd={() => setDialog(null)} onFailed={() => void toast.error(t('voice.denied'))} />
        </Suspense>
      ) : (
        <div className="composer-row">
          <Input.TextArea
            ref={area}
            value={text}
            dir="auto"
            autoSize={{ minRows: 1, maxRows: 8 }}
            maxLength={MESSAGE_CHARS_MAX}
            placeholder={t(notes?.only === true ? 'note.only' : 'chat.write')}
            aria-label={t('chat.write')}
            aria-describedby="composer-hint"
            aria-autocomplete="list"
            {...(ready.list.length > 0 ? { 'aria-controls': 'answers', 'aria-activedescendant': `answers-${ready.current}` } : {})}
            {...(open ? { 'aria-controls': 'mentions', 'aria-activedescendant': `mentions-${mentions.current}` } : {})}
            onChange={(event) => {
              mentions.moved(event.target.selectionStart);
              write(event.target.value);
            }}
            onSelect={(event) => mentions.moved(event.currentTarget.selectionStart)}
            onPaste={(event) => {
              const files = filesOf(event.clipboardData);
              if (files.length === 0) return;
              event.preventDefault();
              void sendFiles(files, false);
            }}
            onKeyDown={onKeyDown}
          />
          <Button type="primary" icon={<SendOutlined className="flip" />} disabled={text.trim() === ''} onClick={send}>
            {t('chat.send')}
          </Button>
        </div>
      )}
      <Tools
        secret={direct ? 'burn' : conversation.kind !== 'service' ? 'whisper' : notes !== null && notes.readers.length > 0 && !notes.only ? 'note' : null}
        on={new Set<Tool>([
          ...(visibleTo.length > 0 ? ['whisper' as const, 'note' as const] : []), ...(burn === null ? [] : ['burn' as const]),
          ...(urgent ? ['urgent' as const] : []),
        ])}
        onEmoji={insert}
        onFiles={(files, asDocument) => void sendFiles(files, asDocument)}
        onTool={onTool}
        extra={<span className="composer-hint small soft" id="composer-hint">{t('chat.hint')}</span>}
      />
      {dialog !== null && dialog !== 'voice' && (
        <Suspense>
          <Dialogs
            model={model}
            stream={stream}
            tool={dialog}
            picker={picker}
            whisper={visibleTo}
            onWhisper={setWhisper}
            onSend={sendPart}
            onClose={() => setDialog(null)}
          />
        </Suspense>
      )}
    </div>
  );
}
