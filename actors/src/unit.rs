//! Area `account`, organisation: what must be looked up before a unit decides, and the
//! picture of the tree that every sender carries for its scopes.

use crate::{env::Env, shell::Shell};
use domain::{
    UnitTree, Who,
    unit::{Unit, UnitFacts},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    DecodeError, ErrorBody, Millis, StreamId, UnitId,
    unit::{UnitCommand, UnitEvent},
};
use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

/// The tree is read again after this long even if nobody said that it changed: another
/// process at the same store (`hub user add`) says nothing.
const TREE_AGE_MAX_MS: Millis = 30_000;

impl Shell for Unit {
    fn encode(event: &UnitEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<UnitEvent, DecodeError> {
        UnitEvent::decode(type_name, body)
    }

    async fn facts(
        env: &Env,
        _: &Who,
        stream: StreamId,
        command: &UnitCommand,
    ) -> Result<UnitFacts, ErrorBody> {
        let (queries, unit) = (&env.queries, UnitId(stream.id));
        let looked_up = async {
            let mut facts = UnitFacts::default();
            match command {
                UnitCommand::CreateUnit(create) => {
                    if let Some(parent) = create.parent {
                        facts.parent = queries.unit_place(parent).await?;
                    }
                }
                UnitCommand::MoveUnit(to) => facts.parent = queries.unit_place(to.parent).await?,
                UnitCommand::CloseUnit(_) => {
                    facts.open_below = queries.has_open_units(unit).await?
                }
                UnitCommand::ReopenUnit(_) => facts.parent = queries.unit_above(unit).await?,
                UnitCommand::RenameUnit(_) | UnitCommand::SetVisibility(_) => {}
            }
            Ok::<_, StoreError>(facts)
        };
        looked_up.await.map_err(|_| ErrorBody::unavailable())
    }

    /// Before the replies leave: whoever knows of a move is judged by the tree after it.
    fn committed(env: &Env, _: StreamId, _: &[StoredEvent]) {
        env.trees.forget();
    }
}

/// The last picture of the tree that was read, until something in it changes.
#[derive(Default)]
pub(crate) struct Trees(Mutex<Known>);

#[derive(Default)]
struct Known {
    tree: Option<(Arc<UnitTree>, Millis)>,
    /// Rises with every change: what was read before one is not kept after it.
    changes: u64,
}

impl Trees {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // A picture is replaced as a whole, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        let mut known = self.known();
        known.tree = None;
        known.changes += 1;
    }

    /// The picture, or the number of changes before it was read anew.
    fn get(&self, now: Millis) -> Result<Arc<UnitTree>, u64> {
        let known = self.known();
        let fresh = known.tree.as_ref().filter(|(_, until)| now < *until);
        fresh.map(|(tree, _)| tree.clone()).ok_or(known.changes)
    }

    fn keep(&self, changes: u64, tree: &Arc<UnitTree>, until: Millis) {
        let mut known = self.known();
        if known.changes == changes {
            known.tree = Some((tree.clone(), until));
        }
    }
}

/// The organisation as committed now.
pub(crate) async fn tree(env: &Env) -> Result<Arc<UnitTree>, ErrorBody> {
    let now = env.clock.now();
    let changes = match env.trees.get(now) {
        Ok(tree) => return Ok(tree),
        Err(changes) => changes,
    };
    let tree = env.queries.unit_tree().await.map_err(|_| ErrorBody::unavailable())?;
    let tree = Arc::new(tree);
    env.trees.keep(changes, &tree, now.saturating_add(TREE_AGE_MAX_MS));
    Ok(tree)
}

/// The sender with the organisation of now: a socket keeps its sender for hours, and units
/// move meanwhile. The hub itself may do anything and needs none.
pub(crate) async fn placed<'a>(env: &Env, who: &'a Who) -> Result<Cow<'a, Who>, ErrorBody> {
    if who.is_hub() {
        return Ok(Cow::Borrowed(who));
    }
    let tree = tree(env).await?;
    if Arc::ptr_eq(&tree, &who.tree) {
        return Ok(Cow::Borrowed(who));
    }
    Ok(Cow::Owned(Who { tree, ..who.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_read_before_a_change_is_not_kept_after_it() {
        let (trees, tree) = (Trees::default(), Arc::new(UnitTree::default()));
        let before = trees.get(0).expect_err("nothing was read");
        trees.forget();
        trees.keep(before, &tree, 10);
        let after = trees.get(0).expect_err("it was read before the change");
        trees.keep(after, &tree, 10);
        assert!(trees.get(9).is_ok());
        assert!(trees.get(10).is_err(), "it grows old");
        trees.forget();
        assert!(trees.get(9).is_err());
    }
}
