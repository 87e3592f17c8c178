//! What every shell of one node shares. Made once by [`crate::Hub::start`].

use crate::{
    account::AuthCache,
    app::{Postman, Used},
    areas::Registries,
    call::{CallMetrics, Desk, Operator},
    cursors::CursorKeeper,
    journal::JournalShard,
    link::Links,
    mail::Mailer,
    passwords::Passwords,
    push::{PushLog, Pusher, Pushes},
    reach::Contacts,
    relay::Relay,
    room::{Admitted, ReadCounter, Rows},
    search::Indexer,
    unit::Trees,
    web::Web,
};
use domain::Policy;
use kernel::{Arbiters, Clock, Fanout, IdSource, Mailbox, journal::Journal};
use media::shard::{News, Shard};
use persistence::{Keys, Queries};
use prometheus::{IntCounterVec, IntGauge, Opts};
use protocol::{BlobId, ErrorBody};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{Semaphore, mpsc};

/// Appends between decision and commit on this node; one more is refused as busy.
pub(crate) const COMMITS_MAX: usize = 4_096;

/// What a node is made of.
pub struct Parts {
    pub journal: Arc<dyn Journal>,
    pub queries: Queries,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub policy: Policy,
    /// Threads that entities live on.
    pub arbiters: usize,
    pub argon2_memory_kib: u32,
    /// Where mails go; `None`: nowhere, and each try says so.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// How other machines are asked; `None`: they are not.
    pub web: Option<Arc<dyn Web>>,
    /// How devices are told of news; `None`: they are not.
    pub pusher: Option<Arc<dyn Pusher>>,
    /// Where sound and pictures of calls are forwarded, each with its news; empty: nowhere.
    pub media: Vec<(Shard, mpsc::Receiver<News>)>,
}

pub(crate) struct Env {
    pub journal: Arc<dyn Journal>,
    pub queries: Queries,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub policy: Policy,
    pub fanout: Arc<Fanout>,
    pub arbiters: Arbiters,
    pub passwords: Passwords,
    pub auth: AuthCache,
    pub trees: Trees,
    pub contacts: Contacts,
    pub used: Used,
    pub links: Links,
    pub calls: Desk,
    pub registries: Registries,
    /// Room between decision and commit, reserved before deciding.
    pub commits: Arc<Semaphore>,
    pub shard: OnceLock<Mailbox<JournalShard>>,
    pub cursors: OnceLock<Mailbox<CursorKeeper>>,
    pub relay: OnceLock<Mailbox<Relay>>,
    pub readers: OnceLock<Mailbox<ReadCounter>>,
    pub rows: OnceLock<Mailbox<Rows>>,
    pub mailer: Option<Arc<dyn Mailer>>,
    pub web: Option<Arc<dyn Web>>,
    pub pusher: Option<Arc<dyn Pusher>>,
    pub pushes: OnceLock<Mailbox<Pushes>>,
    pub push_log: PushLog,
    pub admitted: Admitted,
    pub search: OnceLock<Mailbox<Indexer>>,
    pub postman: OnceLock<Mailbox<Postman>>,
    pub operator: OnceLock<Mailbox<Operator>>,
    /// Set once the files are open: they lie beside their key.
    pub keys: OnceLock<Arc<Keys>>,
    pub metrics: Metrics,
}

impl Env {
    /// Keys that lie beside the one of the files.
    pub fn keys(&self) -> Result<&Arc<Keys>, ErrorBody> {
        self.keys.get().ok_or_else(|| {
            tracing::error!("the keys are not open");
            ErrorBody::unavailable()
        })
    }

    /// Width and height of a picture, as its file's head says; `None`: it is none.
    pub async fn picture_size(&self, blob: BlobId) -> Result<Option<(u32, u32)>, ErrorBody> {
        let blob = self.queries.blob(blob).await.map_err(|_| ErrorBody::unavailable())?;
        Ok(blob.and_then(|blob| blob.size).map(|size| (size.width, size.height)))
    }
}

pub(crate) struct Metrics {
    pub registry: prometheus::Registry,
    pub commands: IntCounterVec,
    pub commits: IntCounterVec,
    pub escalations: IntGauge,
    pub calls: CallMetrics,
    /// Durable events that the search does not know yet.
    pub search_lag: IntGauge,
    /// 1 while the last commit failed because storage did not answer.
    store_down: IntGauge,
    store_trouble: Mutex<Option<String>>,
}

impl Metrics {
    pub fn new() -> Self {
        let registry = prometheus::Registry::new();
        let commands = IntCounterVec::new(
            Opts::new("hub_commands_total", "Commands by type and outcome kind"),
            &["type", "outcome"],
        )
        .expect("name and labels are constants of the right form");
        let commits = IntCounterVec::new(
            Opts::new("hub_journal_total", "Journal batches and appends"),
            &["what"],
        )
        .expect("name and labels are constants of the right form");
        let escalations =
            IntGauge::new("hub_escalations", "Actors whose restart budget was spent since start")
                .expect("the name is a constant of the right form");
        let search_lag =
            IntGauge::new("hub_search_lag_events", "Durable events that the search lacks")
                .expect("the name is a constant of the right form");
        let store_down = IntGauge::new("hub_store_down", "1 while storage refuses commits")
            .expect("the name is a constant of the right form");
        for collector in [
            Box::new(commands.clone()) as Box<dyn prometheus::core::Collector>,
            Box::new(commits.clone()),
            Box::new(escalations.clone()),
            Box::new(search_lag.clone()),
            Box::new(store_down.clone()),
        ] {
            registry.register(collector).expect("each name is registered once");
        }
        let calls = CallMetrics::new(&registry);
        let store_trouble = Mutex::new(None);
        Self {
            registry,
            calls,
            commands,
            commits,
            escalations,
            search_lag,
            store_down,
            store_trouble,
        }
    }

    /// Why storage refused the last write, in its own words; `None`: it took it.
    pub fn set_store_trouble(&self, why: Option<String>) {
        self.store_down.set(i64::from(why.is_some()));
        *self.store_trouble.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    pub fn store_trouble(&self) -> Option<String> {
        self.store_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
