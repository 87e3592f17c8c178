// One member, and what those who answer for the group may do.

import MoreOutlined from '@ant-design/icons/es/icons/MoreOutlined';
import Button from 'antd/es/button';
import Dropdown from 'antd/es/dropdown';
import Tag from 'antd/es/tag';
import { useI18n } from '../../../i18n';
import { PersonLine } from '../../../kit/pieces';
import type { AccountId, MemberRole, RoomCommand, RoomMember } from '../../../wire/generated';

const HOUR = 3_600_000;

type Do = { label: string; command: RoomCommand; sure?: string; danger?: boolean };

export function MemberRow({ member, number, me, mine, onRun, onSure }: {
  member: RoomMember;
  /** At a desk: the agent's. */
  number?: string | undefined; me: AccountId; mine: MemberRole;
  onRun: (command: RoomCommand) => void; onSure: (content: string, command: RoomCommand) => void;
}) {
  const { t, name } = useI18n();
  const { account, role, card } = member;
  const who = name(card.names);
  const owner = mine === 'owner';
  const over = account !== me && (owner || (mine === 'admin' && role === 'member'));
  const list: Do[] = [];
  if (over && owner) {
    const next = role === 'admin' ? 'member' : 'admin';
    list.push({
      label: t(next === 'member' ? 'group.makeMember' : 'group.makeAdmin'),
      command: { type: 'room.set_member_role', body: { account, role: next } },
    }, {
      label: t('group.transfer'),
      command: { type: 'room.transfer_owner', body: { account } },
      sure: t('group.transferSure', { name: who }),
    });
  }
  if (over && role === 'member') {
    const mute = (until?: number): RoomCommand => ({
      type: 'room.mute_member', body: { account, ...(until === undefined ? {} : { until }) },
    });
    list.push(
      { label: t('group.mute'), command: mute(Date.now() + HOUR) },
      { label: t('group.muteDay'), command: mute(Date.now() + 24 * HOUR) },
      { label: t('group.unmute'), command: mute() },
    );
  }
  if (over) {
    list.push({
      label: t('group.remove'),
      command: { type: 'room.remove_member', body: { account } },
      sure: t('group.removeSure', { name: who }),
      danger: true,
    });
  }
  return (
    <li className="line line-static member">
      <PersonLine card={card} extra={(
        <>
          {number !== undefined && <Tag variant="outlined">{t('agent.tag', { n: number })}</Tag>}
          {role !== 'member' && <Tag variant="outlined">{t(`role.${role}`)}</Tag>}
        </>
      )} />
      {list.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: list.map(({ label, danger }, key) => ({ key, label, danger: danger === true })),
            onClick: ({ key }) => {
              const { command, sure } = list[Number(key)]!;
              if (sure === undefined) onRun(command);
              else onSure(sure, command);
            },
          }}
        >
          <Button className="member-menu" type="text" icon={<MoreOutlined />} aria-label={t('group.memberMenu', { name: who })} aria-haspopup="menu" />
        </Dropdown>
      )}
    </li>
  );
}
