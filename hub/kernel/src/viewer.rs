//! Who looks at events, and the one rule of who may see which.
//! Invariant: [`Viewer::sees`] alone decides it, for everything that leaves the hub: live
//! frames, catching up, pages, previews, searches, notifications. Absent on purpose: who may
//! watch a stream at all; that is its entity's business.

use crate::journal::StoredEvent;
use protocol::{AccountId, Millis, Seq};
use std::{collections::BTreeSet, sync::Arc};

#[derive(Clone, Debug, Default)]
pub struct Viewer {
    pub account: Option<AccountId>,
    /// Reads everything: an auditor of the whole organisation, or the hub itself.
    audits: bool,
    /// Answers at the desk whose thread it looks at: a restricted event there is a note among
    /// agents, for those of today and of tomorrow.
    notes: bool,
    /// What the account has deleted for itself, of the stream it looks at.
    hidden: Arc<BTreeSet<Seq>>,
    /// Of that stream, what it has cleared away: up to a number, and up to a time.
    cleared: (Seq, Millis),
}

impl Viewer {
    /// Somebody who is in no audience.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// The hub itself, for what stays inside.
    pub fn everything() -> Self {
        Self { audits: true, ..Self::default() }
    }

    pub fn auditing(self, audits: bool) -> Self {
        Self { audits, ..self }
    }

    pub fn reading_notes(self, notes: bool) -> Self {
        Self { notes, ..self }
    }

    pub fn without(self, hidden: BTreeSet<Seq>) -> Self {
        Self { hidden: Arc::new(hidden), ..self }
    }

    pub fn cleared_to(self, seq: Seq, at: Millis) -> Self {
        Self { cleared: (seq, at), ..self }
    }

    pub fn sees(&self, event: &StoredEvent) -> bool {
        let (seq, at) = self.cleared;
        self.is_among(event.audience.as_deref())
            && !self.hidden.contains(&event.seq)
            && event.seq > seq
            && (at == 0 || event.at > at)
    }

    /// Whether an event with this audience is for the viewer.
    pub(crate) fn is_among(&self, audience: Option<&[AccountId]>) -> bool {
        let Some(audience) = audience else { return true };
        self.audits || self.notes || self.account.is_some_and(|account| audience.contains(&account))
    }
}

impl From<AccountId> for Viewer {
    fn from(account: AccountId) -> Self {
        Self { account: Some(account), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_note_is_for_its_readers_and_for_every_agent_of_the_desk() {
        let account = |n| AccountId(Uuid::from_u128(n));
        let note: &[AccountId] = &[account(1), account(2)];
        let later = Viewer::from(account(3));
        assert!(Viewer::from(account(2)).is_among(Some(note)));
        assert!(!later.is_among(Some(note)));
        assert!(later.clone().reading_notes(true).is_among(Some(note)));
        assert!(later.is_among(None));
    }
}
