// What stands for a conversation that is not with people: a task's, an application's, a service's,
// one's own.

import AppstoreOutlined from '@ant-design/icons/es/icons/AppstoreOutlined';
import CustomerServiceOutlined from '@ant-design/icons/es/icons/CustomerServiceOutlined';
import FolderOpenOutlined from '@ant-design/icons/es/icons/FolderOpenOutlined';
import ScheduleOutlined from '@ant-design/icons/es/icons/ScheduleOutlined';
import type { ReactNode } from 'react';
import { appIconUrl } from '../../kit/appIcons';
import type { Conversation } from '../../wire/generated';
import { isAssistant } from './list';

export function signOf(conversation: Conversation): ReactNode {
  if (isAssistant(conversation)) return <FolderOpenOutlined />;
  if (conversation.kind === 'task') return <ScheduleOutlined />;
  if (conversation.kind === 'service' || conversation.kind === 'desk') return <CustomerServiceOutlined />;
  if (conversation.kind !== 'app') return undefined;
  const { app } = conversation;
  if (app?.icon?.kind === 'picture') return <img className="face-picture" src={appIconUrl(app.app, app.icon)} alt="" loading="lazy" />;
  return app?.icon?.kind === 'text' ? <span>{app.icon.text}</span> : <AppstoreOutlined />;
}
