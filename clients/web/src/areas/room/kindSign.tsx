// What stands for a conversation that follows something else: a task, an application.

import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined';
import ScheduleOutlined from '@ant-design/icons/es/icons/ScheduleOutlined';
import type { ReactNode } from 'react';
import type { RoomKind } from '../../wire/generated';

export function signOf(kind: RoomKind): ReactNode {
  if (kind === 'task') return <ScheduleOutlined />;
  return kind === 'app' ? <AppstoreOutlined /> : undefined;
}
