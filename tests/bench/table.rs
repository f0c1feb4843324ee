//! The table that the benchmark prints.

use std::fmt;
use std::time::Duration;

use serde_json::json;

/// What was measured, row by row.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// Adds a row, and prints it to the error stream, for the whole run takes a while.
    pub(crate) fn row(&mut self, name: &str, value: String, target: &str) {
        eprintln!("{name}: {value}");
        self.rows.push([name.to_owned(), value, target.to_owned(), String::new()]);
    }

    /// Returns all rows as JSON.
    pub(crate) fn json(&self) -> String {
        let row = |[name, value, target, verdict]: &[String; 4]| json!({"measured": name.trim(), "value": value, "target": target, "verdict": verdict});
        format!("{:#}\n", serde_json::Value::from_iter(self.rows.iter().map(row)))
    }

    /// Adds a row with a target.
    pub(crate) fn judged(&mut self, name: &str, value: String, target: &str, met: bool) {
        self.row(name, value, target);
        if let Some(row) = self.rows.last_mut() {
            row[3] = if met { "met" } else { "missed" }.to_owned();
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<44} {:>12}   target", "measured", "value")?;
        for [name, value, target, verdict] in &self.rows {
            writeln!(f, "{}", format!("{name:<44} {value:>12}   {target:<14} {verdict}").trim_end())?;
        }
        Ok(())
    }
}

/// Returns a time in a unit that suits it.
pub(crate) fn micros(time: Duration) -> String {
    if time < Duration::from_millis(1) {
        format!("{} µs", time.as_micros())
    } else {
        format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
    }
}
