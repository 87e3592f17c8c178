//! `hub watermark read`: whose screen a picture shows, and from which day it is. Invariant: what
//! is not sure is not said: a mark has a checksum, and no name is told without one that fits.

use crate::config::Config;
use crate::{log, serve};
use clap::Subcommand;
use domain::watermark::{Found, read};
use protocol::Day;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(crate) enum WatermarkCommand {
    /// Print whose it is and when it was shown.
    Read {
        /// The screenshot: PNG, JPEG or WebP.
        picture: PathBuf,
    },
}

pub(crate) async fn run(config: Config, command: WatermarkCommand) -> Result<ExitCode, String> {
    let WatermarkCommand::Read { picture } = command;
    let Some(found) = look(&picture)? else {
        log::say(format_args!("{}: no watermark found", picture.display()));
        return Ok(ExitCode::FAILURE);
    };
    let day = Day(i64::from(found.mark.day));
    log::say(format_args!(
        "shown on {day}, at {:.2} pixels a pixel of the page (certainty {:.0})",
        found.scale, found.certainty
    ));
    let (journal, queries) = serve::open(&config).await?;
    let people = queries.marked(found.mark.tail).await.map_err(|error| error.to_string())?;
    for one in &people {
        log::say(format_args!("to {} ({}, account {})", one.names.zh, one.username, one.account));
    }
    if people.is_empty() {
        log::say(format_args!(
            "to an account that ends with {:010x}; this database has none",
            found.mark.tail
        ));
    }
    journal.close().await.map_err(|error| error.to_string())?;
    Ok(if people.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn look(picture: &Path) -> Result<Option<Found>, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", picture.display());
    let reader = image::ImageReader::open(picture).map_err(|error| named(&error))?;
    let reader = reader.with_guessed_format().map_err(|error| named(&error))?;
    let shades = reader.decode().map_err(|error| named(&error))?.to_luma8();
    let side = |pixels| usize::try_from(pixels).unwrap_or(usize::MAX);
    let (width, height) = (side(shades.width()), side(shades.height()));
    Ok(read(shades.as_raw(), width, height))
}
