//! A hub under measurement: a process of its own on a fresh folder, with its CPU time and
//! memory read from `/proc`.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

type Failure = Box<dyn std::error::Error>;

pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    /// Account id and bearer token of each load account.
    pub(crate) people: Vec<(String, String)>,
    folder: Option<PathBuf>,
}

impl Server {
    pub(crate) fn start(
        program: &Path,
        people: usize,
        cores: Option<&str>,
    ) -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("hub-load-{}", std::process::id()));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let tokens = folder.join("tokens");
        let mut command = pinned(program, cores);
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder.join("data"));
        command.args(["--extra-accounts", &people.to_string(), "--tokens"]).arg(&tokens);
        for setting in [
            "web.commands_per_second=1000000",
            "web.commands_burst=1000000",
            "web.connections_per_address=1000000",
            "rooms.members_max=100000",
            "log.level=warn",
        ] {
            command.args(["--set", setting]);
        }
        let mut server = Self::spawn(command)?;
        server.people = std::fs::read_to_string(&tokens)?
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(account, token)| (account.to_owned(), token.to_owned()))
            .collect();
        server.folder = Some(folder);
        Ok(server)
    }

    /// The bare server of [`crate::limit`], started from this same program.
    pub(crate) fn limit(cores: Option<&str>) -> Result<Self, Failure> {
        let mut command = pinned(&std::env::current_exe()?, cores);
        command.arg("limit");
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Result<Self, Failure> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let out = child.stdout.take().ok_or("no standard output")?;
        let mut address = None;
        for line in BufReader::new(out).lines() {
            let line = line?;
            if let Some((_, found)) = line.split_once("listening on http://") {
                address = Some(found.trim().to_owned());
                break;
            }
        }
        let address = address.ok_or("the server ended before it listened")?;
        Ok(Self { child, address, people: Vec::new(), folder: None })
    }

    /// User and system seconds so far.
    pub(crate) fn cpu_seconds(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> =
            stat.rsplit_once(')').ok_or("unexpected /proc stat")?.1.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        // USER_HZ is 100 on every Linux this runs on.
        Ok(ticks / 100.0)
    }

    pub(crate) fn resident_kib(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.split_whitespace().nth(1).ok_or("no VmRSS")?.parse()?)
    }
}

fn pinned(program: &Path, cores: Option<&str>) -> Command {
    match cores {
        Some(cores) => {
            let mut command = Command::new("taskset");
            command.args(["-c", cores]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended by itself; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
