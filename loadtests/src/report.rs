//! Results: one line a figure on the screen, all of them as JSON in a file.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub(crate) struct Report {
    file: PathBuf,
    figures: Vec<Value>,
}

impl Report {
    pub(crate) fn new(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { file: folder.join("latest.json"), figures: Vec::new() })
    }

    #[expect(clippy::print_stdout, reason = "a table for people is this program's output")]
    pub(crate) fn figure(&mut self, scenario: &str, name: &str, value: f64, unit: &str) {
        println!("{scenario:<10} {name:<44} {value:>14.2} {unit}");
        self.figures
            .push(json!({"scenario": scenario, "name": name, "value": value, "unit": unit}));
    }

    pub(crate) fn finish(self) -> Result<(), Box<dyn std::error::Error>> {
        std::fs::write(self.file, serde_json::to_string_pretty(&self.figures)?)?;
        Ok(())
    }
}
