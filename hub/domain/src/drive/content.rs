//! What is put into a space: folders, files, newer versions.

use super::{DEPTH_MAX, NODES_MAX, Node, Space, VERSIONS_MAX, Version, conflict};
use crate::{Context, Decision, file::clean_name};
use protocol::{
    ErrorBody, Seq,
    drive::{
        AddFile, AddVersion, CreateFolder, FileAdded, FolderCreated, SpaceEvent, SpaceRole,
        VersionAdded,
    },
    file::FileRef,
};

/// A name as it may stand in a space.
pub(super) fn name(name: &str) -> Result<String, ErrorBody> {
    let name = name.trim();
    if name.is_empty() || clean_name(name) != name {
        let message = "no path, no reserved name, no hidden characters";
        return Err(ErrorBody::invalid("name", message));
    }
    Ok(name.to_owned())
}

pub(super) fn folder(
    space: &Space,
    command: &CreateFolder,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let name = name(&command.name)?;
    room_for_one(space, command.parent)?;
    space.free(command.parent, &name, None)?;
    Ok(Decision::event(FolderCreated { parent: command.parent, name }))
}

pub(super) fn file(
    space: &Space,
    command: &AddFile,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let AddFile { parent, file } = command;
    let name = name(&file.name)?;
    room_for_one(space, *parent)?;
    space.free(*parent, &name, None)?;
    within_quota(space, file, context)?;
    Ok(Decision::event(FileAdded { parent: *parent, file: file.clone() }))
}

pub(super) fn version(
    space: &Space,
    command: &AddVersion,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let AddVersion { node, file } = command;
    let present = space.live(*node)?;
    if present.is_folder() {
        return Err(conflict("drive.not_a_file", "a folder has no versions").field("node"));
    }
    if present.versions.len() >= VERSIONS_MAX {
        return Err(conflict("drive.too_many_versions", &format!("at most {VERSIONS_MAX}")));
    }
    within_quota(space, file, context)?;
    Ok(Decision::event(VersionAdded { node: *node, file: file.clone() }))
}

/// Whether a folder is there and may take one more.
fn room_for_one(space: &Space, parent: Seq) -> Result<(), ErrorBody> {
    space.folder(parent)?;
    if space.nodes.len() >= NODES_MAX {
        return Err(conflict("drive.full", &format!("at most {NODES_MAX} files and folders")));
    }
    if space.upwards(parent).count() >= DEPTH_MAX {
        return Err(conflict("drive.too_deep", &format!("at most {DEPTH_MAX} folders deep")));
    }
    Ok(())
}

fn within_quota(space: &Space, file: &FileRef, context: &Context<'_>) -> Result<(), ErrorBody> {
    let quota = context.policy.drive_space_bytes_max;
    if space.used.saturating_add(file.bytes) > quota {
        let message = format!("{} of {quota} bytes are used", space.used);
        return Err(conflict("drive.space_full", &message));
    }
    Ok(())
}

pub(super) fn apply(space: &mut Space, seq: Seq, event: &SpaceEvent) {
    match event {
        SpaceEvent::FileAdded(added) => {
            let versions = vec![Version { seq, bytes: added.file.bytes }];
            let (parent, name) = (added.parent, added.file.name.clone());
            space.nodes.insert(seq, Node { parent, name, versions, binned: false });
            space.used += added.file.bytes;
        }
        SpaceEvent::VersionAdded(added) => {
            if let Some(node) = space.nodes.get_mut(&added.node) {
                node.versions.push(Version { seq, bytes: added.file.bytes });
                space.used += added.file.bytes;
            }
        }
        _ => {}
    }
}
