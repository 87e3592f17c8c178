//! Area `drive`: spaces of folders and files with versions, members, a bin, links for strangers.
//! A place in a space (folder or file) is told by the number of the event that made it; 0 is the
//! top. Passwords of links travel in commands and appear in no event.

use crate::{
    AccountId, Millis, Seq, StreamId,
    account::Secret,
    file::FileRef,
    words::{commands, events},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum SpaceKind {
    /// One person's; its id follows from the account.
    Personal,
    Shared,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum SpaceRole {
    Reader,
    Writer,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct SpaceMember {
    pub account: AccountId,
    pub role: SpaceRole,
}

commands! {
    /// What may be asked of a space.
    SpaceCommand {
        /// Creates a shared space under an id that the client made; the sender becomes an owner.
        CreateSpace = "drive.create_space" {
            name: String,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<Vec<SpaceMember>>"))]
            members: Vec<SpaceMember>,
        }

        /// Opens the sender's own space, creating it at the first time. Needs no stream: the ack
        /// names it.
        OpenPersonal = "drive.open_personal" {}

        RenameSpace = "drive.rename_space" { name: String }

        /// Adds somebody, or gives a member another role.
        SetSpaceMember = "drive.set_member" { account: AccountId, role: SpaceRole }

        /// Takes somebody out; members may take themselves out.
        RemoveSpaceMember = "drive.remove_member" { account: AccountId }

        /// The ack's number is the folder.
        CreateFolder = "drive.create_folder" { parent: Seq, name: String }

        /// Puts a file that the sender uploaded or may see. The ack's number is its place.
        AddFile = "drive.add_file" { parent: Seq, file: FileRef }

        /// A newer version of a file; the name in the space stays.
        AddVersion = "drive.add_version" { node: Seq, file: FileRef }

        RenameNode = "drive.rename" { node: Seq, name: String }

        MoveNode = "drive.move" { node: Seq, parent: Seq }

        /// Into the bin, with all that lies in it.
        RemoveNode = "drive.remove" { node: Seq }

        /// Out of the bin; to the top where its folder is gone.
        RestoreNode = "drive.restore" { node: Seq }

        /// For good, out of the bin: names and contents are removed from the store.
        EraseNode = "drive.erase" { node: Seq }

        /// A link to a file or a folder for people without an account. The ack's number is the
        /// link; what it is opened with stands in the list of links.
        ShareLink = "drive.share_link" {
            node: Seq,
            #[serde(skip_serializing_if = "Option::is_none")]
            password: Option<Secret>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Millis>,
        }

        RevokeLink = "drive.revoke_link" { link: Seq }
    }
}

events! {
    /// What happened in a space.
    SpaceEvent {
        SpaceCreated = "drive.space_created" {
            kind: SpaceKind,
            /// Empty for a personal one.
            name: String,
            members: Vec<SpaceMember>,
        }

        SpaceRenamed = "drive.space_renamed" { name: String }

        SpaceMemberSet = "drive.member_set" { account: AccountId, role: SpaceRole }

        SpaceMemberRemoved = "drive.member_removed" { account: AccountId }

        FolderCreated = "drive.folder_created" { parent: Seq, name: String }

        FileAdded = "drive.file_added" { parent: Seq, file: FileRef }

        VersionAdded = "drive.version_added" { node: Seq, file: FileRef }

        NodeRenamed = "drive.renamed" { node: Seq, name: String }

        NodeMoved = "drive.moved" { node: Seq, parent: Seq }

        NodeRemoved = "drive.removed" { node: Seq }

        NodeRestored = "drive.restored" { node: Seq, parent: Seq }

        NodeErased = "drive.erased" { node: Seq }

        LinkShared = "drive.link_shared" {
            node: Seq,
            protected: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<Millis>,
        }

        LinkRevoked = "drive.link_revoked" { link: Seq }

        /// A file that its owner sent was not taken: for the audit.
        UploadRefused = "drive.upload_refused" { name: String, code: String }
    }
}

/// `GET /v1/drive`: a space of the caller's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct SpaceCard {
    pub stream: StreamId,
    pub kind: SpaceKind,
    pub name: String,
    pub role: SpaceRole,
    pub members: u32,
    /// Of all versions, the bin included.
    pub used_bytes: u64,
    pub quota_bytes: u64,
    pub head: Seq,
}

/// A folder or a file in a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct DriveNode {
    pub node: Seq,
    pub parent: Seq,
    pub name: String,
    /// The version shown; a folder has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileRef>,
    pub versions: u32,
    pub changed_at: Millis,
    /// Since when it is in the bin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binned_at: Option<Millis>,
}

/// `GET /v1/drive/{space}/nodes?folder=`: what lies in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct DriveListing {
    /// From the top down to the folder, itself last.
    pub path: Vec<DriveNode>,
    pub items: Vec<DriveNode>,
    /// Passed back as `after` for the following page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `GET /v1/drive/{space}/nodes/{node}/versions`, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct DriveVersion {
    /// The event that added it: what the file is read by.
    pub seq: Seq,
    pub file: FileRef,
    pub at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
}

/// `GET /v1/drive/{space}/links`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct DriveLink {
    pub link: Seq,
    pub node: Seq,
    /// What opens it: `/v1/links/{token}`.
    pub token: String,
    pub protected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
    pub created_at: Millis,
}

/// `GET /v1/links/{token}`: what a stranger is told of a linked place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct LinkedFile {
    /// Absent while a password is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// A folder: what lies in it is listed by `…/nodes`.
    pub folder: bool,
    pub protected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Millis>,
}

/// A place below a linked folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct LinkedNode {
    pub node: Seq,
    pub name: String,
    /// Of a file; a folder has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// `POST /v1/links/{token}/nodes`: what lies in a linked folder, or in one below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct LinkedFolder {
    /// From the linked folder down to this one, itself last; nothing above.
    pub path: Vec<LinkedNode>,
    pub items: Vec<LinkedNode>,
    /// Passed back as `after` for the following page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `POST /v1/links/{token}/file`: the file itself; `…/nodes`: what lies in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct OpenLink {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A place below the linked folder; absent, the linked place itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<Seq>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
