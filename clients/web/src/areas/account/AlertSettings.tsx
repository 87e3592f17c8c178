// What tells the person of something new, and when it is quiet: on the account, so on all
// devices at once. Whether this browser may show anything is the browser's own.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Select from 'antd/es/select';
import Switch from 'antd/es/switch';
import { useCallback, useEffect, useState } from 'react';
import { useI18n, type TextKey } from '../../i18n';
import { choose, prefs } from '../../kit/prefs';
import { useObservable } from '../../kit/useObservable';
import { useReport } from '../../kit/useReport';
import type { Alerts, PushDevice, QuietHours } from '../../wire/generated';
import type { MeModel } from './me';
import type { AccountModel } from './model';
import { deviceId, support, turnOff, turnOn } from './push';

const NIGHT: QuietHours = { from: 22 * 60, to: 7 * 60, zone: 'Asia/Shanghai' };
const ZONES = ['Asia/Shanghai', 'Asia/Urumqi'] as const;
type Flag = 'desktop' | 'sound' | 'show_text' | 'urgent_through';

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function minutes(text: string): number | null {
  const [hour, minute] = text.split(':').map(Number);
  return hour === undefined || minute === undefined || Number.isNaN(hour + minute) ? null : hour * 60 + minute;
}

export function AlertSettings({ account, model }: { account: AccountModel; model: MeModel }) {
  const { t } = useI18n();
  const { alerts } = useObservable(prefs);
  const [denied, setDenied] = useState(false);
  const set = (change: Partial<Alerts>) => choose({ alerts: { ...alerts, ...change } });

  async function setDesktop(on: boolean) {
    const refused = on && 'Notification' in window && (await Notification.requestPermission()) !== 'granted';
    setDenied(refused);
    if (!refused) set({ desktop: on });
  }
  function setQuiet(change: Partial<QuietHours>) {
    set({ quiet: { ...(alerts.quiet ?? NIGHT), ...change } });
  }
  const flag = (key: Flag, label: TextKey) => (
    <div className="setting">
      <label htmlFor={`set-${key}`}>{t(label)}</label>
      <Switch
        id={`set-${key}`}
        aria-label={t(label)}
        checked={alerts[key]}
        onChange={(on) => { if (key === 'desktop') void setDesktop(on); else set({ [key]: on }); }}
      />
    </div>
  );
  const time = (key: 'from' | 'to', label: TextKey) => (
    <label className="quiet-time">{t(label)} <input
      className="native"
      type="time"
      required
      value={clock((alerts.quiet ?? NIGHT)[key])}
      onChange={(event) => {
        const at = minutes(event.target.value);
        if (at !== null) setQuiet({ [key]: at });
      }}
    /></label>
  );

  return (
    <section className="card alerts" aria-labelledby="alerts-title">
      <h2 id="alerts-title">{t('alerts.title')}</h2>
      <p className="soft small">{t('alerts.everywhere')}</p>
      {flag('desktop', 'settings.notify')}
      <p className="wrong" role="alert">{denied && t('settings.notify.denied')}</p>
      {flag('sound', 'alerts.sound')}
      {flag('show_text', 'alerts.text')}
      <p className="soft small">{t('alerts.text.hint')}</p>
      <div className="setting">
        <label htmlFor="set-quiet">{t('alerts.quiet')}</label>
        <Switch
          id="set-quiet"
          aria-label={t('alerts.quiet')}
          checked={alerts.quiet !== undefined}
          onChange={(on) => {
            const { quiet: _, ...rest } = alerts;
            choose({ alerts: on ? { ...rest, quiet: NIGHT } : rest });
          }}
        />
      </div>
      {alerts.quiet !== undefined && (
        <>
          <div className="setting quiet">
            {time('from', 'alerts.from')}
            {time('to', 'alerts.to')}
            <Select<QuietHours['zone']>
              aria-label={t('alerts.zone')}
              value={alerts.quiet.zone}
              options={ZONES.map((zone) => ({ value: zone, label: t(`alerts.${zone}`) }))}
              onChange={(zone) => setQuiet({ zone })}
            />
          </div>
          {flag('urgent_through', 'alerts.urgent')}
        </>
      )}
      <PushSetting account={account} model={model} />
    </section>
  );
}

/** Told while no page is open; each device by itself. */
function PushSetting({ account, model }: { account: AccountModel; model: MeModel }) {
  const { t } = useI18n();
  const { message } = App.useApp();
  const report = useReport();
  const me = useObservable(account.me);
  const [devices, setDevices] = useState<readonly PushDevice[]>([]);
  const [busy, setBusy] = useState(false);
  const load = useCallback(() => model.push().then((info) => setDevices(info.devices), () => undefined), [model]);
  useEffect(() => { void load(); }, [load, me]);
  const here = devices.some((one) => one.device === deviceId() && one.session === me.session);
  const may = support();

  async function toggle(on: boolean) {
    setBusy(true);
    try {
      if (on) await turnOn(model, me.session);
      else await turnOff(model);
    } catch {
      void message.warning(t(support() === 'denied' ? 'settings.notify.denied' : 'push.failed'));
    }
    await load();
    setBusy(false);
  }
  const others = devices.filter((one) => one.device !== deviceId());
  return (
    <>
      <div className="setting">
        <label htmlFor="set-push">{t('push.here')}</label>
        <Switch id="set-push" aria-label={t('push.here')} disabled={may !== 'yes'} loading={busy} checked={here} onChange={(on) => void toggle(on)} />
      </div>
      <p className="soft small">{t(may === 'no' ? 'push.unsupported' : may === 'denied' ? 'settings.notify.denied' : 'push.hint')}</p>
      {others.length > 0 && (
        <ul className="plain push-devices" aria-label={t('push.others')}>
          {others.map((one) => (
            <li key={one.device} className="line line-static">
              <span className="line-body"><bdi>{one.name}</bdi></span>
              <Button
                size="small"
                aria-label={t('push.endOf', { name: one.name })}
                onClick={() => void report(async () => {
                  await model.run({ type: 'account.remove_push_device', body: { device: one.device } });
                  await load();
                })}
              >
                {t('push.end')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
