//! Handing a group over. Invariant: the same as giving the role `owner`, under the name that
//! people look for: there is one owner before and after.

use super::{Room, members};
use crate::{Context, Decision};
use protocol::{
    ErrorBody,
    room::{MemberRole, RoomEvent, SetMemberRole, TransferOwner},
};

pub(super) fn transfer(
    room: &Room,
    command: &TransferOwner,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    let role = SetMemberRole { account: command.account, role: MemberRole::Owner };
    members::set_role(room, &role, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group};
    use crate::testing::{account, who};

    #[test]
    fn the_owner_hands_over_and_stays_an_admin() {
        for (n, to, expected) in [
            (1, 2, Ok(2)),
            (1, 1, Ok(0)),
            (1, 9, Err("room.member_not_found")),
            (2, 2, Err("room.not_owner")),
            (9, 2, Err("room.not_member")),
        ] {
            let mut bench = group(&[1, 2]);
            let transfer = TransferOwner { account: account(to) };
            let outcome = bench.run(&who(n, &[]), transfer, RoomFacts::default());
            let events = outcome.map(|done| done.events.len());
            assert_eq!(
                events.map_err(|error| error.code.into_owned()),
                expected.map_err(str::to_owned)
            );
            let owner = if expected == Ok(2) { 2 } else { 1 };
            assert_eq!(bench.state.role_of(account(owner)), Some(MemberRole::Owner));
        }
    }
}
