// Choosing a picture of oneself: moved and enlarged under a square, by pointer or by keys.

import Button from 'antd/es/button';
import Modal from 'antd/es/modal';
import Slider from 'antd/es/slider';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { useReport } from '../../kit/useReport';
import type { MeModel } from './me';

/** What is stored; faces are shown smaller. */
const SIDE = 320;
const SHOWN = 240;
const STEP = 8;

/** Where the square lies: the middle of what it shows, as shares of the picture. */
type Place = { zoom: number; x: number; y: number };

/** Draws the part of the picture under the square. */
function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, { zoom, x, y }: Place): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const side = Math.min(picture.width, picture.height) / zoom;
  const left = x * picture.width - side / 2;
  const top = y * picture.height - side / 2;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
}

/** The square stays within the picture. */
function within(place: Place, picture: ImageBitmap): Place {
  const side = Math.min(picture.width, picture.height) / place.zoom / 2;
  const clamp = (share: number, length: number) => Math.min(1 - side / length, Math.max(side / length, share));
  return { ...place, x: clamp(place.x, picture.width), y: clamp(place.y, picture.height) };
}

export function AvatarDialog({ model, picture, onClose }: { model: MeModel; picture: ImageBitmap; onClose: () => void }) {
  const { t } = useI18n();
  const report = useReport();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [place, setPlace] = useState<Place>({ zoom: 1, x: 0.5, y: 0.5 });
  const [busy, setBusy] = useState(false);
  const held = useRef<{ x: number; y: number } | null>(null);

  useEffect(() => { if (canvas.current !== null) draw(canvas.current, picture, place); }, [picture, place]);

  function move(right: number, down: number) {
    setPlace((now) => {
      const side = Math.min(picture.width, picture.height) / now.zoom;
      return within({ ...now, x: now.x - (right / SHOWN) * side / picture.width, y: now.y - (down / SHOWN) * side / picture.height }, picture);
    });
  }
  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(...step);
  }
  function onPointerMove(event: PointerEvent) {
    if (held.current === null) return;
    move(event.clientX - held.current.x, event.clientY - held.current.y);
    held.current = { x: event.clientX, y: event.clientY };
  }
  async function save() {
    setBusy(true);
    const done = await report(async () => {
      const blob = await new Promise<Blob | null>((resolve) => { canvas.current!.toBlob(resolve, 'image/jpeg', 0.88); });
      if (blob !== null) await model.setAvatar(blob);
    });
    setBusy(false);
    if (done) onClose();
  }

  return (
    <Modal
      open
      centered
      width="20rem"
      title={t('me.avatar')}
      onCancel={onClose}
      footer={[
        <Button key="no" onClick={onClose}>{t('app.cancel')}</Button>,
        <Button key="yes" type="primary" loading={busy} onClick={() => void save()}>{t('app.save')}</Button>,
      ]}
    >
      <p className="soft small">{t('me.avatar.hint')}</p>
      <canvas
        ref={canvas}
        className="avatar-crop"
        width={SIDE}
        height={SIDE}
        style={{ width: SHOWN, height: SHOWN }}
        tabIndex={0}
        role="img"
        aria-label={t('me.avatar.part')}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          held.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => { held.current = null; }}
      />
      <Slider
        min={1}
        max={4}
        step={0.05}
        value={place.zoom}
        ariaLabelForHandle={t('me.avatar.zoom')}
        tooltip={{ open: false }}
        onChange={(zoom) => setPlace((now) => within({ ...now, zoom }, picture))}
      />
    </Modal>
  );
}
