// One message: whose it is, what it says and holds, what others have said about it.

import AlertOutlined from '@ant-design/icons/es/icons/AlertOutlined';
import LockOutlined from '@ant-design/icons/es/icons/LockOutlined';
import RobotOutlined from '@ant-design/icons/es/icons/RobotOutlined';
import PushpinOutlined from '@ant-design/icons/es/icons/PushpinOutlined';
import Checkbox from 'antd/es/checkbox';
import { useI18n } from '../../i18n';
import { Face } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { clockTime, fullTime } from '../../kit/time';
import type { EventFrame, MessageSent } from '../../wire/generated';
import type { Act, MenuAct } from './acts';
import { Burning } from './Burning';
import { MessageMenu } from './MessageMenu';
import type { RoomModel } from './model';
import type { Notes } from './notes';
import { MessageText } from './parts/MessageText';
import { MailPart } from './parts/MailPart';
import { type Opened, PartView } from './parts/PartView';
import { personName } from './words';

export type Quote = { seq: number; name: string; text: string };

type Props = {
  model: RoomModel; event: EventFrame; message: MessageSent; notes: Notes;
  name: string; unnamed: boolean; mine: boolean; joined: boolean; showName: boolean; pinned: boolean;
  quote: Quote | null;
  /** Chosen or not, while messages are being chosen. */
  chosen: boolean | null;
  acts: () => readonly MenuAct[];
  menuOpen: boolean;
  onMenu: (open: boolean) => void;
  onAct: (act: Act) => void;
  onReact: (emoji: string, on: boolean) => void;
  onChoose: () => void;
  onOpen: (opened: Opened) => void;
  onJump: (seq: number) => void;
};

export function Message(props: Props) {
  const { event, message, notes, name, mine, joined, showName, quote, chosen, pinned } = props;
  const i18n = useI18n();
  const { t } = i18n;
  const whisper = message.visible_to !== undefined && message.visible_to.length > 0;
  const content = message.part?.kind === 'mail' ? (
    <MailPart part={message.part} text={notes.edits.at(-1)?.text ?? message.text} place={event} onOpen={() => props.onAct('mail')} />
  ) : (
    <>
      {message.part !== undefined && (
        <PartView part={message.part} place={event} cards={props.model.cards} onOpen={props.onOpen} />
      )}
      <Words {...props} />
    </>
  );
  return (
    <div className={`msg${mine ? ' msg-mine' : ''}${joined ? ' msg-joined' : ''}${whisper ? ' msg-whisper' : ''}`} data-message={event.seq}>
      {chosen !== null && (
        <Checkbox className="msg-choose" checked={chosen} onChange={props.onChoose} aria-label={t('chat.selectOne', { n: event.seq })} />
      )}
      {!mine && (joined ? <span className="face face-none" /> : <Face id={(props.unnamed ? name : event.by) ?? `hook ${message.hook?.seq ?? ''}`} name={name} />)}
      <div className="msg-body">
        {!mine && showName && !joined
          ? <span className="msg-name"><bdi>{name}</bdi>{message.hook !== undefined && <span className="msg-bot"><RobotOutlined aria-hidden="true" /> {t('chat.bot')}</span>}</span>
          : <span className="sr">{name}</span>}
        {whisper && <Whisper {...props} />}
        {message.urgent === true && (
          <span className="msg-urgent small">
            <AlertOutlined aria-hidden="true" /> {t('urgent.mark')}
            {notes.acknowledged.length > 0 && <> · {t('urgent.acked', { n: notes.acknowledged.length })}</>}
          </span>
        )}
        <div className="msg-row">
          <div className="bubble">
            {quote !== null && (
              <button type="button" className="quote" tabIndex={-1} onClick={() => props.onJump(quote.seq)}>
                <bdi><strong>{quote.name}</strong></bdi> <bdi>{quote.text}</bdi>
              </button>
            )}
            {message.burn_ms === undefined ? content : <Burn {...props}>{content}</Burn>}
          </div>
          <span className="msg-meta">
            {pinned && <PushpinOutlined className="soft" aria-label={t('chat.pins')} />}
            {notes.edits.length > 0 && (
              <button type="button" className="msg-edited" tabIndex={-1} onClick={() => props.onAct('history')}>{t('chat.edited')}</button>
            )}
            <time className="msg-time" dateTime={new Date(event.at).toISOString()} title={fullTime(event.at, i18n)}>
              {clockTime(event.at)}
            </time>
            {mine && !whisper && <ReadCount {...props} />}
            {chosen === null && (
              <MessageMenu
                acts={props.acts}
                open={props.menuOpen}
                onOpen={props.onMenu}
                onAct={props.onAct}
                onReact={(emoji) => props.onReact(emoji, true)}
              />
            )}
          </span>
        </div>
        {notes.reactions.length > 0 && <Reactions {...props} />}
      </div>
    </div>
  );
}

function Words({ message, notes, model }: Props) {
  const text = notes.edits.at(-1)?.text ?? message.text;
  if (text === '') return null;
  return (
    <MessageText
      text={text}
      mentions={message.mentions ?? []}
      all={message.mention_all === true}
      cards={model.cards}
      me={model.me}
    />
  );
}

function Burn({ model, mine, notes, onAct, children }: Props & { children: React.ReactNode }) {
  const skew = useObservable(model.hub.clockSkew);
  return (
    <Burning mine={mine} burnsAt={notes.burnsAt} skew={skew} onOpen={() => onAct('open')}>
      {children}
    </Burning>
  );
}

function Whisper({ model, message, event }: Props) {
  const i18n = useI18n();
  useObservable(model.cards.all);
  // In a thread a whisper is a note among its agents.
  if (model.of(event.stream)?.kind === 'service') {
    return <span className="msg-for small"><LockOutlined aria-hidden="true" /> {i18n.t('note.mark')}</span>;
  }
  const people = [...(message.visible_to ?? []), ...(event.by === undefined ? [] : [event.by])];
  const names = people.map((one) => personName(one, model.cards, model.me, i18n)).join(i18n.language === 'zh' ? '、' : ', ');
  return <span className="msg-for small"><LockOutlined aria-hidden="true" /> <bdi>{i18n.t('whisper.to', { names })}</bdi></span>;
}

function Reactions({ model, notes, onReact }: Props) {
  const i18n = useI18n();
  useObservable(model.cards.all);
  return (
    <ul className="plain reactions" aria-label={i18n.t('chat.reactions')}>
      {notes.reactions.map(({ emoji, by }) => {
        const mine = by.includes(model.me);
        const names = by.slice(0, 20).map((one) => personName(one, model.cards, model.me, i18n)).join(i18n.language === 'zh' ? '、' : ', ');
        const label = `${emoji} ${names}`;
        return (
          <li key={emoji}>
            <button
              type="button"
              className={`reaction${mine ? ' reaction-mine' : ''}`}
              tabIndex={-1}
              aria-pressed={mine}
              aria-label={label}
              title={label}
              onClick={() => onReact(emoji, !mine)}
            >
              {emoji} <span>{by.length}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Live, for the author; the list of names is behind it. */
function ReadCount({ model, event, onAct }: Props) {
  const { t } = useI18n();
  const read = useObservable(model.readCounts).get(event.stream)?.get(event.seq);
  if (read === undefined || read === 0) return null;
  return <button type="button" className="msg-edited msg-read" tabIndex={-1} onClick={() => onAct('readers')}>{t('readers.read', { n: read })}</button>;
}
