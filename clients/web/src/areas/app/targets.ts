// Whom an application is for, as chosen in its form; null while the choice is not complete.

import type { AccountId, Role, Target, UnitId } from '../../wire/generated';

export type UnitChoice = { unit: UnitId; label: string; root: boolean };
export type For = {
  to: Target['to']; units: readonly UnitId[]; roles: readonly Role[]; unit: UnitId | undefined;
  rooms: readonly string[]; accounts: readonly AccountId[];
};

export const ROLES: readonly Role[] = [
  'counter_staff', 'department_staff', 'department_head', 'hall_manager', 'region_admin', 'sign_interpreter', 'leader', 'operator', 'auditor',
];

export function forOf(target: Target, root: UnitId | undefined): For {
  const none: For = { to: target.to, units: [], roles: [], unit: root, rooms: [], accounts: [] };
  switch (target.to) {
    case 'all': return none;
    case 'units': return { ...none, units: target.units };
    case 'roles': return { ...none, roles: target.roles, unit: target.unit };
    case 'rooms': return { ...none, rooms: target.rooms };
    case 'people': return { ...none, accounts: target.accounts };
  }
}

export function targetOf({ to, units, roles, unit, rooms, accounts }: For): Target | null {
  switch (to) {
    case 'all': return { to };
    case 'units': return units.length === 0 ? null : { to, units: [...units] };
    case 'roles': return roles.length === 0 || unit === undefined ? null : { to, roles: [...roles], unit };
    case 'rooms': return rooms.length === 0 ? null : { to, rooms: [...rooms] };
    case 'people': return accounts.length === 0 ? null : { to, accounts: [...accounts] };
  }
}
