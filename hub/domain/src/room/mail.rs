//! To whom a micro-mail goes. Invariants: its recipients are of the conversation; a mail to some
//! of it is seen by those and its sender alone, which is what a whisper is; a mail to all of it
//! is a message like any other. Absent on purpose: who has opened it (`account`).

use super::Room;
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    room::{Part, SendMessage},
};

pub(super) fn is_mail(command: &SendMessage) -> bool {
    matches!(command.part.as_deref(), Some(Part::Mail { .. }))
}

/// The same message as it goes to the recipients that it names; `None`: it names none.
pub(super) fn addressed(
    room: &Room,
    command: &SendMessage,
    me: AccountId,
) -> Result<Option<SendMessage>, ErrorBody> {
    let Some(Part::Mail { to, .. }) = command.part.as_deref() else { return Ok(None) };
    if to.is_empty() && command.visible_to.is_empty() {
        return Ok(None);
    }
    if !to.is_empty() && !command.visible_to.is_empty() {
        return Err(ErrorBody::invalid("visible_to", "a micro-mail names its recipients in `to`"));
    }
    let named = if to.is_empty() { &command.visible_to } else { to };
    let mut people: Vec<AccountId> = Vec::with_capacity(named.len());
    for account in named {
        if room.role_of(*account).is_none() {
            let message = format!("not a member: {account}");
            return Err(ErrorBody::new(ErrorKind::Invalid, "room.mail_not_member", message)
                .field("part.to"));
        }
        if *account != me && !people.contains(account) {
            people.push(*account);
        }
    }
    if people.is_empty() {
        return Err(ErrorBody::invalid("part.to", "a micro-mail needs another reader"));
    }
    let all = room.members().all(|(account, _)| account == me || people.contains(&account));
    let mut addressed = command.clone();
    addressed.visible_to = if all { Vec::new() } else { people.clone() };
    if let Some(Part::Mail { to, .. }) = addressed.part.as_deref_mut() {
        *to = people;
    }
    Ok(Some(addressed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{
        RoomFacts,
        create::tests::{direct_room, group},
    };
    use crate::testing::{Bench, account, who};
    use protocol::room::{MessageSent, RoomEvent};

    fn mail(to: &[u128]) -> SendMessage {
        let to = to.iter().map(|n| account(*n)).collect();
        let part = Part::Mail { subject: "纪要".into(), attachments: vec![], to, answers: None };
        SendMessage { text: "见附件".into(), part: Some(Box::new(part)), ..Default::default() }
    }

    fn send(bench: &mut Bench<Room>, command: SendMessage) -> Result<MessageSent, String> {
        let outcome = bench.run(&who(1, &[]), command, RoomFacts::default());
        let mut decision = outcome.map_err(|error| error.code.into_owned())?;
        let Some(RoomEvent::MessageSent(sent)) = decision.events.pop() else { panic!("sent") };
        let readers = decision.audience.map(|audience| audience.len());
        assert_eq!(readers, (!sent.visible_to.is_empty()).then(|| sent.visible_to.len() + 1));
        Ok(sent)
    }

    #[test]
    fn a_mail_to_some_is_theirs_alone_and_one_to_all_is_everybodys() {
        let mut bench = group(&[1, 2, 3]);
        for (to, readers) in [(&[2, 2, 1][..], 1), (&[2, 3], 0), (&[], 0)] {
            let sent = send(&mut bench, mail(to)).expect("sent");
            assert_eq!(sent.visible_to.len(), readers, "{to:?}");
        }
        let sent = send(&mut bench, mail(&[3, 3])).expect("sent");
        let Some(Part::Mail { to, .. }) = sent.part.as_deref() else { panic!("{sent:?}") };
        assert_eq!((&to[..], &sent.visible_to[..]), (&[account(3)][..], &[account(3)][..]));
        let sent = send(&mut direct_room(), mail(&[2])).expect("the other one");
        assert!(sent.visible_to.is_empty());
    }

    #[test]
    fn what_is_refused() {
        let whispered = SendMessage { visible_to: vec![account(2)], ..mail(&[3]) };
        for (command, code) in [
            (mail(&[9]), "room.mail_not_member"),
            (mail(&[1]), "hub.invalid"),
            (whispered, "hub.invalid"),
            (SendMessage { burn_ms: Some(5_000), ..mail(&[]) }, "room.not_direct"),
        ] {
            assert_eq!(send(&mut group(&[1, 2, 3]), command).unwrap_err(), code);
        }
        let burning = SendMessage { burn_ms: Some(5_000), ..mail(&[]) };
        assert_eq!(send(&mut direct_room(), burning).unwrap_err(), "hub.invalid");
    }
}
