// The rail: where one can go, and what waits there.

import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined';
import BellOutlined from '@ant-design/icons/es/icons/BellOutlined';
import CloudOutlined from '@ant-design/icons/es/icons/CloudOutlined';
import ContactsOutlined from '@ant-design/icons/es/icons/ContactsOutlined';
import CustomerServiceOutlined from '@ant-design/icons/es/icons/CustomerServiceOutlined';
import MailOutlined from '@ant-design/icons/es/icons/MailOutlined';
import MessageOutlined from '@ant-design/icons/es/icons/MessageOutlined';
import ScheduleOutlined from '@ant-design/icons/es/icons/ScheduleOutlined';
import UserOutlined from '@ant-design/icons/es/icons/UserOutlined';
import Badge from 'antd/es/badge';
import { type ReactNode, useEffect, useRef } from 'react';
import { type TextKey, useI18n } from '../../i18n';
import { type Place, PLACES, type RailPlace } from './route';

const ICONS: Readonly<Record<RailPlace, ReactNode>> = {
  conversations: <MessageOutlined aria-hidden="true" />,
  mail: <MailOutlined aria-hidden="true" />,
  people: <ContactsOutlined aria-hidden="true" />,
  tasks: <ScheduleOutlined aria-hidden="true" />,
  drive: <CloudOutlined aria-hidden="true" />,
  notices: <BellOutlined aria-hidden="true" />,
  services: <CustomerServiceOutlined aria-hidden="true" />,
  apps: <AppstoreOutlined aria-hidden="true" />,
  me: <UserOutlined aria-hidden="true" />,
};
/** Where a place that the rail does not have belongs. */
const railOf = (place: Place): RailPlace => (place === 'plans' ? 'tasks' : place);
const WAITING: Partial<Record<RailPlace, TextKey>> = { conversations: 'rooms.unread', people: 'contacts.badge', mail: 'mails.badge', tasks: 'plan.badge', notices: 'notices.badge', services: 'services.badge' };

export function Rail({ place, waiting, onGo }: {
  place: Place; waiting: Partial<Record<Place, number>>; onGo: (place: Place) => void;
}) {
  const { t } = useI18n();
  const rail = useRef<HTMLElement>(null);
  // Where long names make the rail wider than a phone, one sees where one is.
  useEffect(() => { rail.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }); }, [place]);
  return (
    <nav className="rail" ref={rail} aria-label={t('nav.label')}>
      {PLACES.map((id) => {
        const n = waiting[id] ?? 0;
        const words = WAITING[id];
        return (
          <button
            key={id}
            type="button"
            className="rail-item"
            data-place={id}
            aria-current={railOf(place) === id ? 'page' : undefined}
            onClick={() => onGo(id)}
          >
            <span className="rail-icon">
              {words === undefined
                ? ICONS[id]
                : <Badge count={n} size="small" overflowCount={99} aria-hidden="true">{ICONS[id]}</Badge>}
            </span>
            <span className="rail-name">{t(`nav.${id}`)}</span>
            {words !== undefined && n > 0 && <span className="sr">{t(words, { n })}</span>}
          </button>
        );
      })}
    </nav>
  );
}
