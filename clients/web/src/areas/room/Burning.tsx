// A message that burns: covered until its reader opens it, then counted down.

import FireOutlined from '@ant-design/icons/es/icons/FireOutlined';
import Button from 'antd/es/button';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '../../i18n';

const TICK = 250;

export function Burning({ mine, burnsAt, skew, onOpen, children }: {
  mine: boolean; burnsAt: number | null;
  /** The hub's clock minus this one's. */
  skew: number;
  onOpen: () => void; children: ReactNode;
}) {
  const { t } = useI18n();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (burnsAt === null) return undefined;
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, [burnsAt]);

  if (burnsAt === null && !mine) {
    return <Button className="burn-cover" icon={<FireOutlined />} onClick={onOpen}>{t('burn.open')}</Button>;
  }
  const left = burnsAt === null ? null : Math.ceil((burnsAt - now - skew) / 1000);
  // Its time is over here before the hub has said so.
  if (left !== null && left <= 0) return <span className="soft">{t('chat.burnt')}</span>;
  return (
    <>
      {children}
      <span className="burn-left small"><FireOutlined aria-hidden="true" /> {left === null ? t('burn.unopened') : t('burn.left', { n: left })}</span>
    </>
  );
}
