// The small dialogs of the composer: a link, a name card, the readers of a whisper.

import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import type { RenderPicker } from '../../../kit/picker';
import { PersonLine } from '../../../kit/pieces';
import Checkbox from 'antd/es/checkbox';
import type { AccountId, Part, RoomMember } from '../../../wire/generated';
import type { Links } from '../links';
import { LinkLines } from '../parts/LinkLines';
import { linkPart, useLinkOffer } from './LinkOffer';

const WEB = /^https?:\/\/[^\s@/]+/iu;

/** Only the address: what stands on the card is read there by the hub. */
export function LinkDialog({ links, onSend, onClose }: {
  links: Links; onSend: (part: Part) => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const url = typed.trim();
  const { card } = useLinkOffer(links, url);

  function send() {
    if (!WEB.test(url)) return setWrong(t('weblink.needUrl'));
    onSend(card === null ? { kind: 'link', url, title: '', summary: '' } : linkPart(card));
    onClose();
  }
  return (
    <Modal open centered title={t('weblink.title')} okText={t('chat.send')} cancelText={t('app.cancel')} onOk={send} onCancel={onClose}>
      <label className="field">
        <span>{t('weblink.url')}</span>
        <Input type="url" dir="ltr" autoFocus value={typed} maxLength={2_048} onChange={(event) => setTyped(event.target.value)} onPressEnter={send} />
      </label>
      <div aria-live="polite">{card !== null && <div className="part-link link-shown"><LinkLines {...card} /></div>}</div>
      <p className="wrong" role="alert">{wrong}</p>
    </Modal>
  );
}

export function CardDialog({ picker, onSend, onClose }: {
  picker: RenderPicker; onSend: (part: Part) => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const [chosen, setChosen] = useState<AccountId[]>([]);
  return (
    <Modal
      open
      centered
      title={t('card.title')}
      okText={t('chat.send')}
      cancelText={t('app.cancel')}
      okButtonProps={{ disabled: chosen.length !== 1 }}
      onOk={() => {
        onSend({ kind: 'card', account: chosen[0]! });
        onClose();
      }}
      onCancel={onClose}
    >
      <p className="soft">{t('card.one')}</p>
      {picker(chosen, [], (next) => setChosen(next.slice(-1)))}
    </Modal>
  );
}

export function WhisperDialog({ members, me, chosen, onChoose, onClose }: {
  members: readonly RoomMember[]; me: AccountId; chosen: readonly AccountId[];
  onChoose: (chosen: AccountId[]) => void; onClose: () => void;
}) {
  const { t } = useI18n();
  const [now, setNow] = useState<readonly AccountId[]>(chosen);
  const [query, setQuery] = useState('');
  const words = query.trim().toLowerCase();
  const shown = members.filter(({ account, card }) => account !== me && (words === ''
    || [card.names.zh, card.names.ug, card.names.en, card.username].join(' ').toLowerCase().includes(words)));
  return (
    <Modal
      open
      centered
      title={t('whisper.title')}
      okText={t('app.ok')}
      cancelText={t('app.cancel')}
      onOk={() => {
        onChoose([...now]);
        onClose();
      }}
      onCancel={onClose}
    >
      <p className="soft">{t('whisper.lead')}</p>
      <div className="picker">
        <Input type="search" allowClear value={query} placeholder={t('people.search')} aria-label={t('people.search')} onChange={(event) => setQuery(event.target.value)} />
        <p className="soft small" aria-live="polite">{t('people.chosen', { n: now.length })}</p>
        <ul className="plain picker-list" tabIndex={0} aria-label={t('group.members')}>
          {shown.map(({ account, card }) => (
            <li key={account}>
              <Checkbox
                className="line line-check"
                checked={now.includes(account)}
                onChange={(event) => setNow(event.target.checked ? [...now, account] : now.filter((one) => one !== account))}
              >
                <span className="line-inner"><PersonLine card={card} /></span>
              </Checkbox>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}
