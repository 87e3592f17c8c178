// What opens over the conversation for one message or several.

import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { type ReactNode, useState } from 'react';
import { useI18n } from '../../../i18n';
import { OwnFields } from '../../../kit/OwnFields';
import { Face } from '../../../kit/pieces';
import { useReport } from '../../../kit/useReport';
import { useObservable } from '../../../kit/useObservable';
import { fullTime } from '../../../kit/time';
import { MESSAGE_CHARS_MAX, type AccountId, type Conversation } from '../../../wire/generated';
import type { RoomModel } from '../model';
import { blobUrl } from '../parts/files';
import { type Opened, PartView } from '../parts/PartView';
import type { RowItem } from '../rows';
import { personName } from '../words';
import { ForwardDialog } from './ForwardDialog';
import { ReadersSheet } from './ReadersSheet';
import { Watermark } from './Watermark';

export type Sheet =
  | Opened
  | { kind: 'edit'; item: RowItem }
  | { kind: 'history'; item: RowItem }
  | { kind: 'readers'; seq: number }
  | { kind: 'forward'; seqs: readonly number[] };

type Props = {
  model: RoomModel; conversation: Conversation; sheet: Sheet;
  onClose: () => void; onSheet: (sheet: Sheet) => void; onMessage: (account: AccountId) => void; onForwarded: () => void;
};

export function Sheets(props: Props) {
  const { sheet, model, conversation, onClose } = props;
  switch (sheet.kind) {
    case 'image': return <ImageSheet opened={sheet} onClose={onClose} />;
    case 'card': return <CardSheet {...props} account={sheet.account} />;
    case 'forwarded': return <ForwardedSheet {...props} opened={sheet} />;
    case 'edit': return <EditSheet {...props} item={sheet.item} />;
    case 'history': return <HistorySheet item={sheet.item} onClose={onClose} />;
    case 'readers':
      return <ReadersSheet model={model} stream={conversation.stream} seq={sheet.seq} onClose={onClose} />;
    case 'forward':
      return <ForwardDialog model={model} conversation={conversation} seqs={sheet.seqs} onClose={onClose} onDone={props.onForwarded} />;
    default: return null;
  }
}

function ImageSheet({ opened, onClose }: { opened: Extract<Opened, { kind: 'image' }>; onClose: () => void }) {
  const { t } = useI18n();
  const url = blobUrl(opened.file.blob, opened.place);
  return (
    <Modal
      open
      centered
      width="min(96vw, 75rem)"
      title={<bdi>{opened.file.name}</bdi>}
      onCancel={onClose}
      footer={<Button href={url} download={opened.file.name}>{t('file.save')}</Button>}
    >
      <img className="preview" src={url} alt={opened.file.name} />
    </Modal>
  );
}

function CardSheet({ model, account, onClose, onMessage }: Props & { account: AccountId }) {
  const { t, name } = useI18n();
  const known = useObservable(model.cards.all);
  const card = known.get(account);
  const viewer = known.get(model.me);
  const facts: [string, ReactNode][] = card === undefined ? [] : [
    [t('card.unit'), name(card.unit_names)],
    [t('card.post'), card.post],
    [t('me.phone'), card.phone === undefined ? '' : <bdi dir="ltr">{card.phone}</bdi>],
  ];
  return (
    <Modal open centered title={t('card.label')} onCancel={onClose} footer={account === model.me ? null : (
      <Button type="primary" onClick={() => onMessage(account)}>{t('people.message')}</Button>
    )}>
      {card !== undefined && (
        <div className="card-sheet">
          <span className="line-inner">
            <Face id={account} name={name(card.names)} large />
            <strong><bdi>{name(card.names)}</bdi></strong>
          </span>
          <dl className="facts">
            {facts.map(([label, value]) => (value === '' ? null : [<dt key={label}>{label}</dt>, <dd key={`${label} `}>{value}</dd>]))}
            <OwnFields http={model.http} account={account} />
          </dl>
          <Watermark text={viewer === undefined ? '' : `${name(viewer.names)} ${viewer.username}`} />
        </div>
      )}
    </Modal>
  );
}

function ForwardedSheet({ model, opened, onClose, onSheet }: Props & { opened: Extract<Opened, { kind: 'forwarded' }> }) {
  const i18n = useI18n();
  useObservable(model.cards.all);
  return (
    <Modal open centered title={<bdi>{opened.part.title}</bdi>} onCancel={onClose} footer={null}>
      <ul className="plain forwarded">
        {opened.part.messages.map((one, at) => {
          const by = personName(one.by, model.cards, model.me, i18n);
          return (
            <li key={at} className="msg">
              <Face id={one.by ?? ''} name={by} />
              <div className="msg-body">
                <span className="msg-name"><bdi>{by}</bdi> <time dateTime={new Date(one.at).toISOString()}>{fullTime(one.at, i18n)}</time></span>
                {one.part !== undefined && <PartView part={one.part} place={opened.place} cards={model.cards} onOpen={onSheet} />}
                {one.text !== '' && <div className="msg-text" dir="auto">{one.text}</div>}
              </div>
            </li>
          );
        })}
      </ul>
    </Modal>
  );
}

function EditSheet({ model, conversation, item, onClose }: Props & { item: RowItem }) {
  const { t } = useI18n();
  const report = useReport();
  const before = item.notes.edits.at(-1)?.text ?? item.message?.text ?? '';
  const [text, setText] = useState(before);
  const [busy, setBusy] = useState(false);
  const trimmed = text.trim();
  async function save() {
    setBusy(true);
    const done = await report(() => model.run(conversation.stream, {
      type: 'room.edit_message', body: { seq: item.seq, text: trimmed },
    }));
    setBusy(false);
    if (done) onClose();
  }
  return (
    <Modal
      open
      centered
      title={t('chat.edit')}
      okText={t('app.save')}
      cancelText={t('app.cancel')}
      confirmLoading={busy}
      okButtonProps={{ disabled: trimmed === '' || trimmed === before }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <Input.TextArea
        autoFocus
        dir="auto"
        value={text}
        autoSize={{ minRows: 2, maxRows: 12 }}
        maxLength={MESSAGE_CHARS_MAX}
        aria-label={t('chat.edit')}
        onChange={(event) => setText(event.target.value)}
      />
    </Modal>
  );
}

function HistorySheet({ item, onClose }: { item: RowItem; onClose: () => void }) {
  const i18n = useI18n();
  const { event, message, notes } = item;
  const texts = [{ text: message?.text ?? '', at: event?.at ?? 0 }, ...notes.edits];
  return (
    <Modal open centered title={i18n.t('chat.history')} onCancel={onClose} footer={null}>
      <ol className="plain edits">
        {texts.map((one, at) => (
          <li key={at}>
            <span className="soft small">
              {at === 0 ? i18n.t('chat.history.first') : i18n.t('chat.edited')} · <time dateTime={new Date(one.at).toISOString()}>{fullTime(one.at, i18n)}</time>
            </span>
            <div className="msg-text" dir="auto">{one.text}</div>
          </li>
        ))}
      </ol>
    </Modal>
  );
}
