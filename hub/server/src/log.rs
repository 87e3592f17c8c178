//! Where the program writes: structured logs on standard error, answers on standard output.
//! Absent on purpose: what is logged. Personal data is masked by its type (`kernel::Pii`).

use crate::config::Config;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

pub(crate) fn start(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log_level)
        .map_err(|error| format!("log.level = {:?}: {error}", config.log_level))?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = if config.log_json { logs.json().try_init() } else { logs.try_init() };
    started.map_err(|error| format!("logs could not be started: {error}"))
}

/// One line for a person or a script. A reader that went away is no fault of ours.
pub(crate) fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A bar on standard error, silent where that is no terminal.
pub(crate) fn bar(what: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    let style =
        ProgressStyle::with_template("{msg} {bar:30} {human_pos}/{human_len} {per_sec} {eta}")
            .expect("the template is a constant of the right form");
    bar.set_style(style);
    bar.set_message(what);
    bar
}
