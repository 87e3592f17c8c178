//! What a room keeps besides its members and messages, one part a verb file, and how its
//! events change it. Invariant: each part is bounded by itself; none of it rests on a body
//! that can be redacted.

use super::{
    Room, follow_service, hook,
    invite::{self, Invite},
    join, meet,
    mute::{self, Mutes},
    notice::{self, Notice},
    service::{self, Thread},
    urgent::{self, Open},
};
use protocol::{AccountId, Millis, Seq, room::RoomEvent};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    pub(super) dissolved: bool,
    pub(super) notice: Option<Notice>,
    /// Oldest first.
    pub(super) invites: Vec<Invite>,
    /// Who waits at the door, and by which invite.
    pub(super) requests: BTreeMap<AccountId, Seq>,
    pub(super) mutes: Mutes,
    pub(super) urgent: Open,
    pub(super) meeting: Option<meet::Meeting>,
    pub(super) thread: Option<Thread>,
    pub(super) hooks: hook::Hooks,
    /// There has been a call: who goes, goes from the room's calls as well.
    pub(super) called: bool,
}

pub(super) fn apply(
    room: &mut Room,
    seq: Seq,
    at: Millis,
    by: Option<AccountId>,
    event: &RoomEvent,
) {
    use RoomEvent as E;
    match event {
        E::RoomDissolved(_) => room.group.dissolved = true,
        E::NoticeSet(set) => notice::apply(room, seq, set),
        E::NoticeConfirmed(confirmed) => {
            if let Some(seat) = by.and_then(|by| room.members.get_mut(&by)) {
                seat.confirmed = confirmed.seq;
            }
        }
        E::RoomMuted(muted) => mute::apply_all(room, muted),
        E::MemberMuted(muted) => mute::apply_member(room, at, muted),
        E::InviteCreated(created) => invite::apply(room, seq, at, created),
        E::InviteRevoked(revoked) => invite::change(room, revoked.seq, |one| one.revoked = true),
        E::InviteUsed(used) => join::apply_used(room, used.seq),
        E::JoinRequested(asked) => join::apply_requested(room, by, asked.seq),
        E::JoinFailed(failed) => invite::change(room, failed.seq, |one| one.failures += 1),
        E::JoinRefused(refused) => drop(room.group.requests.remove(&refused.account)),
        E::PersonMet(met) => meet::apply(room, at, by, met),
        E::UrgentRepeated(repeated) => urgent::apply_repeated(room, repeated),
        E::MessageAcknowledged(done) => urgent::apply_acknowledged(room, done.seq, by),
        E::ThreadOpened(opened) => service::apply_opened(room, opened),
        E::ServiceFollowed(followed) => follow_service::apply(room, followed),
        E::ThreadAssigned(assigned) => service::apply_assigned(room, assigned),
        E::ThreadClosed(_) => service::apply_closed(room),
        E::HookCreated(created) => hook::apply_created(room, seq, created),
        E::HookRevoked(revoked) => hook::apply_revoked(room, revoked.seq),
        E::HookRefused(_) => hook::apply_refused(room, at),
        E::RoomCallStarted(_) => room.group.called = true,
        // Lists of these are the read models' business.
        _ => {}
    }
}
