// To-dos and announcements among the conversations: here the two areas meet.

import CarryOutOutlined from '@ant-design/icons/es/icons/CarryOutOutlined';
import NotificationOutlined from '@ant-design/icons/es/icons/NotificationOutlined';
import { useMemo } from 'react';
import { titleOf } from '../../areas/notice/reminders';
import type { OtherRow } from '../../areas/room/list';
import { useI18n } from '../../i18n';
import { useObservable } from '../../kit/useObservable';
import type { Session } from './session';

/** The rows, and how many unread ones those that are not muted hold. */
export function useNoticeRows({ notice }: Session, onNotices: () => void): { rows: readonly OtherRow[]; unread: number } {
  const i18n = useI18n();
  const { t } = i18n;
  const known = useObservable(notice.rows);
  return useMemo(() => ({
    unread: known.reduce((sum, one) => sum + (one.muted ? 0 : one.unread), 0),
    rows: known.filter((one) => !one.hidden).map((one) => ({
      stream: `notices:${one.kind}`,
      name: t(`notices.row.${one.kind}`),
      sign: one.kind === 'todo' ? <CarryOutOutlined /> : <NotificationOutlined />,
      text: titleOf(one, i18n),
      last_at: one.sent_at,
      unread: one.unread,
      pinned: one.pinned,
      muted: one.muted,
      onOpen: () => {
        notice.show(one.kind, 'open');
        onNotices();
      },
      onSet: (set) => notice.setRow(one.kind, set),
    })),
  }), [known, notice, i18n, t, onNotices]);
}
