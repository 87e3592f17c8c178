//! From an entity's id to its mailbox: a sharded map, not an actor. Spawns on demand; an
//! incarnation number keeps a late passivation from removing its successor.

use crate::{Actor, Mailbox};
use dashmap::DashMap;
use std::{
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
};

pub struct Registry<K: Eq + Hash, A: Actor> {
    entries: DashMap<K, (u64, Mailbox<A>)>,
    incarnations: AtomicU64,
}

impl<K: Eq + Hash + Copy, A: Actor> Default for Registry<K, A> {
    fn default() -> Self {
        Self { entries: DashMap::new(), incarnations: AtomicU64::new(1) }
    }
}

impl<K: Eq + Hash + Copy, A: Actor> Registry<K, A> {
    /// The mailbox of `key`, spawning the actor with its incarnation when there is none.
    pub fn get_or_spawn(&self, key: K, spawn: impl FnOnce(u64) -> Mailbox<A>) -> Mailbox<A> {
        if let Some(entry) = self.entries.get(&key)
            && entry.1.is_open()
        {
            return entry.1.clone();
        }
        let mut entry = self.entries.entry(key).or_insert_with(|| (0, Mailbox::closed()));
        if !entry.1.is_open() {
            let incarnation = self.incarnations.fetch_add(1, Ordering::Relaxed);
            *entry = (incarnation, spawn(incarnation));
        }
        entry.1.clone()
    }

    /// Removes the entry if it still is this incarnation.
    pub fn remove(&self, key: K, incarnation: u64) {
        self.entries.remove_if(&key, |_, (known, _)| *known == incarnation);
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn mailboxes(&self) -> Vec<Mailbox<A>> {
        self.entries.iter().map(|entry| entry.1.clone()).collect()
    }
}
