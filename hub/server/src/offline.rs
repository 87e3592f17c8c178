//! A hub that nobody reaches from outside, for work at the machine itself: accounts, the
//! demonstration. Ended in order, it leaves one file without a log beside it.

use crate::config::Config;
use crate::serve;
use actors::Hub;
use kernel::Clock;
use persistence::SqliteJournal;
use std::sync::Arc;

pub(crate) struct Offline {
    pub(crate) hub: Hub,
    journal: SqliteJournal,
}

impl Offline {
    pub(crate) async fn open(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let (journal, queries) = serve::open(config).await?;
        let hub = Hub::start(serve::parts(config, journal.clone(), queries, clock));
        Ok(Self { hub, journal })
    }

    /// Waits until everything decided is durable, and closes the store.
    pub(crate) async fn end(self) -> Result<(), String> {
        self.hub.shutdown().await;
        self.journal.close().await.map_err(|error| error.to_string())
    }
}
