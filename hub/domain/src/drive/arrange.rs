//! Renaming and moving. Invariant: a folder never comes to lie in itself.

use super::{DEPTH_MAX, Space, conflict, content};
use crate::{Context, Decision};
use protocol::{
    ErrorBody,
    drive::{MoveNode, NodeMoved, NodeRenamed, RenameNode, SpaceEvent, SpaceRole},
};

pub(super) fn rename(
    space: &Space,
    command: &RenameNode,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let node = command.node;
    let present = space.live(node)?;
    let name = content::name(&command.name)?;
    if name == present.name {
        return Ok(Decision::nothing());
    }
    space.free(present.parent, &name, Some(node))?;
    Ok(Decision::event(NodeRenamed { node, name }))
}

pub(super) fn relocate(
    space: &Space,
    command: &MoveNode,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let MoveNode { node, parent } = *command;
    let present = space.live(node)?;
    space.folder(parent)?;
    if parent == present.parent {
        return Ok(Decision::nothing());
    }
    if space.upwards(parent).any(|(above, _)| above == node) {
        return Err(conflict("drive.into_itself", "a folder cannot lie in itself").field("parent"));
    }
    if space.upwards(parent).count() + depth(space, node) > DEPTH_MAX {
        return Err(conflict("drive.too_deep", &format!("at most {DEPTH_MAX} folders deep")));
    }
    space.free(parent, &present.name, Some(node))?;
    Ok(Decision::event(NodeMoved { node, parent }))
}

/// Levels of a place, itself included.
fn depth(space: &Space, node: protocol::Seq) -> usize {
    let above = space.upwards(node).count() - 1;
    let deepest = space.subtree(node).into_iter().map(|node| space.upwards(node).count()).max();
    deepest.unwrap_or(0) - above
}
