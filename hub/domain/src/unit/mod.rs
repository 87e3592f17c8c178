//! A unit of the organisation tree: region, prefecture, county, hall, department, counter.
//! Units are created, renamed, moved with all that stands below them, closed and reopened.
//!
//! Every unit is a stream of its own, so two commands about two units are decided side by
//! side, each on facts that were looked up before. The tree stays whole all the same:
//!
//! - **No cycle, without any coordination.** A kind never changes, and a child's kind comes
//!   strictly after its parent's (`kinds.rs`). Every edge therefore leads down in one fixed
//!   order, whichever moves commit and in whatever sequence; a ring would need a kind that
//!   comes after itself. The fact that this rests on, the parent's kind, cannot grow old.
//! - **No open unit below a closed one.** This fact can grow old: a child may be opened while
//!   its parent is being closed. The rules refuse what they can see; the last word has the
//!   projector, which looks again in the transaction of the commit, one after the other, and
//!   refuses the later of the two with the same code. Then the guess dies with its actor.
//! - **Paths are nobody's state.** A unit knows its parent only; what stands above that is
//!   asked of [`crate::UnitTree`] when it matters, so a move is one event in one stream.

mod close;
mod create;
mod kinds;
mod relocate;
mod rename;
mod visibility;

use crate::{Context, Decision, Entity, Order, UnitPlace, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq, UnitId,
    account::Names,
    unit::{UnitCommand, UnitEvent, UnitKind, Visibility},
};
use serde::{Deserialize, Serialize};

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct UnitFacts {
    /// The parent that the command names; for reopening, the one the unit has.
    pub parent: Option<UnitPlace>,
    /// Whether an open unit stands directly below this one.
    pub open_below: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Absent: nobody created it yet.
    kind: Option<UnitKind>,
    names: Names,
    /// Absent for a root.
    parent: Option<UnitId>,
    rank: u32,
    closed: bool,
    #[serde(default)]
    visible: Visibility,
}

impl Unit {
    pub fn exists(&self) -> bool {
        self.kind.is_some()
    }

    pub fn kind(&self) -> Option<UnitKind> {
        self.kind
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    pub fn parent(&self) -> Option<UnitId> {
        self.parent
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    fn existing(&self) -> Result<UnitKind, ErrorBody> {
        self.kind
            .ok_or_else(|| ErrorBody::new(ErrorKind::NotFound, "unit.not_found", "no such unit"))
    }

    /// Its parent, for a sender who may rearrange what stands below that.
    fn parent_for(&self, who: &Who) -> Result<UnitId, ErrorBody> {
        let Some(parent) = self.parent else {
            return Err(conflict("unit.is_root", "a root stays where it is, and open"));
        };
        if who.may(Permission::UnitManage, parent) { Ok(parent) } else { Err(not_allowed()) }
    }
}

fn not_allowed() -> ErrorBody {
    let message = "needs unit.manage for the unit above";
    ErrorBody::new(ErrorKind::Forbidden, "unit.not_allowed", message)
}

fn conflict(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message)
}

/// The place looked up for `parent`: known, the sender's to rearrange, in use, and of a kind
/// that takes `kind`.
fn admitting<'a>(
    facts: &'a UnitFacts,
    parent: UnitId,
    kind: UnitKind,
    who: &Who,
) -> Result<&'a UnitPlace, ErrorBody> {
    let place = facts.parent.as_ref().filter(|place| place.path.unit() == Some(parent));
    let place = place.ok_or_else(|| {
        let message = "no such parent unit";
        ErrorBody::new(ErrorKind::NotFound, "unit.parent_not_found", message).field("parent")
    })?;
    if !who.may(Permission::UnitManage, parent) {
        return Err(not_allowed());
    }
    in_use(place)?;
    if !kinds::stands_below(kind, place.kind) {
        return Err(kinds::refused(kind, Some(place.kind)));
    }
    Ok(place)
}

fn in_use(parent: &UnitPlace) -> Result<(), ErrorBody> {
    if parent.closed {
        return Err(conflict("unit.parent_closed", "the unit above is closed").field("parent"));
    }
    Ok(())
}

impl Entity for Unit {
    const KIND: EntityKind = EntityKind::Unit;
    const SNAPSHOT_VERSION: u32 = 2;
    type Command = UnitCommand;
    type Event = UnitEvent;
    type Facts = UnitFacts;

    fn decide(
        &self,
        command: &UnitCommand,
        facts: &UnitFacts,
        context: &Context<'_>,
    ) -> Result<Decision<UnitEvent>, ErrorBody> {
        match command {
            UnitCommand::CreateUnit(command) => create::decide(self, command, facts, context),
            UnitCommand::RenameUnit(command) => rename::decide(self, command, context),
            UnitCommand::SetVisibility(command) => visibility::decide(self, command, context),
            UnitCommand::MoveUnit(command) => relocate::decide(self, command, facts, context),
            UnitCommand::CloseUnit(_) => close::close(self, facts, context),
            UnitCommand::ReopenUnit(_) => close::reopen(self, facts, context),
        }
    }

    /// No order concerns a unit; one that went astray must not be retried for ever.
    fn settle(&self, _: &Order, _: &Context<'_>) -> Result<Decision<UnitEvent>, ErrorBody> {
        Ok(Decision::nothing())
    }

    fn apply(&mut self, _: Seq, _: Millis, _: Option<AccountId>, event: &UnitEvent) {
        match event {
            UnitEvent::UnitCreated(created) => create::apply(self, created),
            UnitEvent::UnitRenamed(renamed) => self.names = renamed.names.clone(),
            UnitEvent::UnitMoved(moved) => {
                self.parent = Some(moved.parent);
                self.rank = moved.rank;
            }
            UnitEvent::VisibilitySet(set) => self.visible = set.visible.clone(),
            UnitEvent::UnitClosed(_) => self.closed = true,
            UnitEvent::UnitReopened(_) => self.closed = false,
        }
    }

    /// The tree is known to everyone who may see people.
    fn may_watch(&self, who: &Who) -> bool {
        who.may_somewhere(Permission::AccountRead)
    }

    fn counts(_: &UnitEvent) -> bool {
        false
    }

    fn revokes(_: &UnitEvent) -> Option<AccountId> {
        None
    }
}
