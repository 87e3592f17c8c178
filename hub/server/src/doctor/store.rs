//! What the database itself says, read without migrating or changing it.

use super::Found;
use protocol::Millis;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// 2026-01-01: a clock before it was never set.
const CLOCK_LEAST: Millis = 1_767_225_600_000;
/// Two machines that keep time differ by less.
const CLOCK_SLACK: Millis = 5_000;

pub(super) fn database(path: &Path) -> Found {
    const CHECK: &str = "database";
    let mut header = [0u8; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Found::ok(CHECK, "none yet; the first start creates it")
        }
        Err(error) => Found::bad(CHECK, format!("{} cannot be read: {error}", path.display())),
        Ok(()) if !header.starts_with(b"SQLite format 3\0") => {
            Found::bad(CHECK, format!("{} is no SQLite database", path.display()))
        }
        // Bytes 18 and 19: 2 means write-ahead log.
        Ok(()) if header[18..20] == [2, 2] => Found::ok(CHECK, "write-ahead log is on"),
        Ok(()) => Found::weak(CHECK, "the write-ahead log is off; the next start turns it on"),
    }
}

/// Events carry the time they were decided at: the last of them cannot lie in the future.
pub(super) async fn clock(database: &Path, now: Millis) -> Found {
    const CHECK: &str = "clock";
    if now < CLOCK_LEAST {
        let words = "the clock was never set; start chrony or systemd-timesyncd";
        return Found::bad(CHECK, words);
    }
    if !database.exists() {
        return Found::ok(CHECK, "set; nothing is stored yet to compare it with");
    }
    match persistence::last_event_at(database).await {
        Ok(None) => Found::ok(CHECK, "set; nothing is stored yet to compare it with"),
        Ok(Some(last)) if last > now + CLOCK_SLACK => Found::bad(
            CHECK,
            format!(
                "the last stored event lies {} s in the future of this clock: it runs behind. \
                 Set it before serving (chrony or systemd-timesyncd), or messages carry wrong \
                 times",
                (last - now) / 1000
            ),
        ),
        Ok(Some(last)) => {
            let words = format!("later than the last stored event, by {} s", (now - last) / 1000);
            Found::ok(CHECK, words)
        }
        Err(error) => {
            Found::weak(CHECK, format!("set, but the last event could not be read: {error}"))
        }
    }
}

/// The index of the search follows the events; what it lacks it takes in at the next start.
pub(super) async fn search(database: &Path) -> Found {
    const CHECK: &str = "search index";
    if !database.exists() {
        return Found::ok(CHECK, "none yet; the first message makes it");
    }
    let last = match persistence::last_position(database).await {
        Ok(last) => last,
        Err(error) => {
            return Found::weak(CHECK, format!("the events could not be counted: {error}"));
        }
    };
    match persistence::search_position(database) {
        None => Found::ok(CHECK, format!("none; the next start makes it from {last} events")),
        Some(position) if position > last => {
            Found::weak(CHECK, "of another history; the next start makes it again")
        }
        Some(position) => Found::ok(CHECK, format!("lacks the last {} events", last - position)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::{config::Config, offline::Offline, user::ask};
    use kernel::{Clock, IdSource, ManualClock, SystemClock, SystemIds};
    use protocol::account::Names;
    use protocol::unit::{CreateUnit, UnitCommand, UnitKind};
    use protocol::{EntityKind, StreamId};
    use std::sync::Arc;

    /// A store whose only event was decided at `at`.
    async fn store(name: &str, at: Millis) -> Config {
        let data = std::env::temp_dir().join(format!("hub-{name}-{}", std::process::id()));
        let flag = ("data".to_owned(), data.display().to_string());
        let config = Config::read(None, |_| None, &[flag]).expect("defaults fit");
        let open = Offline::open(&config, Arc::new(ManualClock::at(at))).await.expect("opened");
        let names = Names { zh: "大厅".to_owned(), ..Names::default() };
        let command = CreateUnit { kind: UnitKind::Region, names, parent: None, rank: 0 };
        let stream = StreamId::new(EntityKind::Unit, SystemIds.next());
        ask(&open.hub, stream, UnitCommand::from(command)).await.expect("created");
        open.end().await.expect("closed");
        config
    }

    #[actix_web::test]
    async fn a_clock_behind_the_last_event_is_found_whatever_the_files_say() {
        let now = SystemClock.now();
        for (name, at, state, word) in [
            ("clock-ahead", now + 3_600_000, State::Bad, "3600 s in the future"),
            ("clock-well", now - 60_000, State::Ok, "by 60 s"),
        ] {
            let config = store(name, at).await;
            let found = clock(&config.database(), now).await;
            let files: Vec<_> = std::fs::read_dir(&config.data).expect("made").flatten().collect();
            std::fs::remove_dir_all(&config.data).expect("made above");
            assert_eq!(found.state, state, "{found:?}");
            assert!(found.words.contains(word), "{found:?}");
            assert_eq!(files.len(), 1, "looking leaves no file behind: {files:?}");
        }
        let found = clock(Path::new("/nowhere/hub.db"), now).await;
        assert_eq!(found.state, State::Ok, "{found:?}");
        assert_eq!(clock(Path::new("/nowhere/hub.db"), 0).await.state, State::Bad);
    }
}
