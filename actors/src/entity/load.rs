//! Loading an entity and keeping its loading fast: snapshot, replay, the memory of commands.

use super::{EntityActor, RECENT_MAX, SNAPSHOT_EVERY};
use crate::shell::Shell;
use kernel::{
    Scope,
    journal::{FirstOutcome, Head, Loaded, Snapshot, StoreError},
};
use protocol::ErrorBody;

impl<E: Shell> EntityActor<E> {
    pub(super) fn loaded(
        &mut self,
        loaded: Result<Loaded, StoreError>,
        scope: &mut Scope<'_, Self>,
    ) {
        let outcome = loaded.map_err(|error| error.to_string()).and_then(|l| self.replay(l));
        if let Err(why) = outcome {
            tracing::error!(stream = %self.stream, %why, "entity not loaded");
            self.die(ErrorBody::unavailable(), scope);
        }
    }

    pub(super) fn replay(&mut self, loaded: Loaded) -> Result<(), String> {
        if let Some(snapshot) = loaded.snapshot {
            self.state = serde_json::from_str(&snapshot.state).map_err(|e| e.to_string())?;
            self.head = snapshot.head;
            self.snapshot_seq = snapshot.head.seq;
        }
        for stored in loaded.events {
            if let Some(body) = &stored.body {
                let event = E::decode(&stored.type_name, body).map_err(|e| e.to_string())?;
                self.state.apply(stored.seq, stored.at, stored.by, &event);
            }
            self.head = Head { seq: stored.seq, tally: stored.tally, hash: stored.hash };
            if let Some(record) = stored.command {
                self.remember(FirstOutcome { stream: self.stream, by: stored.by, record });
            }
        }
        self.durable = self.head.seq;
        Ok(())
    }

    pub(super) fn remember(&mut self, outcome: FirstOutcome) {
        let id = outcome.record.id;
        if self.recent.insert(id, outcome).is_none() {
            self.recent_order.push_back(id);
        }
        while self.recent_order.len() > RECENT_MAX {
            if let Some(oldest) = self.recent_order.pop_front() {
                self.recent.remove(&oldest);
            }
        }
    }

    pub(super) fn snapshot(&mut self, scope: &mut Scope<'_, Self>) {
        if self.durable != self.head.seq || self.durable < self.snapshot_seq + SNAPSHOT_EVERY {
            return;
        }
        let state = match serde_json::to_string(&self.state) {
            Ok(state) => state,
            Err(error) => {
                tracing::error!(stream = %self.stream, %error, "state not written as JSON");
                return;
            }
        };
        self.snapshot_seq = self.durable;
        let snapshot =
            Snapshot { stream: self.stream, head: self.head, version: E::SNAPSHOT_VERSION, state };
        let journal = self.env.journal.clone();
        scope.spawn(async move { journal.save_snapshot(snapshot).await }, |actor, saved, _| {
            if let Err(error) = saved {
                tracing::warn!(stream = %actor.stream, %error, "snapshot not saved; loading stays slower");
            }
        });
    }
}
