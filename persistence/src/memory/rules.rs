//! What the read models would refuse, as far as a command can break it: a username that is
//! taken, an open unit below a closed one. There are no tables here, so units are read from
//! their streams; simulations have few.

use super::State;
use kernel::journal::{Append, StoreError, StoredEvent};
use protocol::{
    AnyEvent, EntityKind, StreamId, UnitId,
    account::AccountEvent,
    unit::{UnitCreated, UnitEvent},
};

/// The usernames that the member takes, if nothing stands against it.
pub(super) fn check(state: &State, member: &Append) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for event in decoded(&member.events) {
        match event? {
            AnyEvent::Account(AccountEvent::AccountCreated(body)) => {
                if state.usernames.contains(&body.username) {
                    return refused("account.username_taken");
                }
                names.push(body.username);
            }
            AnyEvent::Unit(event) => unit(state, UnitId(member.stream.id), &event)?,
            _ => {}
        }
    }
    Ok(names)
}

fn unit(state: &State, unit: UnitId, event: &UnitEvent) -> Result<(), StoreError> {
    match event {
        UnitEvent::UnitCreated(body) => open_parent(state, parent_of(body)),
        UnitEvent::UnitMoved(body) => open_parent(state, Some(body.parent)),
        UnitEvent::UnitReopened(_) => {
            open_parent(state, standing(state, unit)?.and_then(|unit| unit.parent))
        }
        UnitEvent::UnitClosed(_) => {
            let units = state.streams.values().filter(|(id, _)| id.kind == EntityKind::Unit);
            for (id, _) in units {
                let below = standing(state, UnitId(id.id))?;
                if below.is_some_and(|one| one.parent == Some(unit) && !one.closed) {
                    return refused("unit.has_open_units");
                }
            }
            Ok(())
        }
        UnitEvent::UnitRenamed(_) | UnitEvent::VisibilitySet(_) => Ok(()),
    }
}

fn open_parent(state: &State, parent: Option<UnitId>) -> Result<(), StoreError> {
    let Some(parent) = parent else { return Ok(()) };
    match standing(state, parent)? {
        None => refused("unit.parent_not_found"),
        Some(parent) if parent.closed => refused("unit.parent_closed"),
        Some(_) => Ok(()),
    }
}

struct Standing {
    parent: Option<UnitId>,
    closed: bool,
}

fn standing(state: &State, unit: UnitId) -> Result<Option<Standing>, StoreError> {
    let mut standing = None;
    for event in decoded(state.events(StreamId::new(EntityKind::Unit, unit.0))) {
        let AnyEvent::Unit(event) = event? else { continue };
        standing = match (event, standing) {
            (UnitEvent::UnitCreated(body), _) => {
                Some(Standing { parent: parent_of(&body), closed: false })
            }
            (UnitEvent::UnitMoved(body), Some(unit)) => {
                Some(Standing { parent: Some(body.parent), ..unit })
            }
            (UnitEvent::UnitClosed(_), Some(unit)) => Some(Standing { closed: true, ..unit }),
            (UnitEvent::UnitReopened(_), Some(unit)) => Some(Standing { closed: false, ..unit }),
            (_, unit) => unit,
        };
    }
    Ok(standing)
}

fn parent_of(body: &UnitCreated) -> Option<UnitId> {
    body.path.0.iter().rev().nth(1).copied()
}

/// The events of the areas that have rules here.
fn decoded(events: &[StoredEvent]) -> impl Iterator<Item = Result<AnyEvent, StoreError>> + '_ {
    let concerned = |name: &str| name == "account.created" || name.starts_with("unit.");
    events.iter().filter(move |event| concerned(&event.type_name)).filter_map(|event| {
        let body = event.body.as_deref()?;
        let words = AnyEvent::decode(&event.type_name, body);
        Some(words.map_err(|error| StoreError::Constraint(error.to_string())))
    })
}

fn refused<T>(code: &str) -> Result<T, StoreError> {
    Err(StoreError::Constraint(code.to_owned()))
}
