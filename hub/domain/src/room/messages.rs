//! What a room remembers of its messages, so that they can be recalled, edited, pinned and
//! burnt. Invariants: no text is here; a state that was loaded never saw the messages that have
//! lost their body, and is equal all the same, because whatever redacts a message is itself an
//! event that makes the others forget it. Absent on purpose: older messages and what people
//! said of them (reactions); the store knows both (`RoomFacts`).

use protocol::{AccountId, Millis, Seq, room::MessageSent};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Messages among this many last events are remembered. Counted in numbers, not in messages,
/// so that a state loaded without the redacted ones remembers just the same.
const REMEMBERED_EVENTS: u64 = 2_000;

/// What is remembered of a message.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sent {
    pub seq: Seq,
    pub by: Option<AccountId>,
    pub at: Millis,
}

/// A message that will burn, however long ago it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Burning {
    pub by: Option<AccountId>,
    pub ms: u64,
    /// `None`: not opened yet.
    pub burns_at: Option<Millis>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Messages {
    /// Ascending by number.
    sent: VecDeque<Sent>,
    /// Recalled or burnt.
    gone: BTreeSet<Seq>,
    /// Who may see a whisper, its sender among them.
    whispers: BTreeMap<Seq, Box<[AccountId]>>,
    /// The events that edited a message: they go with it.
    edits: BTreeMap<Seq, Vec<Seq>>,
    burning: BTreeMap<Seq, Burning>,
    pinned: BTreeSet<Seq>,
}

impl Messages {
    /// The message, if it is remembered and `me` may see it.
    pub fn find(&self, seq: Seq, me: AccountId) -> Option<Sent> {
        let place = self.sent.binary_search_by_key(&seq, |sent| sent.seq).ok()?;
        let hidden = self.whispers.get(&seq).is_some_and(|audience| !audience.contains(&me));
        (!hidden).then(|| self.sent[place])
    }

    pub fn is_gone(&self, seq: Seq) -> bool {
        self.gone.contains(&seq)
    }

    /// Who may see a remembered message; `None`: everybody in the room.
    pub fn audience(&self, seq: Seq) -> Option<Box<[AccountId]>> {
        self.whispers.get(&seq).cloned()
    }

    pub fn edits(&self, seq: Seq) -> &[Seq] {
        self.edits.get(&seq).map_or(&[], Vec::as_slice)
    }

    pub fn burning(&self, seq: Seq) -> Option<Burning> {
        self.burning.get(&seq).copied()
    }

    pub fn burning_count(&self) -> usize {
        self.burning.len()
    }

    pub fn is_pinned(&self, seq: Seq) -> bool {
        self.pinned.contains(&seq)
    }

    pub fn pinned_count(&self) -> usize {
        self.pinned.len()
    }

    #[cfg(test)]
    pub fn remembered(&self) -> usize {
        self.sent.len()
    }

    pub(super) fn on_sent(&mut self, sent: Sent, message: &MessageSent) {
        self.sent.push_back(sent);
        if !message.visible_to.is_empty() {
            let audience = message.visible_to.iter().copied().chain(sent.by);
            self.whispers.insert(sent.seq, audience.collect());
        }
        if let Some(ms) = message.burn_ms {
            self.burning.insert(sent.seq, Burning { by: sent.by, ms, burns_at: None });
        }
    }

    pub(super) fn on_edited(&mut self, message: Seq, edit: Seq) {
        self.edits.entry(message).or_default().push(edit);
    }

    pub(super) fn on_opened(&mut self, seq: Seq, burns_at: Millis) {
        if let Some(burning) = self.burning.get_mut(&seq) {
            burning.burns_at = Some(burns_at);
        }
    }

    pub(super) fn on_pinned(&mut self, seq: Seq, on: bool) {
        if on {
            self.pinned.insert(seq);
        } else {
            self.pinned.remove(&seq);
        }
    }

    /// Recalled or burnt: nothing but that is remembered.
    pub(super) fn on_gone(&mut self, seq: Seq) {
        // A state that was loaded never saw the redacted message.
        if let Ok(place) = self.sent.binary_search_by_key(&seq, |sent| sent.seq) {
            self.sent.remove(place);
        }
        self.whispers.remove(&seq);
        self.edits.remove(&seq);
        self.burning.remove(&seq);
        self.pinned.remove(&seq);
        self.gone.insert(seq);
    }

    /// Forgets what is too long ago.
    pub(super) fn forget_before(&mut self, head: Seq) {
        let first = oldest_remembered(head);
        while self.sent.front().is_some_and(|sent| sent.seq < first) {
            self.sent.pop_front();
        }
        while self.gone.first().is_some_and(|seq| *seq < first) {
            self.gone.pop_first();
        }
        while self.whispers.first_key_value().is_some_and(|(seq, _)| *seq < first) {
            self.whispers.pop_first();
        }
        while self.edits.first_key_value().is_some_and(|(seq, _)| *seq < first) {
            self.edits.pop_first();
        }
    }
}

pub(super) fn oldest_remembered(head: Seq) -> Seq {
    head.saturating_sub(REMEMBERED_EVENTS - 1)
}
