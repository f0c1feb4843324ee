//! One recording looked through, and what is said about it.

use mp_catalog::{Analysis, Timeline};
use mp_proto::failure::Failure;
use serde_json::Value;

use super::download::{Wanted, download};
use super::signing::nothing;
use crate::operation::call::{Answered, Run};

/// Which recordings are read where a command does not say.
pub(super) const USUAL_ENV: &str = "prod";

/// Most files of a recording that are read where a command does not say: as many as `--max-files` has by default.
pub(super) const USUAL_FILES: usize = 500;

/// Largest recording, in bytes, that is looked through. Only one file at a time is kept.
const MOST_READ: usize = 512 << 20;

/// Reads a recording for what was done in it, and says if that is not all.
pub(super) async fn look_through(
    run: &Run<'_>,
    id: &str,
    retention_days: u64,
) -> Result<(Analysis, Option<String>), Failure> {
    let wanted = Wanted { id, env: USUAL_ENV, retention_days, most_files: USUAL_FILES, most_bytes: MOST_READ };
    let (timeline, is_cut) = download(run, wanted, Timeline::default(), Timeline::read).await?;
    let analysis = timeline.finish();
    if analysis.events == 0 {
        return Err(nothing(run, id));
    }
    let note = match is_cut {
        true => Some(cut(id, USUAL_FILES)),
        false if analysis.is_cut => {
            Some(format!("{id} has more than {} actions; only those are told", analysis.actions.len()))
        }
        false => None,
    };
    Ok((analysis, note))
}

/// Notes are headers, so what Mixpanel or a person wrote is escaped.
pub(super) fn answered(run: &Run<'_>, value: Value, notes: Vec<String>) -> Result<Answered, Failure> {
    let mut answered = run.taken(value, None)?;
    answered.notes.extend(notes.iter().map(|note| note.escape_default().to_string()));
    Ok(answered)
}

/// Says that not all files of a recording were read.
pub(super) fn cut(id: &str, most_files: usize) -> String {
    format!("only the first {most_files} files of {id} were read; there may be more")
}

/// Returns the times of the first event and the last one.
pub(super) fn span(events: &[Value]) -> Option<(i64, i64)> {
    let times = || events.iter().filter_map(|event| event.get("timestamp")?.as_f64()).map(|time| time as i64);
    times().min().zip(times().max())
}
