//! What is said about an export: how far it is, and what to run to go on.

use std::path::Path;
use std::sync::atomic::Ordering;

use jiff::civil::Date;
use mp_catalog::Param;
use mp_proto::failure::Failure;

use super::file::Claim;
use super::plan::Plan;
use super::writer::Tally;

/// Returns the name of a parameter as an option has it. clap wants a name that lives as long as the program; the few letters do.
pub(super) fn long(param: &Param) -> &'static str {
    if param.name.contains('_') { param.name.replace('_', "-").leak() } else { param.name }
}

/// Says where a run goes on.
pub(super) fn resumed(claim: &Claim, plan: &Plan) -> String {
    let bytes = claim.journal().map_or(0, |journal| journal.bytes);
    let done = last_day(plan, plan.first).map_or_else(String::new, |day| format!(", up to {day}"));
    format!("going on with {}: {} are there{done}", claim.target().display(), size(bytes))
}

/// Returns the last day of the parts that are complete.
fn last_day(plan: &Plan, complete: usize) -> Option<Date> {
    plan.parts.get(complete.checked_sub(1)?)?.map(|days| days.to)
}

/// Returns a number of bytes for people.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut size = bytes as f64 / 1000.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while size >= 999.95
        && let Some(larger) = units.next()
    {
        (size, unit) = (size / 1000.0, Some(larger));
    }
    format!("{size:.1} {}", unit.unwrap_or(&"TB"))
}

/// What is known when an export ends too early.
pub(super) struct Report<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tally: &'a Tally,
    /// The file; none for stdout.
    pub(super) target: Option<&'a Path>,
}

impl Report<'_> {
    /// Says how far it is, and what to run.
    pub(super) fn so_far(&self) -> String {
        let complete = self.tally.parts.load(Ordering::Relaxed);
        let day = last_day(self.plan, complete);
        let done = day.map_or("nothing is complete".to_owned(), |day| format!("complete up to {day}"));
        match self.target {
            Some(target) => format!("{} is {done}; run the same command again to go on", unfinished(target)),
            None if self.tally.is_inside.load(Ordering::Relaxed) => {
                format!("stdout is {done}, and has some lines of what follows")
            }
            None => format!("stdout is {done}"),
        }
        .replace("is nothing is complete", "has nothing that is complete")
    }

    /// Adds to a failure how far it is, and what to run.
    pub(super) fn failure(&self, mut failure: Failure) -> Failure {
        let said = self.so_far();
        let said = said.split("; run").next().unwrap_or(&said);
        failure.detail = format!("{}; {said}", failure.detail);
        let complete = self.tally.parts.load(Ordering::Relaxed);
        let from = last_day(self.plan, complete).filter(|_| self.target.is_none()).and_then(|day| day.tomorrow().ok());
        let label = if complete > 0 { "go on from there" } else { "try again" };
        failure.next(command(std::env::args().skip(1), from), label)
    }
}

fn unfinished(target: &Path) -> String {
    format!("{}.partial", target.display())
}

/// Returns the command line of this process, perhaps from a later day on.
fn command(words: impl Iterator<Item = String>, from: Option<Date>) -> String {
    let mut line = vec!["mp".to_owned()];
    let mut is_day = false;
    for word in words {
        let later = match from {
            Some(from) if is_day => from.to_string(),
            Some(from) if word.starts_with("--from=") => format!("--from={from}"),
            _ => word.clone(),
        };
        is_day = word == "--from";
        line.push(quoted(&later));
    }
    line.join(" ")
}

/// Returns a word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_pasted() {
        let line = |words: &[&str], from: Option<&str>| {
            command(words.iter().map(|word| (*word).to_owned()), from.map(|day| day.parse().expect("a day")))
        };
        let words = ["export", "events", "--from", "2025-01-01", "--to=2025-01-31", "--where", "a == \"it's\"", ""];
        assert_eq!(
            line(&words, None),
            r#"mp export events --from 2025-01-01 --to=2025-01-31 --where 'a == "it'\''s"' ''"#
        );
        assert_eq!(line(&words[..5], Some("2025-01-03")), "mp export events --from 2025-01-03 --to=2025-01-31");
        assert_eq!(line(&["--from=2025-01-01"], Some("2025-01-03")), "mp --from=2025-01-03");
    }

    #[test]
    fn sizes_are_for_people() {
        let table = [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB")];
        for (bytes, expected) in table.into_iter().chain([(12_345_678_901, "12.3 GB"), (u64::MAX, "18446744.1 TB")]) {
            assert_eq!(size(bytes), expected);
        }
    }
}
