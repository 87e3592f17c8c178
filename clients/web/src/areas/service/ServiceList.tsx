// The services: one's own desks first, then everything one can ask.

import CustomerServiceOutlined from '@ant-design/icons/es/icons/CustomerServiceOutlined';
import PlusOutlined from '@ant-design/icons/es/icons/PlusOutlined';
import Badge from 'antd/es/badge';
import Button from 'antd/es/button';
import { useRef } from 'react';
import { useI18n } from '../../i18n';
import { Nothing } from '../../kit/pieces';
import { useObservable } from '../../kit/useObservable';
import { useRoving } from '../../kit/useRoving';
import type { RoomId, ServiceInfo } from '../../wire/generated';
import type { ServiceModel } from './model';

export function ServiceList({ model, chosen, unread, onDesk, onService, onNew }: {
  model: ServiceModel; chosen: RoomId | null; unread: (service: RoomId) => number;
  onDesk: (service: ServiceInfo) => void; onService: (service: ServiceInfo) => void; onNew: (() => void) | undefined;
}) {
  const { t } = useI18n();
  const services = useObservable(model.services);
  const desks = useObservable(model.desks);
  const list = useRef<HTMLDivElement>(null);
  const rove = useRoving(list);
  const mine = services?.filter((one) => one.agent) ?? [];
  const others = services?.filter((one) => !one.agent) ?? [];
  const first = (mine[0] ?? others[0])?.service;

  const line = (one: ServiceInfo, waiting: number, go: (service: ServiceInfo) => void) => {
    const n = one.agent ? waiting : unread(one.service);
    return (
      <li key={one.service}>
        <button
          type="button"
          className={`line${one.service === chosen ? ' line-current' : ''}`}
          aria-current={one.service === chosen ? 'true' : undefined}
          tabIndex={one.service === (chosen ?? first) ? 0 : -1}
          data-rove=""
          data-service={one.service}
          onClick={() => go(one)}
        >
          <span className="face service-face" aria-hidden="true"><CustomerServiceOutlined /></span>
          <span className="line-body">
            <span className="line-top"><bdi className="line-name">{one.name}</bdi>{one.followed && <span className="rooms-kind">{t('services.followed')}</span>}</span>
            <span className="line-top">
              <span className="line-sub"><bdi className="cut">{t('services.line', { agents: one.agents, waiting })}</bdi></span>
              {n > 0 && (
                <>
                  <Badge count={n} overflowCount={99} aria-hidden="true" />
                  <span className="sr">{t(one.agent ? 'services.badge' : 'desk.unread', { n })}</span>
                </>
              )}
            </span>
          </span>
        </button>
      </li>
    );
  };
  return (
    <>
      <div className="rooms-head">
        <h2>{t('services.title')}</h2>
        {onNew !== undefined && <Button size="small" icon={<PlusOutlined aria-hidden="true" />} onClick={onNew}>{t('services.new')}</Button>}
      </div>
      {services === null && <Nothing>{t('app.loading')}</Nothing>}
      {services?.length === 0 && <Nothing>{t('services.none')}</Nothing>}
      <div className="rooms-list" ref={list} onKeyDown={rove}>
        {mine.length > 0 && (
          <>
            <h3 className="service-part">{t('services.mine')}</h3>
            <ul className="plain">
              {mine.map((one) => line(one, desks.get(one.service)?.open.filter((thread) => thread.agent === undefined).length ?? one.waiting, onDesk))}
            </ul>
          </>
        )}
        {others.length > 0 && (
          <>
            <h3 className="service-part">{t('services.all')}</h3>
            <ul className="plain">{others.map((one) => line(one, one.waiting, onService))}</ul>
          </>
        )}
      </div>
    </>
  );
}
