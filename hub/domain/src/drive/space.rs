//! Creating and naming spaces. Invariant: the id of a personal space follows from its account
//! and is a version 8 UUID; a shared one may never take such an id.

use super::{Space, SpaceFacts, conflict, forbidden, members};
use crate::{Context, Decision, Order, text};
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    drive::{
        CreateSpace, RenameSpace, SpaceCreated, SpaceEvent, SpaceKind, SpaceMember, SpaceRenamed,
        SpaceRole,
    },
    is_derived,
    limits::MEMBERS_PER_COMMAND_MAX,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The id of an account's own space.
pub fn personal_space_id(account: AccountId) -> Uuid {
    let digest =
        Sha256::new().chain_update(b"personal space").chain_update(account.0.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

pub(super) fn create(
    space: &Space,
    command: &CreateSpace,
    facts: &SpaceFacts,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    let owner = person(context)?;
    if space.exists() {
        return Err(conflict("drive.exists", "a space with this id exists"));
    }
    if is_derived(context.stream.id) {
        let message = "ids of version 8 belong to people's own spaces";
        return Err(
            ErrorBody::new(ErrorKind::Invalid, "drive.reserved_id", message).field("stream")
        );
    }
    let name = text::name("name", &command.name)?;
    if command.members.len() > MEMBERS_PER_COMMAND_MAX {
        let message = format!("at most {MEMBERS_PER_COMMAND_MAX} at once");
        return Err(ErrorBody::invalid("members", message));
    }
    let named: Vec<AccountId> = command.members.iter().map(|member| member.account).collect();
    members::all_known("members", &named, facts)?;
    let mut roles: BTreeMap<AccountId, SpaceRole> =
        command.members.iter().map(|member| (member.account, member.role)).collect();
    roles.insert(owner, SpaceRole::Owner);
    Ok(created(SpaceKind::Shared, name, roles, context))
}

pub(super) fn personal(
    space: &Space,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    let owner = person(context)?;
    if context.stream.id != personal_space_id(owner) {
        let message = "not the sender's own space";
        return Err(
            ErrorBody::new(ErrorKind::Invalid, "drive.wrong_stream", message).field("stream")
        );
    }
    if space.exists() {
        return Ok(Decision::nothing());
    }
    let roles = BTreeMap::from([(owner, SpaceRole::Owner)]);
    Ok(created(SpaceKind::Personal, String::new(), roles, context))
}

fn person(context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    context.who.account.ok_or_else(|| forbidden("drive.not_member", "a space is a person's"))
}

fn created(
    kind: SpaceKind,
    name: String,
    roles: BTreeMap<AccountId, SpaceRole>,
    context: &Context<'_>,
) -> Decision<SpaceEvent> {
    let stream = context.stream;
    let members =
        roles.iter().map(|(account, role)| SpaceMember { account: *account, role: *role });
    let decision = Decision::event(SpaceCreated { kind, name, members: members.collect() });
    roles.into_keys().fold(decision, |decision, account| {
        decision.tell(account.into(), Order::JoinStream { stream })
    })
}

pub(super) fn rename(
    space: &Space,
    command: &RenameSpace,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Owner)?;
    members::shared(space)?;
    let name = text::name("name", &command.name)?;
    if name == space.name {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(SpaceRenamed { name }))
}
