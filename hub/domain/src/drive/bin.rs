//! The bin: what was removed waits there, comes back, or is erased, by hand or by a durable timer.
//! Invariant: erasing redacts every event that named what is erased, so that neither names nor
//! bytes outlive it; links to it end with it.

use super::{Space, no_node};
use crate::{Context, Decision, TimerChange};
use protocol::{
    ErrorBody, Seq,
    drive::{LinkRevoked, NodeErased, NodeRemoved, NodeRestored, SpaceEvent, SpaceRole},
};

pub(super) fn remove(
    space: &Space,
    node: Seq,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    space.live(node)?;
    let mut decision = Decision::event(NodeRemoved { node });
    let at = context.now + context.policy.drive_bin_ms;
    decision.timers.push(TimerChange::Set { name: timer(node), at });
    Ok(decision)
}

pub(super) fn restore(
    space: &Space,
    node: Seq,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let present = space.nodes.get(&node).filter(|node| node.binned);
    let present = present.ok_or_else(|| no_node("node"))?;
    // Its folder may be in the bin too by now, or erased.
    let parent = if space.folder(present.parent).is_ok() { present.parent } else { 0 };
    space.free(parent, &present.name, Some(node))?;
    let mut decision = Decision::event(NodeRestored { node, parent });
    decision.timers.push(TimerChange::Cancel { name: timer(node) });
    Ok(decision)
}

pub(super) fn erase(
    space: &Space,
    node: Seq,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    if !space.nodes.get(&node).is_some_and(|node| node.binned) {
        return Err(no_node("node"));
    }
    let mut decision = erased(space, node);
    decision.timers.push(TimerChange::Cancel { name: timer(node) });
    Ok(decision)
}

/// Its time in the bin is over.
pub(super) fn due(space: &Space, name: &str) -> Decision<SpaceEvent> {
    let node = name.strip_prefix("bin:").and_then(|node| node.parse::<Seq>().ok());
    match node {
        Some(node) if space.nodes.get(&node).is_some_and(|node| node.binned) => erased(space, node),
        _ => Decision::nothing(),
    }
}

fn erased(space: &Space, node: Seq) -> Decision<SpaceEvent> {
    let gone = space.subtree(node);
    let mut decision = Decision::event(NodeErased { node });
    for (link, leads_to) in &space.links {
        if gone.contains(leads_to) {
            decision = decision.and(LinkRevoked { link: *link });
        }
    }
    for seq in gone {
        let versions = space.nodes.get(&seq).map(|node| node.versions.as_slice());
        // The first version of a file is the event that made its place.
        decision.redactions.push(seq);
        let later = versions.unwrap_or_default().iter().map(|version| version.seq);
        decision.redactions.extend(later.filter(|version| *version != seq));
    }
    decision
}

fn timer(node: Seq) -> String {
    format!("bin:{node}")
}

pub(super) fn apply(space: &mut Space, event: &SpaceEvent) {
    match event {
        SpaceEvent::NodeRemoved(removed) => {
            if let Some(node) = space.nodes.get_mut(&removed.node) {
                node.binned = true;
            }
        }
        SpaceEvent::NodeRestored(restored) => {
            if let Some(node) = space.nodes.get_mut(&restored.node) {
                node.binned = false;
                node.parent = restored.parent;
            }
        }
        SpaceEvent::NodeErased(erased) => {
            for seq in space.subtree(erased.node) {
                if let Some(node) = space.nodes.remove(&seq) {
                    space.used -= node.bytes();
                }
            }
        }
        _ => {}
    }
}
