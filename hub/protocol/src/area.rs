//! The kinds of entity, and the words of all of them as one type each. A new area adds one line
//! to each list at the end of this file and a module beside it.

use crate::DecodeError;

macro_rules! kinds {
    ($( $kind:ident = $name:literal ),* $(,)?) => {
        /// What kind of entity owns a stream.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EntityKind { $($kind),* }

        impl EntityKind {
            pub const ALL: &[EntityKind] = &[$(Self::$kind),*];

            pub fn name(self) -> &'static str {
                match self { $( Self::$kind => $name ),* }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$kind), )* _ => None }
            }

            /// The kind that owns a type name: the part before the dot.
            pub fn of_type(type_name: &str) -> Option<Self> {
                type_name.split_once('.').and_then(|(kind, _)| Self::from_name(kind))
            }
        }
    };
}

macro_rules! any {
    ($(#[$doc:meta])* $any:ident { $( $kind:ident($words:ty) ),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[derive(utoipa::ToSchema)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(untagged)]
        pub enum $any { $( $kind($words) ),* }

        impl $any {
            /// Every type name of every kind.
            pub fn types() -> impl Iterator<Item = &'static str> {
                [$( <$words>::TYPES ),*].into_iter().flatten().copied()
            }

            pub fn type_name(&self) -> &'static str {
                match self { $( Self::$kind(words) => words.type_name() ),* }
            }

            pub fn body_json(&self) -> String {
                match self { $( Self::$kind(words) => words.body_json() ),* }
            }

            /// Reads a body by its type name.
            pub fn decode(type_name: &str, body: &str) -> Result<Self, DecodeError> {
                match EntityKind::of_type(type_name) {
                    $( Some(EntityKind::$kind) =>
                        <$words>::decode(type_name, body).map(Self::$kind), )*
                    _ => Err(DecodeError::UnknownType(type_name.to_owned())),
                }
            }
        }

        $(
            impl From<$words> for $any {
                fn from(words: $words) -> Self { Self::$kind(words) }
            }
        )*
    };
}

kinds! {
    Account = "account",
    Unit = "unit",
    Room = "room",
    Space = "drive",
    Task = "task",
    Calendar = "calendar",
    Call = "call",
    Plan = "plan",
    Notice = "notice",
    App = "app",
    Organisation = "organisation",
    Contact = "contact",
    ContactRules = "contact_rules",
}

any! {
    /// A command of any kind.
    AnyCommand {
        Account(crate::account::AccountCommand),
        Unit(crate::unit::UnitCommand),
        Room(crate::room::RoomCommand),
        Space(crate::drive::SpaceCommand),
        Task(crate::task::TaskCommand),
        Calendar(crate::calendar::CalendarCommand),
        Call(crate::call::CallCommand),
        Plan(crate::plan::PlanCommand),
        Notice(crate::notice::NoticeCommand),
        App(crate::app::AppCommand),
        Organisation(crate::organisation::OrganisationCommand),
        Contact(crate::contact::ContactCommand),
        ContactRules(crate::contact::ContactRulesCommand),
    }
}

any! {
    /// An event of any kind.
    AnyEvent {
        Account(crate::account::AccountEvent),
        Unit(crate::unit::UnitEvent),
        Room(crate::room::RoomEvent),
        Space(crate::drive::SpaceEvent),
        Task(crate::task::TaskEvent),
        Calendar(crate::calendar::CalendarEvent),
        Call(crate::call::CallEvent),
        Plan(crate::plan::PlanEvent),
        Notice(crate::notice::NoticeEvent),
        App(crate::app::AppEvent),
        Organisation(crate::organisation::OrganisationEvent),
        Contact(crate::contact::ContactEvent),
        ContactRules(crate::contact::ContactRulesEvent),
    }
}

any! {
    /// A signal of any kind.
    AnySignal {
        Room(crate::room::RoomSignal),
        Notice(crate::notice::NoticeSignal),
        Plan(crate::plan::PlanSignal),
        Call(crate::call::CallSignal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_type_name_begins_with_its_kind_and_means_one_thing() {
        let all: Vec<&str> =
            AnyCommand::types().chain(AnyEvent::types()).chain(AnySignal::types()).collect();
        for name in &all {
            // An empty body is refused for its fields, if at all: the name itself is known.
            let known = [
                AnyCommand::decode(name, "{}").err(),
                AnyEvent::decode(name, "{}").err(),
                AnySignal::decode(name, "{}").err(),
            ];
            let unknown = |e: &&Option<DecodeError>| matches!(e, Some(DecodeError::UnknownType(_)));
            assert_eq!(known.iter().filter(unknown).count(), 2, "{name}");
        }
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
