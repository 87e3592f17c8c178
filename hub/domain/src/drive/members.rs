//! Who is in a shared space and may do what there. Invariant: the last owner stays.

use super::{Space, SpaceFacts, conflict};
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, ErrorBody, ErrorKind,
    drive::{
        RemoveSpaceMember, SetSpaceMember, SpaceEvent, SpaceKind, SpaceMemberRemoved,
        SpaceMemberSet, SpaceRole,
    },
};

/// Members of one space: a file for everybody belongs into an announcement.
const MEMBERS_MAX: usize = 5_000;

/// Named accounts must exist.
pub(super) fn all_known(
    field: &str,
    accounts: &[AccountId],
    facts: &SpaceFacts,
) -> Result<(), ErrorBody> {
    match accounts.iter().find(|account| facts.missing.contains(account)) {
        None => Ok(()),
        Some(account) => {
            let message = format!("no such account, or it is disabled: {account}");
            Err(ErrorBody::new(ErrorKind::NotFound, "drive.account_not_found", message)
                .field(field))
        }
    }
}

pub(super) fn shared(space: &Space) -> Result<(), ErrorBody> {
    if space.kind == Some(SpaceKind::Personal) {
        return Err(conflict("drive.personal", "a person's own space stays as it is"));
    }
    Ok(())
}

pub(super) fn set(
    space: &Space,
    command: &SetSpaceMember,
    facts: &SpaceFacts,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Owner)?;
    shared(space)?;
    let SetSpaceMember { account, role } = *command;
    let stream = context.stream;
    match space.role_of(account) {
        Some(present) if present == role => Ok(Decision::nothing()),
        Some(SpaceRole::Owner) if is_last_owner(space, account) => Err(owner_needed()),
        Some(_) => Ok(Decision::event(SpaceMemberSet { account, role })),
        None if space.members.len() >= MEMBERS_MAX => {
            Err(conflict("drive.members_full", &format!("at most {MEMBERS_MAX} members")))
        }
        None => {
            all_known("account", &[account], facts)?;
            Ok(Decision::event(SpaceMemberSet { account, role })
                .tell(account.into(), Order::JoinStream { stream }))
        }
    }
}

pub(super) fn remove(
    space: &Space,
    command: &RemoveSpaceMember,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    let account = command.account;
    let oneself = context.who.account == Some(account);
    let least = if oneself { SpaceRole::Reader } else { SpaceRole::Owner };
    space.sender(context.who, least)?;
    shared(space)?;
    if space.role_of(account).is_none() {
        return Ok(Decision::nothing());
    }
    if is_last_owner(space, account) {
        return Err(owner_needed());
    }
    let stream = context.stream;
    Ok(Decision::event(SpaceMemberRemoved { account })
        .tell(account.into(), Order::LeaveStream { stream }))
}

fn is_last_owner(space: &Space, account: AccountId) -> bool {
    let mut owners = space.members.iter().filter(|(_, role)| **role == SpaceRole::Owner);
    owners.all(|(owner, _)| *owner == account)
}

fn owner_needed() -> ErrorBody {
    conflict("drive.owner_needed", "make somebody else an owner first")
}
