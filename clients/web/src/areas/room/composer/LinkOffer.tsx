// The card of an address that is being written: offered above the field, sent with the message
// unless it is closed.

import CloseOutlined from '@ant-design/icons/es/icons/CloseOutlined';
import Button from 'antd/es/button';
import { useEffect, useMemo, useState } from 'react';
import { useI18n } from '../../../i18n';
import type { LinkCard, Part } from '../../../wire/generated';
import { type Links, linkIn } from '../links';
import { LinkLines } from '../parts/LinkLines';

/** Somebody who types an address is not asked for with every letter of it. */
const PAUSE_MS = 400;

export function useLinkOffer(links: Links, text: string) {
  const url = useMemo(() => linkIn(text), [text]);
  const [card, setCard] = useState<LinkCard | null>(null);
  const [closed, setClosed] = useState<string | null>(null);

  useEffect(() => {
    if (url === null || url === closed) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      void links.card(url).then((found) => { if (!gone) setCard(found); });
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [links, url, closed]);
  const offered = card?.url === url && url !== closed ? card : null;
  return { card: offered, close: () => setClosed(url) };
}

/** What the sender has seen; the hub puts in what it has read itself. */
export function linkPart({ url, title, summary }: LinkCard): Part {
  return { kind: 'link', url, title, summary };
}

export function LinkOffer({ card, onClose }: { card: LinkCard; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <div className="composer-reply link-offer" role="status">
      <span className="link-offer-card"><LinkLines {...card} /></span>
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('weblink.without')} title={t('weblink.without')} onClick={onClose} />
    </div>
  );
}
