//! What is said about an export: how far it is, and what to run to go on.

use std::path::Path;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use mp_catalog::export::Days;
use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use super::file::Claim;
use super::plan::Plan;
use super::resume::Resume;
use super::size::size;
use super::tally::Tally;
use super::zone::Zone;

/// Says what becomes of what an earlier run has left.
pub(super) fn of_resume(claim: &Claim, resume: &Resume) -> Vec<String> {
    let Some(journal) = claim.journal() else { return Vec::new() };
    let target = claim.target().display();
    let mut notes = Vec::new();
    if journal.is_old() && !journal.done.is_empty() {
        notes.push(format!(
            "{target}.partial was begun by an older version, which did not note when it asked for which days"
        ));
    }
    if let Some(again) = resume.again {
        notes.push(format!("{again} is fetched again: it had not ended yet when it was fetched, so there may be more"));
    }
    for days in &resume.outside {
        notes.push(format!("{days} was fetched for {target} before, is not asked for now, and leaves the file"));
    }
    let kept = &journal.done[resume.skipped.min(journal.done.len())..];
    if let Some(last) = resume.kept.checked_sub(1).and_then(|last| kept.get(last)) {
        let before = resume.skipped.checked_sub(1).and_then(|part| journal.done.get(part)).map_or(0, |part| part.end);
        let done = last.days.map_or_else(String::new, |days| format!(", up to {}", days.to));
        notes.push(format!("going on with {target}: {} are there{done}", size(last.end - before)));
    }
    notes
}

/// Says what the times of events mean: those that an export has converted, or those that Mixpanel stores.
pub(super) fn of_times(zone: &Zone, request: &Value) -> String {
    let argument = |name: &str| request["arguments"][name].as_str();
    let stored =
        "as Mixpanel stores them: UTC for projects made since 2023, and for older ones the local time of the project";
    let times = match (argument("timezone"), argument("stored_in")) {
        (None, None) => format!("times are {stored} ({}), though it is written as if it were UTC", zone.shown()),
        (shown, stored) => {
            let (shown, stored) = (shown.unwrap_or("utc"), stored.unwrap_or("utc"));
            format!("event_time is in {shown}, taken for stored in {stored}")
        }
    };
    format!("days are those of the project; {times}")
}

/// Says that a range ends in the future.
pub(super) fn ends_sooner(last: Date, zone: &Zone) -> String {
    format!("what comes after {last} has not begun yet ({}): the export ends there", zone.shown())
}

/// Refuses a range that begins in the future.
pub(super) fn not_begun(days: Days, zone: &Zone, now: Timestamp) -> Failure {
    let detail = format!("nothing of {days} has begun yet: today is {} ({})", zone.today(now), zone.shown());
    Failure::new(FailureKind::InvalidArgument, detail)
}

/// Says what is not what it will be, at the end of an export.
pub(super) fn of_end(plan: &Plan, now: Timestamp) -> Vec<String> {
    let Some(last) = plan.last_day(plan.parts.len()) else { return Vec::new() };
    let (last, sooner) = match plan.horizon.day() {
        Some(day) if day < last => (day, Some(ends_sooner(day, &plan.zone))),
        _ => (last, None),
    };
    let is_open = !plan.zone.is_final(last, now);
    let open = is_open
        .then(|| format!("{last} has not ended yet ({}): there may be more events of it later", plan.zone.shown()));
    sooner.into_iter().chain(open).collect()
}

/// What is known when an export ends too early.
pub(super) struct Standing<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tally: &'a Tally,
    /// The file; none for stdout.
    pub(super) target: Option<&'a Path>,
    /// The directory, if there is one file for each day.
    pub(super) directory: Option<&'a Path>,
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
        if let Some(directory) = self.directory {
            let (done, all) = (self.parts(), self.plan.parts.len());
            return format!("{} has {done} of {all} days that were to be fetched", directory.display());
        }
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
        let more = if self.target.is_some() || self.directory.is_some() {
            "; run the same command again to go on"
        } else {
            ""
        };
        format!("{}{more}", self.reached())
    }

    /// Adds to a failure how far it is, and what to run.
    pub(super) fn failure(&self, mut failure: Failure) -> Failure {
        failure.detail = format!("{}; {}", failure.detail, self.reached());
        let from = self
            .last_day()
            .filter(|_| self.target.is_none() && self.directory.is_none())
            .and_then(|day| day.tomorrow().ok());
        // What Mixpanel refuses it refuses again.
        if failure.kind == FailureKind::UpstreamRefused {
            return failure;
        }
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
    use crate::export::future::Horizon;

    #[test]
    fn times_that_were_converted_are_not_told_as_stored() {
        let zone = Zone::named(Some("US/Pacific".to_owned()));
        let told = |arguments: Value| of_times(&zone, &serde_json::json!({"arguments": arguments}));
        assert!(told(serde_json::json!({})).contains("local time of the project (US/Pacific)"));
        for (arguments, said) in [
            (serde_json::json!({"timezone": "Asia/Tokyo"}), "event_time is in Asia/Tokyo, taken for stored in utc"),
            (serde_json::json!({"stored_in": "project"}), "event_time is in utc, taken for stored in project"),
        ] {
            assert_eq!(told(arguments), format!("days are those of the project; {said}"));
        }
    }

    #[test]
    fn what_is_there_is_told_with_what_to_run() {
        let days = |from: &str, to: &str| Days { from: from.parse().expect("a day"), to: to.parse().expect("a day") };
        let plan = Plan {
            operation: mp_catalog::find("export.events").expect("a row"),
            arguments: serde_json::Map::new(),
            parts: vec![Some(days("2025-01-01", "2025-01-02")), Some(days("2025-01-03", "2025-01-04"))],
            first: 0,
            pages: None,
            takes_pages: true,
            zone: Zone::default(),
            horizon: Horizon::default(),
        };
        let told = |parts: usize, inside: bool, target: Option<&Path>| {
            let tally = Tally::starting_at(parts);
            tally.is_inside.store(inside, Ordering::Relaxed);
            Standing { plan: &plan, tally: &tally, target, directory: None }.so_far()
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
        let failure = Standing { plan: &plan, tally: &tally, target: file, directory: None }
            .failure(Failure::new(FailureKind::Timeout, "late"));
        assert_eq!(failure.detail, "late; /f; run.partial has nothing that is complete");
    }

    #[test]
    fn a_directory_has_so_many_of_its_days() {
        let plan = Plan {
            operation: mp_catalog::find("export.events").expect("a row"),
            arguments: serde_json::Map::new(),
            parts: vec![None, None],
            first: 0,
            pages: None,
            takes_pages: true,
            zone: Zone::default(),
            horizon: Horizon::default(),
        };
        let tally = Tally::starting_at(1);
        let standing = Standing { plan: &plan, tally: &tally, target: None, directory: Some(Path::new("/d")) };
        assert_eq!(
            standing.so_far(),
            "/d has 1 of 2 days that were to be fetched; run the same command again to go on"
        );
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
