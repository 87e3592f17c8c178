//! Sending a notice, and who may send to whom.
//! Invariant: nobody reaches further than the sender's rights: people and rooms of one's own
//! are everybody's to write to; units, roles and all need `notice.send` there.

use super::{Notice, NoticeFacts, forbidden};
use crate::{Context, Decision, Order, Who, text};
use protocol::{
    ErrorBody, ErrorKind, Permission,
    limits::{MEMBERS_PER_COMMAND_MAX, MESSAGE_CHARS_MAX, TITLE_CHARS_MAX},
    notice::{NoticeEvent, NoticeSent, NoticeWritten, SendNotice, Target},
};

/// Units, roles or rooms of one target.
const PARTS_MAX: usize = 100;
const LINK_CHARS_MAX: usize = 2_000;

pub(super) fn decide(
    notice: &Notice,
    command: &SendNotice,
    facts: &NoticeFacts,
    context: &Context<'_>,
) -> Result<Decision<NoticeEvent>, ErrorBody> {
    if notice.exists() {
        return Err(ErrorBody::new(ErrorKind::Conflict, "notice.exists", "it was sent already"));
    }
    let title = text::body("title", &command.title, TITLE_CHARS_MAX)?;
    if title.is_empty() {
        return Err(ErrorBody::invalid("title", "must not be empty"));
    }
    let text = text::body("text", &command.text, MESSAGE_CHARS_MAX)?;
    allowed(&command.target, facts, context.who)?;
    let sent = NoticeSent {
        kind: command.kind,
        target: command.target.clone(),
        due_at: command.due_at,
        confirm: command.confirm,
    };
    let link = link(command.link.as_deref())?;
    let written = NoticeWritten { title, text, link, reminder: None };
    let decision = Decision::event(sent).and(written);
    Ok(decision.tell(context.stream, Order::address_after(None)))
}

/// A path of this hub or an https address: nothing that a browser would run.
fn link(link: Option<&str>) -> Result<Option<String>, ErrorBody> {
    let Some(link) = link.map(str::trim).filter(|link| !link.is_empty()) else { return Ok(None) };
    let path = link.starts_with('/') && !link.starts_with("//");
    let plain = !link.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    if plain && link.chars().count() <= LINK_CHARS_MAX && (path || link.starts_with("https://")) {
        return Ok(Some(link.to_owned()));
    }
    Err(ErrorBody::invalid("link", "a path of this hub, or an https address"))
}

fn allowed(target: &Target, facts: &NoticeFacts, who: &Who) -> Result<(), ErrorBody> {
    let manages = |unit| who.may(Permission::NoticeSend, unit);
    let bounded = |parts: usize, most: usize| {
        let fits = (1..=most).contains(&parts);
        let message = || ErrorBody::invalid("target", format!("1 to {most} of them"));
        if fits { Ok(()) } else { Err(message()) }
    };
    let known = |found: usize, asked: usize| {
        let error =
            || ErrorBody::new(ErrorKind::NotFound, "notice.target_not_found", "no such target");
        if found == asked { Ok(()) } else { Err(error().field("target")) }
    };
    let may = match target {
        Target::All {} => who.may_everywhere(Permission::NoticeSend),
        Target::Units { units } => {
            bounded(units.len(), PARTS_MAX)?;
            known(facts.units, units.len())?;
            units.iter().all(|unit| manages(*unit))
        }
        Target::Roles { roles, unit } => {
            bounded(roles.len(), PARTS_MAX)?;
            known(facts.units, 1)?;
            manages(*unit)
        }
        Target::Rooms { rooms } => {
            bounded(rooms.len(), PARTS_MAX)?;
            facts.rooms == rooms.len()
        }
        Target::People { accounts } => {
            bounded(accounts.len(), MEMBERS_PER_COMMAND_MAX)?;
            who.may_somewhere(Permission::RoomCreate)
        }
    };
    if may { Ok(()) } else { Err(forbidden("notice.not_allowed", "not yours to send to")) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::{Bench, account, unit, who};
    use protocol::{
        Role, RoomId,
        notice::{NoticeAddressed, NoticeKind, WithdrawNotice},
    };
    use uuid::Uuid;

    pub(crate) fn to(target: Target) -> SendNotice {
        SendNotice {
            kind: NoticeKind::Todo,
            title: "补交材料".into(),
            text: "周五前".into(),
            target,
            link: None,
            due_at: None,
            confirm: false,
        }
    }

    pub(crate) fn people(ns: &[u128]) -> Target {
        Target::People { accounts: ns.iter().map(|n| account(*n)).collect() }
    }

    pub(crate) fn sent() -> Bench<Notice> {
        let mut bench = Bench::new(Uuid::from_u128(0xa00));
        let staff = who(1, &[(Role::CounterStaff, 2)]);
        bench.run(&staff, to(people(&[2, 3])), NoticeFacts::default()).unwrap();
        bench
    }

    #[test]
    fn nobody_reaches_further_than_the_rights() {
        let room = |n| RoomId(Uuid::from_u128(n));
        let roles = |at| Target::Roles { roles: vec![Role::Leader], unit: unit(at) };
        let units = |ns: &[u128]| Target::Units { units: ns.iter().map(|n| unit(*n)).collect() };
        let staff = || who(1, &[(Role::CounterStaff, 2)]);
        let hall = || who(1, &[(Role::HallManager, 2)]);
        let head = || who(1, &[(Role::DepartmentHead, 3)]);
        let region = || who(1, &[(Role::RegionAdmin, 1)]);
        for (who, target, ok) in [
            (staff(), people(&[2]), true),
            (who(1, &[(Role::Auditor, 1)]), people(&[2]), false),
            (staff(), people(&[]), false),
            (staff(), units(&[2]), false),
            (hall(), units(&[2]), true),
            (hall(), units(&[3]), true),
            (hall(), units(&[5]), false),
            (head(), units(&[3]), true),
            (head(), units(&[3, 2]), false),
            (head(), roles(3), true),
            (head(), Target::All {}, false),
            (hall(), roles(2), true),
            (hall(), roles(1), false),
            (hall(), Target::All {}, false),
            (region(), Target::All {}, true),
            (Who::hub(), Target::All {}, true),
            (staff(), Target::Rooms { rooms: vec![room(1)] }, true),
            (staff(), Target::Rooms { rooms: vec![room(1), room(2)] }, false),
        ] {
            let mut bench = Bench::<Notice>::new(Uuid::from_u128(0xa00));
            let facts = NoticeFacts { rooms: 1, units: 1, ..NoticeFacts::default() };
            let outcome = bench.run(&who, to(target.clone()), facts);
            assert_eq!(outcome.is_ok(), ok, "{target:?}");
        }
    }

    #[test]
    fn links_that_a_browser_would_run_are_refused() {
        for (text, ok) in [
            ("/tasks/1?a=b", true),
            ("https://hall.example.cn/a", true),
            ("", true),
            ("//evil.example", false),
            ("http://plain.example", false),
            ("javascript:alert(1)", false),
            ("/a\\b", false),
            ("https://a b", false),
        ] {
            assert_eq!(link(Some(text)).is_ok(), ok, "{text}");
        }
    }

    #[test]
    fn it_asks_itself_for_page_after_page() {
        let mut bench = sent();
        let stream = bench.stream;
        let page = |ns: &[u128], last| Order::Address {
            after: None,
            accounts: ns.iter().map(|n| account(*n)).collect(),
            last,
        };
        let first = bench.settle(page(&[2, 3], false)).unwrap();
        let accounts = vec![account(2), account(3)];
        assert_eq!(first.events, [NoticeAddressed { accounts, last: false }.into()]);
        assert_eq!(first.effects[0].to, stream);
        assert_eq!(first.effects[0].order, Order::address_after(Some(account(3))));
        assert!(bench.settle(page(&[], true)).unwrap().effects.is_empty());
        assert!(bench.state.is_complete());
        assert_eq!(bench.settle(page(&[4], true)).unwrap(), Decision::nothing());
    }

    #[test]
    fn withdrawn_it_addresses_nobody_and_its_text_is_gone() {
        let mut bench = sent();
        let stranger = bench.run(&who(2, &[]), WithdrawNotice {}, NoticeFacts::default());
        assert_eq!(stranger.unwrap_err().code, "notice.not_sender");
        let done = bench.run(&who(1, &[]), WithdrawNotice {}, NoticeFacts::default()).unwrap();
        assert_eq!(done.redactions, [2]);
        let page = Order::Address { after: None, accounts: vec![account(2)], last: true };
        assert_eq!(bench.settle(page).unwrap(), Decision::nothing());
    }
}
