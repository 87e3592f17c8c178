//! Renaming a group. Invariant: the name obeys the same rule as at creation.

use super::Room;
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody,
    room::{MemberRole, RenameRoom, RoomEvent, RoomRenamed},
};

pub(super) fn decide(
    room: &Room,
    command: &RenameRoom,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    room.group_sender(context.who, MemberRole::Admin)?;
    let name = text::name("name", &command.name)?;
    if name == room.name {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(RoomRenamed { name }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group};
    use crate::testing::who;

    #[test]
    fn names() {
        for (n, name, expected) in [
            (1, "新名", Ok("新名")),
            (1, " 综合窗口 ", Ok("综合窗口")),
            (1, "  ", Err("hub.invalid")),
            (2, "新名", Err("room.not_admin")),
            (3, "新名", Err("room.not_member")),
        ] {
            let mut bench = group(&[1, 2]);
            let rename = RenameRoom { name: name.into() };
            let outcome = bench.run(&who(n, &[]), rename, RoomFacts::default());
            match expected {
                Ok(kept) => assert_eq!((outcome.is_ok(), bench.state.name()), (true, kept)),
                Err(code) => assert_eq!(outcome.unwrap_err().code, code),
            }
        }
    }
}
