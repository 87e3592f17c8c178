//! What can happen in a random history, and how often. Invariant: every command that has
//! rules of its own can come up, asked by anybody.

use super::{OWNER, PEOPLE, ROOMS};
use proptest::prelude::*;
use protocol::{Millis, Role, Seq, room::MemberRole};

#[derive(Clone, Debug)]
pub enum Step {
    Room { room: u8, by: u8, ask: Ask },
    Account { account: u8, by: u8, ask: AskAccount },
    SignIn { account: u8, session: u8, right: bool, code: Option<bool> },
    Wait { ms: Millis },
}

#[derive(Clone, Debug)]
pub enum Ask {
    Create {
        members: Vec<u8>,
    },
    Open {
        peer: u8,
    },
    Say {
        reply_to: Option<Seq>,
        mention: Option<u8>,
        readers: Vec<u8>,
        burns: bool,
        /// The event this many numbers before the last one.
        forward: Option<Seq>,
    },
    Edit {
        back: Seq,
    },
    React {
        back: Seq,
        on: bool,
    },
    Pin {
        back: Seq,
        on: bool,
    },
    Burn {
        back: Seq,
    },
    TimeUp {
        back: Seq,
    },
    /// The event this many numbers before the last one.
    Recall {
        back: Seq,
    },
    Rename {
        name: String,
    },
    Add {
        people: Vec<u8>,
    },
    Remove {
        person: u8,
    },
    Leave,
    SetRole {
        person: u8,
        role: MemberRole,
    },
}

#[derive(Clone, Debug)]
pub enum AskAccount {
    ChangePassword { ok: bool },
    Reset,
    Disable,
    Enable,
    SignOut { session: u8 },
    Everywhere { keep: bool },
    Enrol,
    Confirm { ok: bool },
    RemoveTotp { ok: bool },
    Grant { role: Role },
    Revoke { role: Role },
}

fn says() -> impl Strategy<Value = Ask> {
    let readers = prop_oneof![2 => Just(vec![]), 1 => prop::collection::vec(0..PEOPLE, 1..3)];
    (
        prop::option::of(0u64..20),
        prop::option::weighted(0.2, 0..PEOPLE),
        readers,
        prop::bool::weighted(0.2),
        prop::option::weighted(0.2, 0u64..6),
    )
        .prop_map(|(reply_to, mention, readers, burns, forward)| Ask::Say {
            reply_to,
            mention,
            readers,
            burns,
            forward,
        })
}

fn asks() -> impl Strategy<Value = Ask> {
    let people = || prop::collection::vec(0..PEOPLE, 0..5);
    let role =
        prop_oneof![Just(MemberRole::Member), Just(MemberRole::Admin), Just(MemberRole::Owner)];
    prop_oneof![
        2 => people().prop_map(|members| Ask::Create { members }),
        1 => (0..PEOPLE).prop_map(|peer| Ask::Open { peer }),
        8 => says(),
        3 => (0u64..6).prop_map(|back| Ask::Edit { back }),
        3 => (0u64..6, any::<bool>()).prop_map(|(back, on)| Ask::React { back, on }),
        2 => (0u64..6, any::<bool>()).prop_map(|(back, on)| Ask::Pin { back, on }),
        2 => (0u64..6).prop_map(|back| Ask::Burn { back }),
        2 => (0u64..6).prop_map(|back| Ask::TimeUp { back }),
        3 => (0u64..8).prop_map(|back| Ask::Recall { back }),
        1 => "\\PC{0,70}".prop_map(|name| Ask::Rename { name }),
        2 => people().prop_map(|people| Ask::Add { people }),
        2 => (0..PEOPLE).prop_map(|person| Ask::Remove { person }),
        2 => Just(Ask::Leave),
        3 => (0..PEOPLE, role).prop_map(|(person, role)| Ask::SetRole { person, role }),
    ]
}

fn account_asks() -> impl Strategy<Value = AskAccount> {
    let role =
        || prop_oneof![Just(Role::CounterStaff), Just(Role::HallManager), Just(Role::Auditor)];
    prop_oneof![
        any::<bool>().prop_map(|ok| AskAccount::ChangePassword { ok }),
        Just(AskAccount::Reset),
        Just(AskAccount::Disable),
        Just(AskAccount::Enable),
        (0u8..5).prop_map(|session| AskAccount::SignOut { session }),
        any::<bool>().prop_map(|keep| AskAccount::Everywhere { keep }),
        Just(AskAccount::Enrol),
        any::<bool>().prop_map(|ok| AskAccount::Confirm { ok }),
        any::<bool>().prop_map(|ok| AskAccount::RemoveTotp { ok }),
        role().prop_map(|role| AskAccount::Grant { role }),
        role().prop_map(|role| AskAccount::Revoke { role }),
    ]
}

/// Half of what is asked comes from the owner: anybody else is mostly refused.
fn senders() -> impl Strategy<Value = u8> {
    prop_oneof![Just(OWNER), 0..PEOPLE]
}

pub fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..ROOMS, senders(), asks()).prop_map(|(room, by, ask)| Step::Room { room, by, ask }),
        3 => (0..2u8, senders(), account_asks())
            .prop_map(|(account, by, ask)| Step::Account { account, by, ask }),
        4 => (0..2u8, any::<u8>(), prop::bool::weighted(0.4), prop::option::of(any::<bool>()))
            .prop_map(|(account, session, right, code)| Step::SignIn { account, session, right, code }),
        1 => (0i64..20 * 60 * 1000).prop_map(|ms| Step::Wait { ms }),
    ]
}
