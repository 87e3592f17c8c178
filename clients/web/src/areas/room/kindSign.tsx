// What stands for a conversation that is not with people: a task's, an application's, one's own.

import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined';
import FolderOpenOutlined from '@ant-design/icons/es/icons/FolderOpenOutlined';
import ScheduleOutlined from '@ant-design/icons/es/icons/ScheduleOutlined';
import type { ReactNode } from 'react';
import type { Conversation } from '../../wire/generated';
import { isAssistant } from './list';

export function signOf(conversation: Conversation): ReactNode {
  if (isAssistant(conversation)) return <FolderOpenOutlined />;
  if (conversation.kind === 'task') return <ScheduleOutlined />;
  return conversation.kind === 'app' ? <AppstoreOutlined /> : undefined;
}
