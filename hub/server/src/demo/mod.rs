//! `hub demo`: a believable hall on an empty database, then the hub in demo mode.
//! The only place where accounts share a password, made anew for each database and shown on
//! the sign-in page. Invariants: a database that holds accounts is never filled again; a hall
//! is made in a folder of its own and gets its place when it is whole, so that a run that is
//! ended in the middle leaves nothing which the next one would take for a hall.

mod history;
mod load;
mod names;
mod organisation;
mod people;
mod scripts;
mod services;

use crate::config::Config;
use crate::offline::Offline;
use crate::{log, serve};
use clap::Args;
use kernel::{Clock, IdSource, ManualClock, SystemClock, SystemIds};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Demo accounts protect nothing: their hashes need not cost what real ones must.
const DEMO_ARGON2_KIB: u32 = 64;
/// Where the hall is made, below the data folder.
const UNFINISHED: &str = "demo-unfinished";
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
    if is_missing(&config).await? {
        create(&config).await?;
    }
    if let Some(file) = &args.tokens {
        load::sign_in(&config, args.extra_accounts, file).await?;
    }
    serve::serve(config, true).await
}

/// Whether a hall must be made. A real hub is left alone.
async fn is_missing(config: &Config) -> Result<bool, String> {
    if !config.database().exists() {
        return Ok(true);
    }
    let (journal, queries) = serve::open(config).await?;
    let counts = queries.counts().await.map_err(|error| error.to_string())?;
    let demo = queries.demo_accounts().await.map_err(|error| error.to_string())?;
    // Closed before anything takes its place.
    journal.close().await.map_err(|error| error.to_string())?;
    if counts.accounts > 0 && demo.is_empty() {
        let place = config.data.display();
        return Err(format!(
            "{place} holds a real hub; the demonstration wants a folder of its own: --data demo"
        ));
    }
    Ok(counts.accounts == 0)
}

async fn create(config: &Config) -> Result<(), String> {
    let workshop = config.data.join(UNFINISHED);
    let in_workshop = |error: std::io::Error| format!("{}: {error}", workshop.display());
    match std::fs::remove_dir_all(&workshop) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(in_workshop(error)),
        _ => {}
    }
    let unfinished = Config { data: workshop.clone(), ..config.clone() };
    let accounts = fill(&unfinished).await?;
    put_in_place(&unfinished.database(), &config.database())?;
    // What is left is the search index: made anew from the streams.
    std::fs::remove_dir_all(&workshop).map_err(in_workshop)?;
    log::say(format_args!("demonstration hall with {accounts} accounts"));
    Ok(())
}

/// Makes the hall; answers how many accounts one can click through.
async fn fill(config: &Config) -> Result<usize, String> {
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::at(now - FOUNDED_BEFORE));
    let open = cheap_hub(config, clock.clone()).await?;
    let (hub, password) = (&open.hub, password());
    let organisation = organisation::create(hub).await?;
    let staff = people::create(hub, &organisation, &password).await?;
    history::create(hub, &clock, now, &staff).await?;
    let shown: Vec<_> = staff.iter().map(|one| (one.account, password.clone())).collect();
    hub.queries().set_demo(&shown).await.map_err(|error| error.to_string())?;
    open.end().await?;
    Ok(shown.len())
}

/// One step for whoever looks: the whole hall, or none.
fn put_in_place(made: &Path, place: &Path) -> Result<(), String> {
    // An empty database may be there. Its log goes when the last program closes it; whoever
    // still has it open would lose what it writes.
    let log = format!("{}-wal", place.display());
    if Path::new(&log).exists() {
        return Err(format!("{} is open in another program; stop it first", place.display()));
    }
    let folder = place.parent().unwrap_or(Path::new("."));
    std::fs::rename(made, place)
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|error| format!("{}: {error}", place.display()))
}

/// A hub whose passwords cost next to nothing.
async fn cheap_hub(config: &Config, clock: Arc<dyn Clock>) -> Result<Offline, String> {
    let config = Config { argon2_memory_kib: DEMO_ARGON2_KIB, ..config.clone() };
    Offline::open(&config, clock).await
}

/// Random, and of the kinds of characters that the rules ask for.
fn password() -> String {
    let random = SystemIds.next().simple().to_string();
    format!("Demo-{}", &random[22..])
}
