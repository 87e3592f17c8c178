//! The persistence actor: takes what is waiting, commits once, acknowledges all, and
//! publishes in commit order. While one batch is being synced the next one gathers, so the
//! batch grows with the load and no timer is needed.

use crate::{app, env::Env, push, search};
use kernel::{
    Actor, Published, Scope,
    journal::{Append, StoreError},
};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Appends in one transaction. More gains nothing: at 512 the sync is 3 % of the batch.
const BATCH_MAX: usize = 512;

/// One decided command on its way to the disk.
pub(crate) struct Commit {
    pub append: Append,
    pub publish: Vec<Published>,
    pub reply: oneshot::Sender<Result<(), StoreError>>,
    /// Held until the outcome is known: bounds what waits here.
    pub permit: OwnedSemaphorePermit,
}

pub(crate) struct JournalShard {
    env: Arc<Env>,
    waiting: Vec<Commit>,
    committing: bool,
}

impl JournalShard {
    pub fn new(env: Arc<Env>) -> Self {
        Self { env, waiting: Vec::new(), committing: false }
    }

    fn commit_waiting(&mut self, scope: &mut Scope<'_, Self>) {
        if self.committing || self.waiting.is_empty() {
            return;
        }
        self.committing = true;
        let taken = self.waiting.len().min(BATCH_MAX);
        let mut rest = self.waiting.split_off(taken);
        std::mem::swap(&mut rest, &mut self.waiting);
        let mut appends = Vec::with_capacity(rest.len());
        let mut outcomes = Vec::with_capacity(rest.len());
        for commit in rest {
            appends.push(commit.append);
            outcomes.push((commit.publish, commit.reply, commit.permit));
        }
        let journal = self.env.journal.clone();
        scope.spawn(async move { journal.append(appends).await }, move |shard, results, scope| {
            shard.finish(results, outcomes);
            shard.committing = false;
            shard.commit_waiting(scope);
        });
    }

    fn finish(&self, results: Vec<Result<(), StoreError>>, outcomes: Vec<Outcome>) {
        let metrics = &self.env.metrics;
        metrics.commits.with_label_values(&["batches"]).inc();
        metrics.commits.with_label_values(&["appends"]).inc_by(results.len() as u64);
        self.tell_trouble(&results);
        let mut publish = Vec::new();
        for (result, (events, reply, permit)) in results.into_iter().zip(outcomes) {
            if result.is_ok() {
                publish.extend(events);
            }
            // The entity may have died meanwhile; what is durable stays durable.
            drop(reply.send(result));
            drop(permit);
        }
        self.env.fanout.publish(&publish);
        if let Some(search) = self.env.search.get() {
            // Full: it has been told often enough. Gone: it looks again by itself.
            let _ = search.tell(search::Nudge);
        }
        if let Some(postman) = self.env.postman.get() {
            // The same holds for who posts.
            let _ = postman.tell(app::Nudge);
        }
        if let Some(pushes) = self.env.pushes.get() {
            // As above.
            let _ = pushes.tell(push::Nudge);
        }
    }

    /// Before anybody is answered, so that `/readyz` never lags behind a reply. Once a batch:
    /// a full disk refuses all of its members in the same words.
    fn tell_trouble(&self, results: &[Result<(), StoreError>]) {
        let trouble = results.iter().rev().find_map(|result| match result {
            Ok(()) => Some(None),
            Err(StoreError::Unavailable(why)) => Some(Some(why.clone())),
            Err(_) => None,
        });
        if let Some(Some(why)) = &trouble {
            tracing::error!(%why, appends = results.len(), "commit refused by storage");
        }
        if let Some(trouble) = trouble {
            self.env.metrics.set_store_trouble(trouble);
        }
    }
}

type Outcome = (Vec<Published>, oneshot::Sender<Result<(), StoreError>>, OwnedSemaphorePermit);

impl Actor for JournalShard {
    type Message = Commit;

    fn handle(&mut self, commit: Commit, scope: &mut Scope<'_, Self>) {
        self.waiting.push(commit);
        self.commit_waiting(scope);
    }
}
