//! Results: one line a figure on the screen with its goal and whether it was met, all of
//! them as JSON in `latest.json`, the single measurements behind them in `raw/`.
//! Invariant: a figure taken by a generator that was full never speaks against the server.

use crate::{Failure, bench::Bench, busy::Busy};
use serde::Serialize;
use serde_json::{Value, json};

/// What a figure should be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    NoGoal,
    Met,
    Missed,
    /// The generator was full: this says nothing about the server.
    Invalid,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    scenario: &'static str,
    name: String,
    value: f64,
    unit: &'static str,
    goal: Option<Goal>,
    generator: Option<Busy>,
    #[serde(skip)]
    flattered: bool,
}

impl Figure {
    pub(crate) fn new(
        scenario: &'static str,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) -> Self {
        let name = name.into();
        Self { scenario, name, value, unit, goal: None, generator: None, flattered: false }
    }

    pub(crate) fn at_least(mut self, goal: f64) -> Self {
        self.goal = Some(Goal::AtLeast(goal));
        self
    }

    pub(crate) fn at_most(mut self, goal: f64) -> Self {
        self.goal = Some(Goal::AtMost(goal));
        self
    }

    pub(crate) fn taken_by(mut self, generator: Busy) -> Self {
        self.generator = Some(generator);
        self
    }

    /// A full generator can make this figure better, too. Of others it can only make them
    /// worse, so that a goal met is met.
    pub(crate) fn can_be_flattered(mut self) -> Self {
        self.flattered = true;
        self
    }

    fn verdict(&self) -> Verdict {
        let full = self.generator.is_some_and(Busy::is_full);
        let met = match self.goal {
            None => return Verdict::NoGoal,
            Some(Goal::AtLeast(goal)) => self.value >= goal,
            Some(Goal::AtMost(goal)) => self.value <= goal,
        };
        match (full, met) {
            (true, true) if !self.flattered => Verdict::Met,
            (true, _) => Verdict::Invalid,
            (false, true) => Verdict::Met,
            (false, false) => Verdict::Missed,
        }
    }

    fn line(&self) -> String {
        let goal = match self.goal {
            None => String::new(),
            Some(Goal::AtLeast(goal)) => format!("≥ {}", number(goal)),
            Some(Goal::AtMost(goal)) => format!("≤ {}", number(goal)),
        };
        let full = self.generator.filter(|busy| busy.is_full());
        let full =
            full.map(|busy| format!("the generator was full ({:.0} %)", 100.0 * busy.share()));
        let verdict = match (self.verdict(), full) {
            (Verdict::NoGoal, full) => full.unwrap_or_default(),
            (Verdict::Met, None) => "met".to_owned(),
            (Verdict::Met, Some(full)) => format!("met, though {full}"),
            (Verdict::Missed, _) => "MISSED".to_owned(),
            (Verdict::Invalid, full) => {
                format!("invalid: {}", full.unwrap_or_default())
            }
        };
        let line = format!(
            "{:<9} {:<50} {:>12} {:<4} {:>10}  {verdict}",
            self.scenario,
            self.name,
            number(self.value),
            self.unit,
            goal,
        );
        line.trim_end().to_owned()
    }
}

/// Two decimals where they matter, thousands set apart where not.
fn number(value: f64) -> String {
    if value.abs() < 1_000.0 {
        let text = format!("{value:.2}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(crate) struct Report {
    bench: Bench,
    figures: Vec<Value>,
    failures: Vec<Value>,
}

impl Report {
    pub(crate) fn new(bench: &Bench) -> Self {
        Self { bench: bench.clone(), figures: Vec::new(), failures: Vec::new() }
    }

    #[expect(clippy::print_stdout, reason = "a table for people is this program's output")]
    pub(crate) fn add(&mut self, bench: &Bench, figure: &Figure) {
        println!("{}", figure.line());
        let mut value = json!(figure);
        value["verdict"] = json!(figure.verdict());
        value["cores"] = json!(bench.cores().name());
        self.figures.push(value);
    }

    /// Keeps the single measurements behind figures.
    pub(crate) fn raw(&self, name: &str, value: &Value) -> Result<(), Failure> {
        let file = self.bench.raw().join(format!("{name}.json"));
        Ok(std::fs::write(file, value.to_string())?)
    }

    /// A scenario that broke off; the others go on.
    pub(crate) fn failed(&mut self, scenario: &str, failure: &Failure) {
        eprintln!("{scenario} failed: {failure}");
        self.failures.push(json!({ "scenario": scenario, "failure": failure.to_string() }));
    }

    /// Writes the file. Fails when a scenario did: a goal missed is a figure, a promise
    /// broken is not.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let failed = self.failures.len();
        let report = json!({
            "at": client::ids::command().made_at(),
            "command": std::env::args().skip(1).collect::<Vec<_>>(),
            "machine": machine(self.bench.core_count()),
            "figures": self.figures,
            "failures": self.failures,
        });
        let file = self.bench.results().join("latest.json");
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
        if failed > 0 { Err(format!("{failed} scenarios failed").into()) } else { Ok(()) }
    }
}

fn machine(cores: usize) -> Value {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    json!({
        "cores": cores,
        "cpu": model.map(|(_, name)| name),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Busy = Busy { running: 0.97, waiting: 0.01 };
    const CALM: Busy = Busy { running: 0.4, waiting: 0.01 };

    fn slow(generator: Busy) -> Figure {
        Figure::new("s", "p99", 80.0, "ms").at_most(50.0).taken_by(generator)
    }

    #[test]
    fn a_full_generator_never_speaks_against_the_server() {
        assert_eq!(slow(CALM).verdict(), Verdict::Missed);
        assert_eq!(slow(FULL).verdict(), Verdict::Invalid);
        assert!(slow(FULL).line().ends_with("invalid: the generator was full (98 %)"));
    }

    #[test]
    fn what_a_full_generator_only_worsens_is_met_all_the_same() {
        let rate = Figure::new("s", "rate", 30_000.0, "/s").at_least(20_000.0).taken_by(FULL);
        assert_eq!(rate.verdict(), Verdict::Met);
        assert_eq!(rate.can_be_flattered().verdict(), Verdict::Invalid);
    }

    #[test]
    fn numbers_are_read_at_a_glance() {
        let shown = [0.5, 1.706, 50.0, 999.996, 20_000.0, 1_234_567.8].map(number);
        assert_eq!(shown, ["0.5", "1.71", "50", "1000", "20,000", "1,234,568"]);
    }
}
