//! What a shard has done since it began, read from any thread. Invariant: each number only
//! grows, but for those of what is there now.

use std::sync::atomic::{AtomicU64, Ordering};

/// All numbers of a shard.
#[derive(Debug, Default)]
pub struct Counters {
    received: AtomicU64,
    unknown: AtomicU64,
    refused: AtomicU64,
    taken: AtomicU64,
    forwarded: AtomicU64,
    forwarded_bytes: AtomicU64,
    unsent: AtomicU64,
    offers_refused: AtomicU64,
    connections: AtomicU64,
    rooms: AtomicU64,
}

/// The same, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams that came.
    pub received: u64,
    /// From nowhere that a connection has been checked at.
    pub unknown: u64,
    /// Of a connection, and not understood.
    pub refused: u64,
    /// Packets of media that came.
    pub taken: u64,
    /// And those that went on, once for each viewer.
    pub forwarded: u64,
    pub forwarded_bytes: u64,
    /// The system's buffer was full.
    pub unsent: u64,
    /// Descriptions that could not be answered.
    pub offers_refused: u64,
    /// Now.
    pub connections: u64,
    pub rooms: u64,
}

impl Counters {
    pub fn read(&self) -> Counts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            received: of(&self.received),
            unknown: of(&self.unknown),
            refused: of(&self.refused),
            taken: of(&self.taken),
            forwarded: of(&self.forwarded),
            forwarded_bytes: of(&self.forwarded_bytes),
            unsent: of(&self.unsent),
            offers_refused: of(&self.offers_refused),
            connections: of(&self.connections),
            rooms: of(&self.rooms),
        }
    }

    pub(super) fn receive(&self) {
        self.received.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unknown(&self) {
        self.unknown.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn take(&self) {
        self.taken.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn forward(&self, bytes: usize) {
        self.forwarded.fetch_add(1, Ordering::Relaxed);
        self.forwarded_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn unsent(&self) {
        self.unsent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refuse_offer(&self) {
        self.offers_refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn now(&self, connections: usize, rooms: usize) {
        self.connections.store(connections as u64, Ordering::Relaxed);
        self.rooms.store(rooms as u64, Ordering::Relaxed);
    }
}
