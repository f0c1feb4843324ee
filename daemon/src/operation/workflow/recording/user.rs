//! All recordings of a user: each is looked through on its own, and one that cannot be had does not cost the others.

use futures_util::{StreamExt, stream};
use mp_catalog::{AnalysedRecording, Recording, bundle};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

use super::look::{answered, look_through};
use super::signing::{find_by, tracked};
use crate::operation::call::{Answered, Run};

/// Recordings that are read at a time, each some files at a time.
const AT_A_TIME: usize = 2;

/// Recordings of which is told why they are left out; of more only how many.
const MOST_TOLD: usize = 5;

/// Runs it.
///
/// # Errors
/// When no recording can be had, or those of the requests.
pub(super) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let user = run.text("user").unwrap_or_default();
    let days = run.text("from").zip(run.text("to"));
    let most = run.bound.arguments.get("limit").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok());
    let found = find_by(run, "$distinct_id", user, days).await?;
    let (mut seen, mut notes) = of_each(run, found.into_iter().take(most.unwrap_or(usize::MAX)).collect()).await?;
    if run.is_set("mixpanel_events")
        && !seen.is_empty()
        && let Err(failure) = count_tracked(run, &mut seen).await
    {
        notes.push(format!("the tracked events are not counted: {}", failure.detail));
    }
    answered(run, bundle(&run.bound.arguments, &seen), notes)
}

/// Looks through recordings, and notes which of them are left out.
async fn of_each(run: &Run<'_>, found: Vec<Recording>) -> Result<(Vec<AnalysedRecording>, Vec<String>), Failure> {
    let (mut seen, mut notes, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let mut all = stream::iter(found).map(|recording| one(run, recording)).buffered(AT_A_TIME);
    while let Some((recording, came)) = all.next().await {
        match came {
            Ok((analysis, note)) => {
                notes.extend(note);
                seen.push(AnalysedRecording { recording, analysis, tracked: None });
            }
            Err(failure) if is_of_all(failure.kind) => return Err(failure),
            Err(failure) => failed.push((recording.id, failure)),
        }
    }
    if seen.is_empty() && !failed.is_empty() {
        return Err(failed.swap_remove(0).1);
    }
    let further = failed.len().saturating_sub(MOST_TOLD);
    let told = failed.into_iter().take(MOST_TOLD);
    notes.extend(told.map(|(id, failure)| format!("recording {id} is left out: {}", failure.detail)));
    if further > 0 {
        notes.push(format!("{further} more recordings are left out"));
    }
    Ok((seen, notes))
}

type Looked = Result<(mp_catalog::Analysis, Option<String>), Failure>;

async fn one(run: &Run<'_>, recording: Recording) -> (Recording, Looked) {
    let looked = look_through(run, &recording.id, recording.retention_days).await;
    (recording, looked)
}

/// Whether the next recording would fail in the same way.
const fn is_of_all(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::CredentialRefused
            | FailureKind::LoginRequired
            | FailureKind::TokenMissing
            | FailureKind::TokenUnavailable
            | FailureKind::ContextRequired
            | FailureKind::RateLimited
            | FailureKind::Stopping
    )
}

async fn count_tracked(run: &Run<'_>, seen: &mut [AnalysedRecording]) -> Result<(), Failure> {
    let ids: Vec<&str> = seen.iter().map(|one| one.recording.id.as_str()).collect();
    let spans = || seen.iter().filter_map(|one| one.analysis.span_ms);
    let (from, to) = (spans().map(|span| span.0).min(), spans().map(|span| span.1).max());
    let events = tracked(run, &ids, from.zip(to).unwrap_or_default()).await?;
    for one in seen {
        let is_its = |event: &&Value| event["replay_id"] == one.recording.id.as_str();
        one.tracked = Some(events.iter().filter(is_its).count());
    }
    Ok(())
}
