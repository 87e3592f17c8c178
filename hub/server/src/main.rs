//! The program `hub`: command line, configuration, wiring, shutdown. It owns no rule and no
//! table; it puts the crates together. Invariant: a command either does its work and exits
//! 0, or says in words on standard error what is wrong and exits 1.

mod chat;
mod config;
mod demo;
mod doctor;
mod files;
mod keys;
mod log;
mod mail;
mod maintain;
mod media;
mod offline;
mod outbound;
mod prompt;
mod push;
mod serve;
mod tls;
mod user;
mod watermark;

use clap::{Args, Parser, Subcommand};
use config::Config;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The realtime hub of a region's government service halls.
#[derive(Parser)]
#[command(name = "hub", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the hub until SIGTERM or Ctrl-C.
    Serve(Settings),
    /// Serve a demonstration hall; creates it when the database is empty.
    Demo {
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        demo: demo::DemoArgs,
    },
    /// Create and manage accounts at the machine itself.
    User {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        command: user::UserCommand,
    },
    /// Say in words what is wrong with this machine or its data.
    Doctor {
        #[command(flatten)]
        settings: Settings,
        /// For programs: one JSON object with every check.
        #[arg(long)]
        json: bool,
    },
    /// Walk the hash chain of every stream and report what was changed.
    Verify(Settings),
    /// Rebuild every table that lists and searches read, from the streams.
    Rebuild(Settings),
    /// Write all streams, and the files that they name, into one file, a line each.
    Export {
        #[command(flatten)]
        settings: Settings,
        /// The file; `-` for standard output.
        file: PathBuf,
    },
    /// Read such a file into an empty database.
    Import {
        #[command(flatten)]
        settings: Settings,
        /// The file; `-` for standard input.
        file: PathBuf,
    },
    /// Read the hidden watermark of a screenshot: whose screen, and on which day.
    Watermark {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        command: watermark::WatermarkCommand,
    },
    /// Chat from the terminal.
    Chat(chat::ChatArgs),
    /// Show settings.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Every setting with its meaning and default, as a file to start from.
    Schema,
    /// Read the settings as `serve` would and say whether they fit.
    Check(Settings),
}

/// Where settings come from.
#[derive(Args, Clone)]
struct Settings {
    /// Settings file (TOML); `hub config schema` prints one.
    #[arg(long, global = true, env = "HUB_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Addresses to serve at, separated by commas.
    #[arg(long, global = true, value_name = "ADDRESSES")]
    listen: Option<String>,
    /// Folder of the database.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
    /// Any other setting, as key=value; may be repeated.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl Settings {
    fn read(&self) -> Result<Config, String> {
        let mut flags = Vec::new();
        for pair in &self.set {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| format!("--set {pair}: write key=value"))?;
            flags.push((key.trim().to_owned(), value.trim().to_owned()));
        }
        for (key, value) in [("listen", &self.listen), ("data", &self.data)] {
            flags.extend(value.clone().map(|value| (key.to_owned(), value)));
        }
        Config::read(self.config.as_deref(), |name| std::env::var(name).ok(), &flags)
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("hub: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, String> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Serve(settings) => {
            let config = settings.read()?;
            log::start(&config)?;
            block_on(serve::serve(config, false)).map(done)
        }
        Command::Demo { settings, demo } => {
            let config = settings.read()?;
            log::start(&config)?;
            block_on(demo::run(config, demo)).map(done)
        }
        Command::User { settings, command } => {
            block_on(user::run(quiet(&settings)?, command)).map(done)
        }
        Command::Doctor { settings, json } => block_on(doctor::run(settings.read()?, json)),
        Command::Verify(settings) => block_on(maintain::verify(quiet(&settings)?)),
        Command::Rebuild(settings) => block_on(maintain::rebuild(quiet(&settings)?)).map(done),
        Command::Export { settings, file } => {
            block_on(maintain::export(quiet(&settings)?, file)).map(done)
        }
        Command::Import { settings, file } => {
            block_on(maintain::import(quiet(&settings)?, file)).map(done)
        }
        Command::Watermark { settings, command } => {
            block_on(watermark::run(quiet(&settings)?, command))
        }
        Command::Chat(args) => block_on(chat::run(args)).map(done),
        Command::Config { command: ConfigCommand::Schema } => {
            log::say(keys::schema().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Config { command: ConfigCommand::Check(settings) } => {
            let config = settings.read()?;
            tls::Certificate::of(&config)?;
            files::shelf(&config)?;
            log::say("the settings fit");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Settings of a command that a person watches: only warnings reach the terminal.
fn quiet(settings: &Settings) -> Result<Config, String> {
    let mut config = settings.read()?;
    config.log_level = "warn".to_owned();
    log::start(&config)?;
    Ok(config)
}

/// Runs on this thread; entities and HTTP take threads of their own.
fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    actix_web::rt::System::new().block_on(work)
}
