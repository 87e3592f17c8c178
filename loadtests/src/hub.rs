//! A hub under measurement on a store of its own, with load accounts that are signed in.
//! Stores lie beside the results and not in the temporary folder: that one may be memory,
//! where a sync costs nothing and a durable figure would be a lie.

use crate::{Failure, bench::Bench, process::Process};
use protocol::account::Secret;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What stands between a generator and the hub: rate limits and the size of a room.
const SETTINGS: &[&str] = &[
    "web.commands_per_second=1000000",
    "web.commands_burst=1000000",
    "web.connections_per_address=1000000",
    "rooms.members_max=100000",
    // A kept store is to be of use for a year.
    "sign_in.session_seconds=31536000",
    "log.level=warn",
];

/// A signed-in load account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) account: String,
    pub(crate) token: String,
}

impl Person {
    pub(crate) fn secret(&self) -> Secret {
        Secret(self.token.clone())
    }
}

/// The folder of a database, gone when dropped unless it is to be kept.
pub(crate) struct Store {
    folder: PathBuf,
    kept: bool,
}

impl Store {
    pub(crate) fn fresh(bench: &Bench) -> Result<Self, Failure> {
        let folder = bench.raw().join(format!("store-{}", std::process::id()));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, kept: false })
    }

    /// One that outlives this program and may have been there before.
    pub(crate) fn kept(folder: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), kept: true })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A file beside the database.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn people(&self) -> Result<Vec<Person>, Failure> {
        let tokens = std::fs::read_to_string(self.file("tokens"))?;
        let person = |(account, token): (&str, &str)| Person {
            account: account.to_owned(),
            token: token.to_owned(),
        };
        Ok(tokens.lines().filter_map(|line| line.split_once(' ')).map(person).collect())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if !self.kept {
            // What is left behind lies in a folder that is ignored and cleared by hand.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

pub(crate) struct Hub {
    // Before the store: the process must be gone when its folder goes.
    pub(crate) process: Process,
    pub(crate) people: Vec<Person>,
    pub(crate) store: Store,
    bench: Bench,
}

impl Hub {
    /// A demonstration hall with so many load accounts, all signed in.
    pub(crate) fn demo(bench: &Bench, people: usize, store: Store) -> Result<Self, Failure> {
        Self::demo_set(bench, people, store, &[])
    }

    /// With further settings, `key=value` each.
    pub(crate) fn demo_set(
        bench: &Bench,
        people: usize,
        store: Store,
        settings: &[&str],
    ) -> Result<Self, Failure> {
        let settings = [SETTINGS, settings].concat();
        let mut command = bench.program("demo", &store.data(), &settings);
        command.args(["--listen", "127.0.0.1:0", "--extra-accounts", &people.to_string()]);
        command.arg("--tokens").arg(store.file("tokens"));
        let process = Process::start(command)?;
        Ok(Self { process, people: store.people()?, store, bench: bench.clone() })
    }

    /// A hub on what is there.
    pub(crate) fn serve(bench: &Bench, store: Store, listen: &str) -> Result<Self, Failure> {
        let mut command = bench.program("serve", &store.data(), SETTINGS);
        command.args(["--listen", listen]);
        let process = Process::start(command)?;
        Ok(Self { process, people: store.people()?, store, bench: bench.clone() })
    }

    pub(crate) fn address(&self) -> &str {
        &self.process.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.process.address)
    }

    /// Killed with -9, and a new one at the same address on the same store. `between` runs
    /// when the old one is gone and before the new one is asked for.
    pub(crate) fn killed_and_restarted(self, between: impl FnOnce()) -> Result<Self, Failure> {
        let Self { process, store, bench, .. } = self;
        let address = process.address.clone();
        process.kill()?;
        between();
        Self::serve(&bench, store, &address)
    }

    /// Ends it in order and gives the store back.
    pub(crate) fn end(self) -> Result<Store, Failure> {
        self.process.end()?;
        Ok(self.store)
    }
}

/// The hub's own check that every chain of a store holds.
pub(crate) fn verify(bench: &Bench, store: &Store) -> Result<(), Failure> {
    let mut command: Command = bench.program("verify", &store.data(), &[]);
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("hub verify: {}", String::from_utf8_lossy(&output.stdout)).into())
}
