//! A server under measurement: a process of its own that says where it listens, with its
//! CPU time and memory read from `/proc`. Killed when dropped, so that no run leaves one.

use crate::Failure;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
    /// From the call that made the process to its word that it listens.
    pub(crate) listening_after: Duration,
}

impl Process {
    /// Blocks until the server listens.
    pub(crate) fn start(mut command: Command) -> Result<Self, Failure> {
        let asked = Instant::now();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        // From here on dropping it kills the child, whatever goes wrong.
        let mut process = Self { child, address: String::new(), listening_after: asked.elapsed() };
        let out = process.child.stdout.take().ok_or("no standard output")?;
        for line in BufReader::new(out).lines() {
            if let Some((_, address)) = line?.split_once("listening on http://") {
                process.address = address.trim().to_owned();
                process.listening_after = asked.elapsed();
                return Ok(process);
            }
        }
        Err("the server ended before it listened".into())
    }

    /// User and system seconds so far.
    pub(crate) fn cpu_seconds(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name may hold anything; the numbers begin behind its bracket.
        let numbers = stat.rsplit_once(')').ok_or("unexpected /proc stat")?.1;
        let fields: Vec<&str> = numbers.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        // USER_HZ is 100 on every Linux this runs on.
        Ok(ticks / 100.0)
    }

    pub(crate) fn resident_bytes(&self) -> Result<f64, Failure> {
        self.status_bytes("VmRSS:")
    }

    /// Of it what the kernel cannot take back and read from a file again.
    pub(crate) fn anonymous_bytes(&self) -> Result<f64, Failure> {
        self.status_bytes("RssAnon:")
    }

    fn status_bytes(&self, name: &str) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such line")?;
        Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<f64>()? * 1024.0)
    }

    /// As a power cut would end it; answers once it is gone.
    pub(crate) fn kill(mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it in order.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let ended = self.child.wait()?;
        if told.success() && ended.success() {
            return Ok(());
        }
        Err(format!("the server did not end in order: {ended}").into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
