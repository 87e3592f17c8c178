// Choosing a place: on the sketch, by its city, by numbers, or where one is.

import App from 'antd/es/app';
import Button from 'antd/es/button';
import Input from 'antd/es/input';
import Modal from 'antd/es/modal';
import Select from 'antd/es/select';
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import { TITLE_CHARS_MAX, type Part } from '../../../wire/generated';
import { CITIES, type Point } from '../parts/region';
import { RegionMap } from '../parts/RegionMap';

export function LocationDialog({ onSend, onClose }: { onSend: (part: Part) => void; onClose: () => void }) {
  const { t, language } = useI18n();
  const { message } = App.useApp();
  const [pin, setPin] = useState<Point>({ lat: CITIES[0]!.lat, lon: CITIES[0]!.lon });
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);

  function here() {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => setPin({ lat: coords.latitude, lon: coords.longitude }),
      () => void message.error(t('place.denied')),
      { timeout: 10_000 },
    );
  }

  function send() {
    if (name.trim() === '') return setWrong(t('place.needName'));
    onSend({ kind: 'location', ...pin, name: name.trim(), address: address.trim() });
    onClose();
  }

  const degrees = (axis: 'lat' | 'lon') => (
    <label className="field">
      <span>{t(`place.${axis}`)}</span>
      <Input
        type="number"
        dir="ltr"
        step="0.0001"
        value={pin[axis]}
        min={axis === 'lat' ? -90 : -180}
        max={axis === 'lat' ? 90 : 180}
        onChange={(event) => {
          const next = event.target.valueAsNumber;
          if (Number.isFinite(next)) setPin({ ...pin, [axis]: next });
        }}
      />
    </label>
  );
  return (
    <Modal open centered title={t('place.title')} okText={t('chat.send')} cancelText={t('app.cancel')} onOk={send} onCancel={onClose}>
      <RegionMap label={t('place.map')} pin={pin} onPick={setPin} />
      <div className="field-row place-by">
        <Select
          aria-label={t('place.city')}
          placeholder={t('place.city')}
          options={CITIES.map((city) => ({ value: city.zh, label: city[language] }))}
          onChange={(zh: string) => {
            const city = CITIES.find((one) => one.zh === zh);
            if (city !== undefined) setPin({ lat: city.lat, lon: city.lon });
          }}
        />
        <Button onClick={here}>{t('place.here')}</Button>
      </div>
      <div className="field-row">{degrees('lat')}{degrees('lon')}</div>
      <label className="field">
        <span>{t('place.name')}</span>
        <Input value={name} dir="auto" maxLength={TITLE_CHARS_MAX} onChange={(event) => setName(event.target.value)} />
      </label>
      <p className="wrong" role="alert">{wrong}</p>
      <label className="field">
        <span>{t('place.address')}</span>
        <Input value={address} dir="auto" maxLength={TITLE_CHARS_MAX} onChange={(event) => setAddress(event.target.value)} />
      </label>
    </Modal>
  );
}
