//! `hub verify|rebuild|export|import`: long work on the store, with a bar. Invariant: none of
//! them changes a stream; import writes only into an empty store (the store checks).

use crate::config::Config;
use crate::{files, log, serve};
use kernel::journal::{Journal, StoreError};
use kernel::{SystemClock, SystemIds};
use persistence::{Blobs, Folder, Shelf, SqliteJournal};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

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
    let shelf = shelf(&config)?;
    let (journal, _) = serve::open(&config).await?;
    let bar = log::bar("exporting", 0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    let done = if is_dash(&file) {
        persistence::export(&journal, &*shelf, std::io::stdout(), progress).await
    } else {
        // Beside its place first: a file of that name is complete or absent.
        let partial = file.with_extension("partial");
        let mut writer = BufWriter::new(File::create(&partial).map_err(named)?);
        let written = persistence::export(&journal, &*shelf, &mut writer, progress).await;
        writer.flush().map_err(named)?;
        writer.get_ref().sync_all().map_err(named)?;
        if written.is_ok() {
            std::fs::rename(&partial, &file).map_err(named)?;
        }
        written
    };
    let done = done.map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    close(journal).await?;
    if !is_dash(&file) {
        let (events, files) = (done.events, done.files);
        log::say(format_args!("{events} events and {files} files written to {}", file.display()));
        if done.gone > 0 {
            log::say(format_args!("{} files were recalled or erased meanwhile", done.gone));
        }
        if done.sealed {
            let key = config.files().key;
            log::say(format_args!(
                "files and webhook secrets are sealed in it: keep a copy of {}, without which \
                 nobody opens them",
                key.display()
            ));
        }
    }
    Ok(())
}

pub(crate) async fn import(config: Config, file: PathBuf) -> Result<(), String> {
    let shelf = files::shelf(&config)?;
    let (journal, queries) = serve::open(&config).await?;
    let key = config.files().key;
    // Without a key none is made: what is sealed in the file opens with its own key only.
    let blobs = if key.exists() {
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let opened = Blobs::open(config.files(), shelf, &queries, clock, ids).await;
        Some(opened.map_err(|error| error.to_string())?)
    } else {
        None
    };
    let bar = log::bar("importing", 0);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let done = if is_dash(&file) {
        let reader = BufReader::new(std::io::stdin());
        persistence::import(&journal, blobs.as_ref(), reader, progress).await
    } else {
        let open = File::open(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        persistence::import(&journal, blobs.as_ref(), BufReader::new(open), progress).await
    };
    let done = done.map_err(|error| match error {
        StoreError::Constraint(why) if why.ends_with("_key") || why.ends_with("key_missing") => {
            format!(
                "{}: its files and secrets were sealed with another key than {}. Put a copy of \
                 that hub's drive.key there first; nothing was read",
                file.display(),
                key.display()
            )
        }
        error => error.to_string(),
    })?;
    bar.finish_and_clear();
    close(journal).await?;
    let (events, files) = (done.events, done.files);
    log::say(format_args!("{events} events and {files} files read from {}", file.display()));
    Ok(())
}

/// Where files lie, for reading only.
fn shelf(config: &Config) -> Result<Arc<dyn Shelf>, String> {
    if let Some(bucket) = files::shelf(config)? {
        return Ok(bucket);
    }
    let folder = config.files().folder.join("blobs");
    let opened = Folder::open(folder.clone());
    opened
        .map(|folder| Arc::new(folder) as Arc<dyn Shelf>)
        .map_err(|error| format!("{}: {error}", folder.display()))
}

/// Leaves no files of this user beside the database, which the hub's own could not open.
async fn close(journal: SqliteJournal) -> Result<(), String> {
    journal.close().await.map_err(|error| error.to_string())
}

fn is_dash(file: &Path) -> bool {
    file.as_os_str() == "-"
}
