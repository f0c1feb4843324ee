//! What is said about an export: how far it is, and what to run to go on.

use std::path::Path;
use std::sync::atomic::Ordering;

use jiff::civil::Date;
use mp_proto::failure::Failure;

use super::plan::Plan;
use super::size::size;
use super::tally::Tally;

/// Says where a run goes on: how much is there, and up to which day.
pub(super) fn resumed(target: &Path, bytes: u64, last_day: Option<Date>) -> String {
    let done = last_day.map_or_else(String::new, |day| format!(", up to {day}"));
    format!("going on with {}: {} are there{done}", target.display(), size(bytes))
}

/// What is known when an export ends too early.
pub(super) struct Standing<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tally: &'a Tally,
    /// The file; none for stdout.
    pub(super) target: Option<&'a Path>,
}

impl Standing<'_> {
    fn parts(&self) -> usize {
        self.tally.parts.load(Ordering::Relaxed)
    }

    fn last_day(&self) -> Option<Date> {
        self.plan.last_day(self.parts())
    }

    /// Says how far it is.
    fn reached(&self) -> String {
        let what = self.target.map_or_else(|| "stdout".to_owned(), unfinished);
        let has = match self.last_day() {
            Some(day) => format!("is complete up to {day}"),
            None => "has nothing that is complete".to_owned(),
        };
        let is_inside = self.target.is_none() && self.tally.is_inside.load(Ordering::Relaxed);
        format!("{what} {has}{}", if is_inside { ", and has some lines of what follows" } else { "" })
    }

    /// Says how far it is, and what to run.
    pub(super) fn so_far(&self) -> String {
        let more = if self.target.is_some() { "; run the same command again to go on" } else { "" };
        format!("{}{more}", self.reached())
    }

    /// Adds to a failure how far it is, and what to run.
    pub(super) fn failure(&self, mut failure: Failure) -> Failure {
        failure.detail = format!("{}; {}", failure.detail, self.reached());
        let from = self.last_day().filter(|_| self.target.is_none()).and_then(|day| day.tomorrow().ok());
        let label = if self.parts() > 0 { "go on from there" } else { "try again" };
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
    use mp_catalog::export::Days;
    use mp_proto::failure::FailureKind;

    #[test]
    fn what_is_there_is_told_with_what_to_run() {
        let days = |from: &str, to: &str| Days { from: from.parse().expect("a day"), to: to.parse().expect("a day") };
        let plan = Plan {
            operation: mp_catalog::find("export.events").expect("a row"),
            arguments: serde_json::Map::new(),
            parts: vec![Some(days("2025-01-01", "2025-01-02")), Some(days("2025-01-03", "2025-01-04"))],
            first: 0,
        };
        let told = |parts: usize, inside: bool, target: Option<&Path>| {
            let tally = Tally::starting_at(parts);
            tally.is_inside.store(inside, Ordering::Relaxed);
            Standing { plan: &plan, tally: &tally, target }.so_far()
        };
        let file = Some(Path::new("/f; run"));
        assert_eq!(
            told(1, true, file),
            "/f; run.partial is complete up to 2025-01-02; run the same command again to go on"
        );
        assert_eq!(
            told(0, true, file),
            "/f; run.partial has nothing that is complete; run the same command again to go on"
        );
        assert_eq!(told(1, false, None), "stdout is complete up to 2025-01-02");
        let inside = "stdout has nothing that is complete, and has some lines of what follows";
        assert_eq!(told(0, true, None), inside);
        let tally = Tally::starting_at(0);
        let failure =
            Standing { plan: &plan, tally: &tally, target: file }.failure(Failure::new(FailureKind::Timeout, "late"));
        assert_eq!(failure.detail, "late; /f; run.partial has nothing that is complete");
    }

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
}
