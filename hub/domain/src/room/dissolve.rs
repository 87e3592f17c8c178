//! Ending a group. Invariant: what was said stays readable to who was in it, and nobody can
//! write, come in or change anything again; members may still leave. One event, however many
//! members: nobody is told to forget the room.

use super::Room;
use crate::{Context, Decision};
use protocol::{
    ErrorBody,
    room::{MemberRole, RoomDissolved, RoomEvent},
};

pub(super) fn decide(room: &Room, context: &Context<'_>) -> Result<Decision<RoomEvent>, ErrorBody> {
    let (_, role) = room.sender(context.who)?;
    if room.group.dissolved && role == MemberRole::Owner {
        return Ok(Decision::nothing());
    }
    room.group_sender(context.who, MemberRole::Owner)?;
    Ok(Decision::event(RoomDissolved {}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group, send_message::tests::say};
    use crate::testing::{account, who};
    use protocol::room::{
        AddMembers, DissolveRoom, LeaveRoom, RenameRoom, RoomCommand, SetMuted, SetNotice,
    };

    #[test]
    fn nothing_can_be_done_in_it_but_read_and_leave() {
        let mut bench = group(&[1, 2, 3]);
        for (n, code) in [(2, "room.not_owner"), (9, "room.not_member")] {
            let refused = bench.run(&who(n, &[]), DissolveRoom {}, RoomFacts::default());
            assert_eq!(refused.unwrap_err().code, code);
        }
        let done = bench.run(&who(1, &[]), DissolveRoom {}, RoomFacts::default()).unwrap();
        assert_eq!((done.events.len(), done.effects.len()), (1, 0));
        let again = bench.run(&who(1, &[]), DissolveRoom {}, RoomFacts::default()).unwrap();
        assert_eq!(again, Decision::nothing());
        let commands: [RoomCommand; 5] = [
            say("好").into(),
            RenameRoom { name: "a".into() }.into(),
            AddMembers { accounts: vec![account(4)] }.into(),
            SetMuted { on: true }.into(),
            SetNotice { text: "a".into(), confirm: false }.into(),
        ];
        for command in commands {
            let refused = bench.run(&who(1, &[]), command, RoomFacts::default());
            assert_eq!(refused.unwrap_err().code, "room.dissolved");
        }
        assert!(crate::Entity::may_watch(&bench.state, &who(2, &[])));
        bench.run(&who(2, &[]), LeaveRoom {}, RoomFacts::default()).unwrap();
        assert_eq!(bench.state.role_of(account(2)), None);
    }
}
