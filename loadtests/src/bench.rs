//! What every scenario needs to know: the program, where results go, and who sits on which
//! core. Shared, server and generator take what the kernel gives them; apart, the server has
//! the first core to itself and the generator the second, which makes CPU figures comparable.

use crate::Failure;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Who sits where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Cores {
    /// The server on the first core, the generator on the second.
    Apart,
    /// Both on all of them.
    Shared,
}

impl Cores {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Apart => "apart",
            Self::Shared => "shared",
        }
    }
}

#[derive(Clone)]
pub(crate) struct Bench {
    program: PathBuf,
    results: PathBuf,
    asked: Option<Cores>,
    cores: Cores,
    /// The cores this program was started on.
    allowed: Vec<u32>,
}

impl Bench {
    pub(crate) fn new(
        program: PathBuf,
        results: PathBuf,
        asked: Option<Cores>,
    ) -> Result<Self, Failure> {
        let bench =
            Self { program, results, asked, cores: Cores::Shared, allowed: allowed_cores()? };
        std::fs::create_dir_all(bench.raw())?;
        Ok(bench)
    }

    pub(crate) fn results(&self) -> &Path {
        &self.results
    }

    /// Measurements one by one, and the stores of running scenarios.
    pub(crate) fn raw(&self) -> PathBuf {
        self.results.join("raw")
    }

    /// How many cores there are for both.
    pub(crate) fn core_count(&self) -> usize {
        self.allowed.len()
    }

    pub(crate) fn cores(&self) -> Cores {
        self.cores
    }

    /// Seats the generator for a scenario, which says how it is usually measured; servers
    /// started through what this answers are seated accordingly.
    pub(crate) fn seated(&self, usual: Cores) -> Result<Self, Failure> {
        let mut seated = self.clone();
        seated.cores = self.asked.unwrap_or(usual);
        if seated.cores == Cores::Apart && !(self.allowed.len() > 1 && has_taskset()) {
            if self.asked.is_some() {
                return Err("to sit apart takes two cores and taskset (util-linux)".into());
            }
            eprintln!("one core, or no taskset: server and generator share what there is");
            seated.cores = Cores::Shared;
        }
        let own = match seated.cores {
            Cores::Apart => list(&self.allowed[1..2]),
            Cores::Shared => list(&self.allowed),
        };
        if has_taskset() {
            let pid = std::process::id().to_string();
            let told = Command::new("taskset")
                .args(["-a", "-c", "-p", &own, &pid])
                .stdout(Stdio::null())
                .status()?;
            if !told.success() {
                return Err(format!("taskset -acp {own} {pid}: {told}").into());
            }
        }
        Ok(seated)
    }

    /// A command of the hub on a folder.
    pub(crate) fn program(&self, word: &str, data: &Path, settings: &[&str]) -> Command {
        let mut command = self.pinned(&self.program);
        command.arg(word).arg("--data").arg(data);
        for setting in settings {
            command.args(["--set", setting]);
        }
        command
    }

    /// This program itself, as a server.
    pub(crate) fn own(&self, word: &str) -> Result<Command, Failure> {
        let mut command = self.pinned(&std::env::current_exe()?);
        command.arg(word);
        Ok(command)
    }

    /// The program alone, without a command.
    pub(crate) fn bare(&self) -> Command {
        self.pinned(&self.program)
    }

    fn pinned(&self, program: &Path) -> Command {
        if self.cores == Cores::Shared {
            return Command::new(program);
        }
        // It becomes the program it starts: the process id is the server's.
        let mut command = Command::new("taskset");
        command.args(["-c", &list(&self.allowed[..1])]).arg(program);
        command
    }
}

fn has_taskset() -> bool {
    Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok()
}

fn allowed_cores() -> Result<Vec<u32>, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    expand(line.ok_or("no Cpus_allowed_list in /proc/self/status")?)
}

/// `0-2,5` as `[0, 1, 2, 5]`.
fn expand(text: &str) -> Result<Vec<u32>, Failure> {
    let mut cores = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        cores.extend(first.parse::<u32>()?..=last.parse::<u32>()?);
    }
    Ok(cores)
}

fn list(cores: &[u32]) -> String {
    cores.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cores_is_read_and_written() {
        let cores = expand("\t0-2,5\n").expect("well formed");
        assert_eq!(cores, [0, 1, 2, 5]);
        assert_eq!(list(&cores), "0,1,2,5");
        assert!(expand("none").is_err());
    }
}
