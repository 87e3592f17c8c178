//! Links to files and folders for people without an account. Invariant: a link opens one place,
//! a file in its shown version or a folder with all that lies in it at that moment, until it
//! expires, is revoked, or the place goes into the bin; its password is in no event.

use super::{LINKS_MAX, Space, SpaceFacts, conflict};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind, Seq,
    drive::{LinkRevoked, LinkShared, ShareLink, SpaceEvent, SpaceRole},
};

const PASSWORD_CHARS_MIN: usize = 4;

pub(super) fn share(
    space: &Space,
    command: &ShareLink,
    facts: &SpaceFacts,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    let ShareLink { node, password, expires_at } = command;
    space.live(*node)?;
    if space.links.len() >= LINKS_MAX {
        return Err(conflict("drive.too_many_links", &format!("at most {LINKS_MAX}")));
    }
    if expires_at.is_some_and(|at| at <= context.now) {
        return Err(ErrorBody::invalid("expires_at", "must lie in the future"));
    }
    if password.as_ref().is_some_and(|p| p.0.chars().count() < PASSWORD_CHARS_MIN) {
        let message = format!("at least {PASSWORD_CHARS_MIN} characters");
        return Err(ErrorBody::invalid("password", message));
    }
    let protected = password.is_some();
    let shared = LinkShared { node: *node, protected, expires_at: *expires_at };
    let mut decision = Decision::event(shared);
    if protected {
        let hash = facts.password_hash.as_ref().ok_or_else(ErrorBody::internal)?;
        decision.private = Some(serde_json::json!({ "password_hash": hash }).to_string());
    }
    Ok(decision)
}

pub(super) fn revoke(
    space: &Space,
    link: Seq,
    context: &Context<'_>,
) -> Result<Decision<SpaceEvent>, ErrorBody> {
    space.sender(context.who, SpaceRole::Writer)?;
    if !space.links.contains_key(&link) {
        let message = "no such link";
        return Err(ErrorBody::new(ErrorKind::NotFound, "drive.link_not_found", message));
    }
    Ok(Decision::event(LinkRevoked { link }))
}
