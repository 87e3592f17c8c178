// To whom a notice goes, as chosen in the dialog; null while the choice is not complete.

import type { AccountId, Role, Target, UnitId } from '../../wire/generated';

export type To = Target['to'];
export type UnitChoice = { unit: UnitId; label: string; root: boolean };
export type Chosen = {
  to: To; units: readonly UnitId[]; roles: readonly Role[]; unit: UnitId | undefined;
  rooms: readonly string[]; accounts: readonly AccountId[];
};

export function targetOf(chosen: Chosen): Target | null {
  switch (chosen.to) {
    case 'all': return { to: 'all' };
    case 'units': return chosen.units.length === 0 ? null : { to: 'units', units: [...chosen.units] };
    case 'roles':
      return chosen.roles.length === 0 || chosen.unit === undefined ? null
        : { to: 'roles', roles: [...chosen.roles], unit: chosen.unit };
    case 'rooms': return chosen.rooms.length === 0 ? null : { to: 'rooms', rooms: [...chosen.rooms] };
    case 'people': return chosen.accounts.length === 0 ? null : { to: 'people', accounts: [...chosen.accounts] };
  }
}
