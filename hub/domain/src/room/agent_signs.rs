//! Under what sign askers meet the agents of a service: their names, their numbers (工号), both.
//! Invariant: each number is one agent's. Absent on purpose: the numbers themselves. No rule
//! rests on them; the read model keeps them, and pages show them.

use super::{Room, conflict, service};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind,
    limits::{AGENT_NUMBER_CHARS_MAX, MEMBERS_PER_COMMAND_MAX},
    room::{AgentNumber, AgentSigns, AgentSignsSet, RoomEvent, SetAgentSigns},
};
use std::collections::HashSet;

pub(super) fn set(
    room: &Room,
    command: &SetAgentSigns,
    context: &Context<'_>,
) -> Result<Decision<RoomEvent>, ErrorBody> {
    service::runs_desk(room, context)?;
    let AgentSigns { shown, numbers } = &command.signs;
    if numbers.len() > MEMBERS_PER_COMMAND_MAX {
        let message = format!("at most {MEMBERS_PER_COMMAND_MAX}");
        return Err(ErrorBody::invalid("signs", message));
    }
    let (mut agents, mut taken) = (HashSet::new(), HashSet::new());
    let mut kept = Vec::with_capacity(numbers.len());
    for AgentNumber { account, number } in numbers {
        let number = number.trim();
        let plain = !number.is_empty() && !number.chars().any(char::is_control);
        if !plain || number.chars().count() > AGENT_NUMBER_CHARS_MAX {
            let message = format!("1 to {AGENT_NUMBER_CHARS_MAX} characters");
            return Err(ErrorBody::invalid("signs", message));
        }
        if room.role_of(*account).is_none() {
            let message = "not an agent of this service";
            return Err(ErrorBody::new(ErrorKind::Invalid, "room.not_agent", message));
        }
        if !agents.insert(*account) || !taken.insert(number) {
            return Err(conflict("room.agent_number_taken", "each number is one agent's"));
        }
        kept.push(AgentNumber { account: *account, number: number.to_owned() });
    }
    Ok(Decision::event(AgentSignsSet { signs: AgentSigns { shown: *shown, numbers: kept } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{RoomFacts, create::tests::group};
    use crate::testing::{Bench, account, who};
    use protocol::{
        Role,
        room::{AgentShown, CreateDesk},
    };
    use uuid::Uuid;

    /// 2 runs it, 3 answers.
    fn desk() -> Bench<Room> {
        let mut desk = Bench::<Room>::new(Uuid::from_u128(0x800));
        let create = CreateDesk { name: "医保咨询".into(), members: vec![account(3)] };
        let manager = who(2, &[(Role::HallManager, 2)]);
        desk.run(&manager, create, RoomFacts::default()).unwrap();
        desk
    }

    fn signs(numbers: &[(u128, &str)]) -> SetAgentSigns {
        let number = |(n, number): &(u128, &str)| AgentNumber {
            account: account(*n),
            number: (*number).to_owned(),
        };
        let numbers = numbers.iter().map(number).collect();
        SetAgentSigns { signs: AgentSigns { shown: AgentShown::Number, numbers } }
    }

    #[test]
    fn each_number_is_one_agents() {
        let long = "1".repeat(AGENT_NUMBER_CHARS_MAX + 1);
        for (n, command, code) in [
            (3, signs(&[(2, "0107")]), Some("room.not_admin")),
            (2, signs(&[]), None),
            (2, signs(&[(2, "0107"), (3, "0108")]), None),
            (2, signs(&[(2, "0107"), (3, " 0107")]), Some("room.agent_number_taken")),
            (2, signs(&[(2, "0107"), (2, "0108")]), Some("room.agent_number_taken")),
            (2, signs(&[(4, "0107")]), Some("room.not_agent")),
            (2, signs(&[(2, " ")]), Some("hub.invalid")),
            (2, signs(&[(2, "1\n2")]), Some("hub.invalid")),
            (2, signs(&[(2, &long)]), Some("hub.invalid")),
        ] {
            let outcome = desk().run(&who(n, &[]), command, RoomFacts::default());
            assert_eq!(outcome.err().map(|error| error.code).as_deref(), code);
        }
        let done = desk().run(&who(2, &[]), signs(&[(3, " 0108 ")]), RoomFacts::default());
        let expected = AgentSignsSet { signs: signs(&[(3, "0108")]).signs };
        assert_eq!(done.unwrap().events, [expected.into()]);
        let refused = group(&[2, 3]).run(&who(2, &[]), signs(&[]), RoomFacts::default());
        assert_eq!(refused.unwrap_err().code, "room.not_desk");
    }
}
