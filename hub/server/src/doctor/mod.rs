//! `hub doctor`: what is wrong with this machine or its data, in words, and what to do about
//! it. Each check stands alone and changes nothing that stays. Exit code 1 when one fails.

mod disk;
mod files;
mod machine;
mod store;

use crate::config::Config;
use crate::log;
use crate::tls::{Certificate, days_left, stage};
use kernel::{Clock, SystemClock};
use serde::Serialize;
use std::process::ExitCode;

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// It works, but not as it should.
    Weak,
    Bad,
}

#[derive(Debug, Serialize)]
struct Found {
    check: &'static str,
    state: State,
    words: String,
}

impl Found {
    fn ok(check: &'static str, words: impl Into<String>) -> Self {
        Self { check, state: State::Ok, words: words.into() }
    }

    fn weak(check: &'static str, words: impl Into<String>) -> Self {
        Self { check, state: State::Weak, words: words.into() }
    }

    fn bad(check: &'static str, words: impl Into<String>) -> Self {
        Self { check, state: State::Bad, words: words.into() }
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Found>,
}

pub(crate) async fn run(config: Config, json: bool) -> Result<ExitCode, String> {
    let checks = checks(&config).await;
    let bad = checks.iter().filter(|found| found.state == State::Bad).count();
    let report = Report { ok: bad == 0, checks };
    if json {
        log::say(serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?);
    } else {
        for found in &report.checks {
            let mark = match found.state {
                State::Ok => "ok  ",
                State::Weak => "weak",
                State::Bad => "BAD ",
            };
            log::say(format_args!("{mark}  {:<12} {}", found.check, found.words));
        }
        match bad {
            0 => log::say("nothing is wrong"),
            _ => log::say(format_args!("{bad} of these must be put right")),
        }
    }
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn checks(config: &Config) -> Vec<Found> {
    let mut checks = vec![
        machine::open_files(),
        machine::memory(),
        machine::ipv6(),
        disk::data_folder(&config.data),
        disk::sync(&config.data),
        disk::free(&config.data),
        disk::file_system(&config.data),
        store::database(&config.database()),
        store::clock(&config.database(), SystemClock.now()).await,
        store::search(&config.database()).await,
        files::bucket(config).await,
        certificate(config),
    ];
    checks.extend(config.listen.iter().map(|address| machine::port(*address)));
    checks
}

fn certificate(config: &Config) -> Found {
    const CHECK: &str = "certificate";
    match Certificate::of(config) {
        Ok(Some(certificate)) => {
            let (ends_at, now) = (certificate.ends_at(), SystemClock.now());
            let left = ends_at.map_or(0, |at| days_left(at, now));
            match ends_at.and_then(|at| stage(at, now)) {
                None => Found::ok(CHECK, "certificate and key belong together"),
                Some(0) => Found::bad(CHECK, "it is over: put a new one in its place"),
                Some(_) => Found::weak(CHECK, format!("it ends in {left} days: renew it")),
            }
        }
        Ok(None) if config.listen.iter().all(|address| address.ip().is_loopback()) => {
            Found::ok(CHECK, "none; the hub is reached from this machine only")
        }
        Ok(None) => Found::weak(
            CHECK,
            "none: whoever is on the network reads along. Set tls.cert and tls.key, or let a \
             proxy end TLS before the hub",
        ),
        Err(why) => Found::bad(CHECK, why),
    }
}
