//! `hub verify|rebuild|export|import`: long work on the store, with a bar. Invariant: none of
//! them changes a stream; import writes only into an empty store (the store checks).

use crate::config::Config;
use crate::{log, serve};
use kernel::journal::Journal;
use persistence::SqliteJournal;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) async fn verify(config: Config) -> Result<ExitCode, String> {
    let (journal, queries) = serve::open(&config).await?;
    let counts = queries.counts().await.map_err(|error| error.to_string())?;
    let bar = log::bar("verifying", counts.events);
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let breaks = journal.verify(None).await.map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    close(journal).await?;
    if breaks.is_empty() {
        log::say(format_args!("{} events, every chain holds", counts.events));
        return Ok(ExitCode::SUCCESS);
    }
    for (stream, seq) in &breaks {
        log::say(format_args!("stream {stream}: the chain breaks at number {seq}"));
    }
    log::say(format_args!("{} breaks: rows were changed or removed outside the hub", breaks.len()));
    Ok(ExitCode::FAILURE)
}

pub(crate) async fn rebuild(config: Config) -> Result<(), String> {
    let (journal, queries) = serve::open(&config).await?;
    let bar = log::bar("rebuilding", 0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let done = persistence::rebuild(&journal, progress).await;
    let events = done.map_err(|error| error.to_string())?;
    bar.set_message("the search index");
    let searched = queries.rebuild_search(progress).await.map_err(|error| error.to_string());
    queries.close_search().await;
    searched?;
    bar.finish_and_clear();
    close(journal).await?;
    log::say(format_args!("read models and the search index rebuilt from {events} events"));
    Ok(())
}

pub(crate) async fn export(config: Config, file: PathBuf) -> Result<(), String> {
    let (journal, _) = serve::open(&config).await?;
    let bar = log::bar("exporting", 0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    let events = if is_dash(&file) {
        persistence::export(&journal, std::io::stdout(), progress).await
    } else {
        // Beside its place first: a file of that name is complete or absent.
        let partial = file.with_extension("partial");
        let mut writer = BufWriter::new(File::create(&partial).map_err(named)?);
        let written = persistence::export(&journal, &mut writer, progress).await;
        writer.flush().map_err(named)?;
        writer.get_ref().sync_all().map_err(named)?;
        if written.is_ok() {
            std::fs::rename(&partial, &file).map_err(named)?;
        }
        written
    };
    let events = events.map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    close(journal).await?;
    if !is_dash(&file) {
        log::say(format_args!("{events} events written to {}", file.display()));
    }
    Ok(())
}

pub(crate) async fn import(config: Config, file: PathBuf) -> Result<(), String> {
    let (journal, _) = serve::open(&config).await?;
    let bar = log::bar("importing", 0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let events = if is_dash(&file) {
        persistence::import(&journal, BufReader::new(std::io::stdin()), progress).await
    } else {
        let open = File::open(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        persistence::import(&journal, BufReader::new(open), progress).await
    };
    let events = events.map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    close(journal).await?;
    log::say(format_args!("{events} events read from {}", file.display()));
    Ok(())
}

/// Leaves no files of this user beside the database, which the hub's own could not open.
async fn close(journal: SqliteJournal) -> Result<(), String> {
    journal.close().await.map_err(|error| error.to_string())
}

fn is_dash(file: &Path) -> bool {
    file.as_os_str() == "-"
}
