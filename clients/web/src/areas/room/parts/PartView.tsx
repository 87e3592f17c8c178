// What a message holds beside its text, whatever it is.

import FileOutlined from '@ant-design/icons/es/icons/FileOutlined';
import MailOutlined from '@ant-design/icons/es/icons/MailOutlined';
import MessageOutlined from '@ant-design/icons/es/icons/MessageOutlined';
import { useI18n } from '../../../i18n';
import type { Cards } from '../../../kit/cards';
import { Face, PersonLine } from '../../../kit/pieces';
import { useObservable } from '../../../kit/useObservable';
import type { AccountId, FileRef, Part } from '../../../wire/generated';
import { partLine } from '../words';
import { type Place, blobUrl, sizeText } from './files';
import { LinkLines } from './LinkLines';
import { RegionMap } from './RegionMap';
import { VoicePart } from './VoicePart';

/** What is opened over the conversation. */
export type Opened =
  | { kind: 'image'; file: FileRef; place: Place }
  | { kind: 'card'; account: AccountId }
  | { kind: 'forwarded'; part: Extract<Part, { kind: 'forwarded' }>; place: Place };

type Props = { part: Part; place: Place; cards: Cards; onOpen: (opened: Opened) => void };

export function PartView({ part, place, cards, onOpen }: Props) {
  const { t } = useI18n();
  switch (part.kind) {
    case 'image':
      return (
        <button
          type="button"
          className="part-image"
          style={{ aspectRatio: `${part.width} / ${part.height}` }}
          aria-label={t('image.open', { name: part.file.name })}
          onClick={() => onOpen({ kind: 'image', file: part.file, place })}
        >
          <img src={blobUrl(part.file.blob, place, true)} alt="" loading="lazy" draggable={false} />
        </button>
      );
    case 'voice':
      return <VoicePart src={blobUrl(part.file.blob, place)} ms={part.ms} levels={part.levels} />;
    case 'video':
      return (
        <video
          className="part-video"
          style={{ aspectRatio: `${part.width} / ${part.height}` }}
          controls
          preload="metadata"
          src={blobUrl(part.file.blob, place)}
          aria-label={part.file.name}
        />
      );
    case 'document':
      return <FileLine file={part.file} place={place} />;
    case 'location':
      return (
        <div className="part-place">
          <RegionMap label={t('place.shown', { name: part.name })} pin={part} />
          <strong dir="auto">{part.name}</strong>
          {part.address !== '' && <span className="soft small" dir="auto">{part.address}</span>}
          <span className="soft small" dir="ltr">{part.lat.toFixed(4)}, {part.lon.toFixed(4)}</span>
        </div>
      );
    case 'card':
      return <CardPart part={part} cards={cards} onOpen={onOpen} />;
    case 'link':
      return (
        <a className="part-link" href={part.url} target="_blank" rel="noopener noreferrer">
          <LinkLines {...part} />
        </a>
      );
    case 'forwarded':
      return (
        <button type="button" className="part-forwarded" aria-label={t('forward.open', { name: part.title })} onClick={() => onOpen({ kind: 'forwarded', part, place })}>
          <strong dir="auto"><MessageOutlined aria-hidden="true" /> {part.title}</strong>
          <ForwardedLines part={part} cards={cards} />
          <span className="soft small">{t('forward.count', { n: part.messages.length })}</span>
        </button>
      );
    case 'mail':
      return (
        <div className="part-mail">
          <strong dir="auto"><MailOutlined aria-hidden="true" /> {part.subject}</strong>
          {part.attachments.map((file) => <FileLine key={file.blob} file={file} place={place} />)}
        </div>
      );
    default:
      part satisfies never;
      return null;
  }
}

export function FileLine({ file, place }: { file: FileRef; place: Place }) {
  const { t } = useI18n();
  return (
    <a className="part-file" href={blobUrl(file.blob, place)} download={file.name} aria-label={t('file.download', { name: file.name })}>
      <FileOutlined aria-hidden="true" />
      <span className="part-file-name"><bdi>{file.name}</bdi><span className="soft small" dir="ltr">{sizeText(file)}</span></span>
    </a>
  );
}

/** Whoever may not see the person reads the name that came with the card, and opens nothing. */
function CardPart({ part, cards, onOpen }: { part: Extract<Part, { kind: 'card' }>; cards: Cards; onOpen: (opened: Opened) => void }) {
  const { t, name } = useI18n();
  const { account, names } = part;
  const card = useObservable(cards.all).get(account);
  if (card === undefined) {
    if (names === undefined) return <span className="soft">{t('part.card')}</span>;
    return (
      <span className="part-card">
        <span className="line-inner">
          <Face id={account} name={name(names)} />
          <span className="line-body"><bdi className="line-name">{name(names)}</bdi></span>
        </span>
        <span className="soft small">{t('card.label')}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      className="part-card"
      aria-label={t('card.open', { name: name(card.names) })}
      onClick={() => onOpen({ kind: 'card', account })}
    >
      <span className="line-inner"><PersonLine card={card} /></span>
      <span className="soft small">{t('card.label')}</span>
    </button>
  );
}

const SHOWN = 4;

function ForwardedLines({ part, cards }: { part: Extract<Part, { kind: 'forwarded' }>; cards: Cards }) {
  const i18n = useI18n();
  useObservable(cards.all);
  return (
    <>
      {part.messages.slice(0, SHOWN).map((one, at) => {
        const card = one.by === undefined ? undefined : cards.get(one.by);
        return (
          <span key={at} className="soft small part-line" dir="auto">
            <bdi>{card === undefined ? i18n.t('chat.someone') : i18n.name(card.names)}</bdi>{': '}
            <bdi>{one.text || (one.part === undefined ? '' : partLine(one.part, i18n))}</bdi>
          </span>
        );
      })}
    </>
  );
}
