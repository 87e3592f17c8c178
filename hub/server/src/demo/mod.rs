//! `hub demo`: a believable hall on an empty database, then the hub in demo mode.
//! The only place where accounts share a password, made anew for each database and shown on
//! the sign-in page. Invariant: a database that holds accounts is never filled again.

mod history;
mod load;
mod names;
mod organisation;
mod people;
mod scripts;

use crate::config::Config;
use crate::{log, serve};
use actors::Hub;
use clap::Args;
use kernel::{Clock, IdSource, ManualClock, SystemClock, SystemIds};
use std::path::PathBuf;
use std::sync::Arc;

/// Demo accounts protect nothing: their hashes need not cost what real ones must.
pub(super) const DEMO_ARGON2_KIB: u32 = 64;
/// The hall was set up so long before its first message.
const FOUNDED_BEFORE: i64 = 30 * 24 * 3_600_000;

#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Create so many further accounts, for load tests.
    #[arg(long, default_value_t = 0, value_name = "N", requires = "tokens")]
    extra_accounts: usize,
    /// Sign each of them in and write `account token` lines into this file.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
}

pub(crate) async fn run(config: Config, args: DemoArgs) -> Result<(), String> {
    let (_, queries) = serve::open(&config).await?;
    let counts = queries.counts().await.map_err(|error| error.to_string())?;
    let demo = queries.demo_accounts().await.map_err(|error| error.to_string())?;
    if counts.accounts == 0 {
        create(&config).await?;
    } else if demo.is_empty() {
        let place = config.data.display();
        return Err(format!(
            "{place} holds a real hub; the demonstration wants a folder of its own: --data demo"
        ));
    }
    if let Some(file) = &args.tokens {
        load::sign_in(&config, args.extra_accounts, file).await?;
    }
    let demo = queries.demo_accounts().await.map_err(|error| error.to_string())?;
    log::say(format_args!("demonstration hall with {} accounts", demo.len()));
    drop(queries);
    serve::serve(config, true).await
}

async fn create(config: &Config) -> Result<(), String> {
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::at(now - FOUNDED_BEFORE));
    let hub = cheap_hub(config, clock.clone()).await?;
    let password = password();
    let organisation = organisation::create(&hub).await?;
    let staff = people::create(&hub, &organisation, &password).await?;
    history::create(&hub, &clock, now, &staff).await?;
    let shown: Vec<_> = staff.iter().map(|one| (one.account, password.clone())).collect();
    // Last: a hall that was only half made is known by it.
    hub.queries().set_demo(&shown).await.map_err(|error| error.to_string())?;
    hub.shutdown().await;
    Ok(())
}

/// A hub that nobody reaches from outside.
async fn cheap_hub(config: &Config, clock: Arc<dyn Clock>) -> Result<Hub, String> {
    let (journal, queries) = serve::open(config).await?;
    let mut config = config.clone();
    config.argon2_memory_kib = DEMO_ARGON2_KIB;
    Ok(Hub::start(serve::parts(&config, journal, queries, clock)))
}

/// Random, and of the kinds of characters that the rules ask for.
fn password() -> String {
    let random = SystemIds.next().simple().to_string();
    format!("Demo-{}", &random[22..])
}
