//! `mp export events --sync DIR`: a directory of one file a day that is brought up to date, as often as anybody likes.
//!
//! [`choice`] decides which days are fetched, [`store`] replaces their files, [`manifest`] says what is there, [`outcome`] what was done.

pub(crate) mod choice;
mod manifest;
mod outcome;
pub(super) mod store;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mp_catalog::export::Days;
use mp_proto::failure::{Failure, FailureKind};
use parking_lot::Mutex;
use serde_json::{Value, json};

use self::choice::{Choice, LOOK_BACK};
use self::manifest::{Entry, Manifest};
use self::outcome::Outcome;
use self::store::{Form, Store, locked};
use super::codec::Codec;
use super::hook::Hook;
use super::part::Part;
use super::words;
use super::zone::Zone;

/// What a sync is told.
pub(super) struct Order {
    pub(super) dir: PathBuf,
    pub(super) codec: Codec,
    pub(super) without_repeated: bool,
    pub(super) look_back: Option<u32>,
    pub(super) hook: Option<Hook>,
    /// Whether what another sync has left may go.
    pub(super) may_replace: bool,
}

/// A sync that goes on.
pub(super) struct Sync {
    pub(super) store: Store,
    /// The days to fetch.
    pub(super) parts: Vec<Part>,
    pub(super) report: Report,
}

/// What is told in the end.
pub(super) struct Report {
    dir: PathBuf,
    outcome: Arc<Mutex<Outcome>>,
}

impl Report {
    /// Returns what was done as JSON, and as a sentence.
    pub(super) fn end(&self) -> (String, String) {
        let mut outcome = self.outcome.lock().clone();
        // What cannot be read now could be written just before, and counts for nothing more.
        if let Ok(Some(manifest)) = Manifest::read(&self.dir) {
            outcome.count(&manifest);
        }
        outcome.complete = outcome.skipped.is_none() && outcome.fetched == outcome.chosen;
        (serde_json::to_string(&outcome).unwrap_or_default(), outcome.shown())
    }
}

/// What a sync begins with.
pub(super) enum Begun {
    /// It goes on.
    Sync(Box<Sync>),
    /// Another one is at it, which is good enough.
    Busy(Report),
}

/// Begins a sync of some days.
///
/// # Errors
/// When the directory is of another export, or the disk refuses.
pub(super) fn begin(order: Order, request: Value, wanted: Days, zone: &Zone) -> Result<Begun, Failure> {
    let dir = order.dir.clone();
    let failed = |error: std::io::Error| {
        Failure::new(FailureKind::Storage, format!("{} could not be synced: {error}", dir.display()))
    };
    let outcome = Outcome {
        directory: dir.display().to_string(),
        from: Some(wanted.from),
        to: Some(wanted.to),
        ..Outcome::default()
    };
    let Some(lock) = locked(&dir).map_err(failed)? else {
        let skipped = Some("another sync of this directory is running".to_owned());
        return Ok(Begun::Busy(Report { dir, outcome: Arc::new(Mutex::new(Outcome { skipped, ..outcome })) }));
    };
    let request = json!({"export": request, "compress": order.codec.word(), "dedupe": order.without_repeated});
    let mut manifest = manifest(&order, request, wanted)?;
    manifest.zone = zone.name.clone();
    manifest.times = words::of_times(zone, &manifest.request["export"]);
    manifest.write(&dir).map_err(failed)?;
    let choice = Choice { manifest: &manifest, wanted, look_back: order.look_back.unwrap_or(LOOK_BACK), zone };
    let days = choice.days(|entry| entry.is_there(&dir));
    let outcome = Arc::new(Mutex::new(Outcome { chosen: days.len(), ..outcome }));
    let form = Form { codec: order.codec, without_repeated: order.without_repeated, hook: order.hook };
    let report = Report { dir: dir.clone(), outcome: Arc::clone(&outcome) };
    let parts = days.into_iter().map(|day| Some(Days { from: day, to: day })).collect();
    let store = Store::new(dir, lock, manifest, zone.clone(), form, outcome);
    Ok(Begun::Sync(Box::new(Sync { store, parts, report })))
}

/// Returns what a directory holds, if it is of the same export. What is of another one goes only on demand.
fn manifest(order: &Order, request: Value, wanted: Days) -> Result<Manifest, Failure> {
    let shown = order.dir.display();
    let anew = "say --force to fetch all of it anew, or give another directory";
    let there = match Manifest::read(&order.dir) {
        Ok(there) => there,
        Err(_) if order.may_replace => None,
        Err(error) => return Err(refuse(format!("{shown}/{} is not understood: {error}; {anew}", manifest::NAME))),
    };
    match there {
        Some(there) if there.request == request => Ok(there),
        Some(there) if order.may_replace => Ok(replaced(&order.dir, there, request, wanted)),
        Some(there) => Err(refuse(format!(
            "{shown} is what another export has made: {}; {anew}",
            differs(&there.request, &request)
        ))),
        None if !order.may_replace && has_days(&order.dir) => {
            Err(refuse(format!("{shown} has files of days, and no {} that says what they are; {anew}", manifest::NAME)))
        }
        None => Ok(Manifest::new(request)),
    }
}

/// Takes over a directory of another export: nothing in it counts, and what will not be replaced is removed.
fn replaced(dir: &Path, there: Manifest, request: Value, wanted: Days) -> Manifest {
    let mut manifest = Manifest::new(request);
    for (day, entry) in there.days {
        if (wanted.from..=wanted.to).contains(&day) {
            manifest.days.insert(day, Entry { replacing: true, ..entry });
        } else if let Some(file) = &entry.file {
            // What cannot be removed stays, and the manifest does not name it.
            fs::remove_file(dir.join(file)).ok();
        }
    }
    manifest
}

/// Whether a directory has files that look like ours.
fn has_days(dir: &Path) -> bool {
    let is_day = |name: &str| {
        name.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok()) && name.contains(".jsonl")
    };
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().to_str().is_some_and(is_day))
}

/// Says in what two requests differ.
fn differs(one: &Value, other: &Value) -> String {
    fn walk(at: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
        match (one, other) {
            _ if one == other => {}
            (Value::Object(a), Value::Object(b)) => {
                let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for name in names {
                    let null = Value::Null;
                    walk(name, a.get(name).unwrap_or(&null), b.get(name).unwrap_or(&null), found);
                }
            }
            _ => found.push(format!("{at} was {one} and is {other}")),
        }
    }
    let mut found = Vec::new();
    walk("", one, other, &mut found);
    found.join(", ")
}

fn refuse(detail: String) -> Failure {
    Failure::new(FailureKind::InvalidArgument, detail)
}
