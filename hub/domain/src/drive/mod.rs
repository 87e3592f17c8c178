//! A drive's space: folders and files with versions, members, a bin, links.
//! Invariants: names are unique within a folder, whatever their case; no folder lies in itself;
//! what a space holds, its bin included, stays within its quota; a shared space keeps an owner.
//! Erasing redacts the events that named what is erased, so a state that is loaded may meet
//! events about places it never saw: applying them changes nothing.
//! Absent on purpose: bytes and their entitlement (`actors::drive` checks every reference that
//! any command names), and listings (tables).

mod arrange;
mod bin;
mod content;
mod link;
mod members;
mod space;
#[cfg(test)]
mod tests;

use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    drive::{SpaceCommand, SpaceEvent, SpaceKind, SpaceRole, UploadRefused},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use space::personal_space_id;

/// Places of one space, the bin included: beyond it a space is split by its owners.
const NODES_MAX: usize = 100_000;
/// Versions of one file; older ones are erased with the file only.
const VERSIONS_MAX: usize = 200;
/// Folders within folders.
const DEPTH_MAX: usize = 32;
const LINKS_MAX: usize = 1_000;

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct SpaceFacts {
    /// Accounts named by the command that do not exist or are disabled.
    pub missing: Vec<AccountId>,
    /// Of a link's password.
    pub password_hash: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Version {
    seq: Seq,
    bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Node {
    /// 0: the top.
    parent: Seq,
    name: String,
    /// Empty: a folder.
    versions: Vec<Version>,
    binned: bool,
}

impl Node {
    fn is_folder(&self) -> bool {
        self.versions.is_empty()
    }

    fn bytes(&self) -> u64 {
        self.versions.iter().map(|version| version.bytes).sum()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// Absent: nobody created it yet.
    kind: Option<SpaceKind>,
    name: String,
    members: BTreeMap<AccountId, SpaceRole>,
    nodes: BTreeMap<Seq, Node>,
    /// What each link leads to.
    links: BTreeMap<Seq, Seq>,
    used: u64,
}

impl Space {
    pub fn exists(&self) -> bool {
        self.kind.is_some()
    }

    pub fn used(&self) -> u64 {
        self.used
    }

    pub fn role_of(&self, account: AccountId) -> Option<SpaceRole> {
        self.members.get(&account).copied()
    }

    /// The sender, who must be a member with at least this role.
    fn sender(&self, who: &Who, least: SpaceRole) -> Result<AccountId, ErrorBody> {
        if !self.exists() {
            return Err(ErrorBody::new(ErrorKind::NotFound, "drive.not_found", "no such space"));
        }
        let member = who.account.and_then(|account| Some((account, self.role_of(account)?)));
        match member {
            None => Err(forbidden("drive.not_member", "only members may")),
            Some((account, role)) if role >= least => Ok(account),
            Some(_) if least == SpaceRole::Owner => {
                Err(forbidden("drive.not_owner", "only owners may"))
            }
            Some(_) => Err(forbidden("drive.not_writer", "readers change nothing")),
        }
    }

    /// A place that is there and not in the bin.
    fn live(&self, node: Seq) -> Result<&Node, ErrorBody> {
        let found = self.nodes.get(&node).filter(|_| !self.in_bin(node));
        found.ok_or_else(|| no_node("node"))
    }

    /// A folder that is there, or the top.
    fn folder(&self, node: Seq) -> Result<(), ErrorBody> {
        match self.nodes.get(&node) {
            _ if node == 0 => Ok(()),
            Some(found) if !self.in_bin(node) => {
                if found.is_folder() {
                    return Ok(());
                }
                Err(conflict("drive.not_a_folder", "a file holds nothing").field("parent"))
            }
            _ => Err(no_node("parent")),
        }
    }

    /// From a place up to the top, itself first.
    fn upwards(&self, node: Seq) -> impl Iterator<Item = (Seq, &Node)> {
        let of = |node: Seq| Some((node, self.nodes.get(&node)?));
        std::iter::successors(of(node), move |(_, node)| of(node.parent))
    }

    fn in_bin(&self, node: Seq) -> bool {
        self.upwards(node).any(|(_, node)| node.binned)
    }

    /// The place and everything that lies in it.
    fn subtree(&self, node: Seq) -> Vec<Seq> {
        let mut found = vec![node];
        let mut at = 0;
        while at < found.len() {
            let parent = found[at];
            let inside = self.nodes.iter().filter(|(_, node)| node.parent == parent);
            found.extend(inside.map(|(seq, _)| *seq));
            at += 1;
        }
        found
    }

    /// Whether a folder has room for this name beside its others, but for `except`.
    fn free(&self, parent: Seq, name: &str, except: Option<Seq>) -> Result<(), ErrorBody> {
        let wanted = name.to_lowercase();
        let taken = self.nodes.iter().any(|(seq, node)| {
            node.parent == parent
                && !node.binned
                && Some(*seq) != except
                && node.name.to_lowercase() == wanted
        });
        if taken {
            return Err(conflict("drive.name_taken", "the folder has that name").field("name"));
        }
        Ok(())
    }
}

fn forbidden(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn conflict(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message)
}

fn no_node(field: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::NotFound, "drive.node_not_found", "no such place").field(field)
}

impl Entity for Space {
    const KIND: EntityKind = EntityKind::Space;
    const SNAPSHOT_VERSION: u32 = 1;
    type Command = SpaceCommand;
    type Event = SpaceEvent;
    type Facts = SpaceFacts;

    fn decide(
        &self,
        command: &SpaceCommand,
        facts: &SpaceFacts,
        context: &Context<'_>,
    ) -> Result<Decision<SpaceEvent>, ErrorBody> {
        match command {
            SpaceCommand::CreateSpace(command) => space::create(self, command, facts, context),
            SpaceCommand::OpenPersonal(_) => space::personal(self, context),
            SpaceCommand::RenameSpace(command) => space::rename(self, command, context),
            SpaceCommand::SetSpaceMember(command) => members::set(self, command, facts, context),
            SpaceCommand::RemoveSpaceMember(command) => members::remove(self, command, context),
            SpaceCommand::CreateFolder(command) => content::folder(self, command, context),
            SpaceCommand::AddFile(command) => content::file(self, command, context),
            SpaceCommand::AddVersion(command) => content::version(self, command, context),
            SpaceCommand::RenameNode(command) => arrange::rename(self, command, context),
            SpaceCommand::MoveNode(command) => arrange::relocate(self, command, context),
            SpaceCommand::RemoveNode(command) => bin::remove(self, command.node, context),
            SpaceCommand::RestoreNode(command) => bin::restore(self, command.node, context),
            SpaceCommand::EraseNode(command) => bin::erase(self, command.node, context),
            SpaceCommand::ShareLink(command) => link::share(self, command, facts, context),
            SpaceCommand::RevokeLink(command) => link::revoke(self, command.link, context),
        }
    }

    fn settle(&self, order: &Order, _: &Context<'_>) -> Result<Decision<SpaceEvent>, ErrorBody> {
        Ok(match order {
            Order::TimerFired { name } => bin::due(self, name),
            Order::UploadRefused { name, code } => {
                Decision::event(UploadRefused { name: name.clone(), code: code.clone() })
            }
            _ => Decision::nothing(),
        })
    }

    fn apply(&mut self, seq: Seq, _: Millis, _: Option<AccountId>, event: &SpaceEvent) {
        match event {
            SpaceEvent::SpaceCreated(created) => {
                self.kind = Some(created.kind);
                self.name = created.name.clone();
                self.members.extend(created.members.iter().map(|m| (m.account, m.role)));
            }
            SpaceEvent::SpaceRenamed(renamed) => self.name = renamed.name.clone(),
            SpaceEvent::SpaceMemberSet(set) => {
                self.members.insert(set.account, set.role);
            }
            SpaceEvent::SpaceMemberRemoved(removed) => {
                self.members.remove(&removed.account);
            }
            SpaceEvent::FolderCreated(created) => {
                let (parent, name) = (created.parent, created.name.clone());
                self.nodes.insert(seq, Node { parent, name, versions: vec![], binned: false });
            }
            SpaceEvent::FileAdded(_) | SpaceEvent::VersionAdded(_) => {
                content::apply(self, seq, event);
            }
            SpaceEvent::NodeRenamed(renamed) => {
                if let Some(node) = self.nodes.get_mut(&renamed.node) {
                    node.name = renamed.name.clone();
                }
            }
            SpaceEvent::NodeMoved(moved) => {
                if let Some(node) = self.nodes.get_mut(&moved.node) {
                    node.parent = moved.parent;
                }
            }
            SpaceEvent::NodeRemoved(_)
            | SpaceEvent::NodeRestored(_)
            | SpaceEvent::NodeErased(_) => bin::apply(self, event),
            SpaceEvent::LinkShared(shared) => {
                self.links.insert(seq, shared.node);
            }
            SpaceEvent::LinkRevoked(revoked) => {
                self.links.remove(&revoked.link);
            }
            SpaceEvent::UploadRefused(_) => {}
        }
    }

    fn may_watch(&self, who: &Who) -> bool {
        who.account.is_some_and(|account| self.members.contains_key(&account))
            // A space belongs to no unit: it is for auditors of the whole organisation.
            || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(_: &SpaceEvent) -> bool {
        false
    }

    fn revokes(event: &SpaceEvent) -> Option<AccountId> {
        match event {
            SpaceEvent::SpaceMemberRemoved(removed) => Some(removed.account),
            _ => None,
        }
    }
}
