//! What Mixpanel says of recordings: where they are, signed, who is in them, what was tracked meanwhile.

use mp_catalog::{
    Bound, Recording, TrackedEvent, bind, days_of, find, find_recordings, find_tracked, recordings_of, results,
    tracked_of,
};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use serde_json::{Map, Value, json};

use crate::operation::call::Run;

/// What Mixpanel answers where a project's recordings may not leave it.
const SENSITIVE: &str = "SESSION_RECORDING_SENSITIVE_DATA";

pub(super) fn nothing(run: &Run<'_>, id: &str) -> Failure {
    let detail = format!("recording {id} has no files: its id is wrong, or it is older than it is kept");
    Failure::new(FailureKind::UpstreamNotFound, detail)
        .account(&run.session.identity.name)
        .next("mp replays list --user DISTINCT_ID --from DATE --to DATE", "see which recordings there are")
}

/// Signs recordings and returns what Mixpanel says of each.
pub(super) async fn signed(run: &Run<'_>, bound: Bound) -> Result<Value, Failure> {
    let answer = run.ask(run.request(bound).await?).await.map_err(|mut failure| {
        if failure.upstream.as_ref().is_some_and(|upstream| upstream.status == 403)
            && failure.detail.contains(SENSITIVE)
        {
            failure.kind = FailureKind::CredentialRefused;
        }
        failure
    })?;
    Ok(results((*answer.value).clone()))
}

/// A place for the files of a recording, and the secret that opens them.
pub(super) struct Signed {
    pub(super) url: String,
    pub(super) query: Secret,
}

pub(super) async fn sign_one(run: &Run<'_>, id: &str, env: &str) -> Result<Signed, Failure> {
    let mut bound = run.bound.clone();
    let replays = json!([{"replay_id": id, "replay_env": env}]);
    bound.body = Some(Map::from_iter([("replays".to_owned(), replays)]));
    let signed = signed(run, bound).await?;
    let entry = signed.as_array().and_then(|all| all.iter().find(|entry| entry["replay_id"] == id));
    let entry = entry.ok_or_else(|| nothing(run, id))?;
    let part = |name: &str| {
        let text = entry.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| run.odd(&format!("a signature without '{name}'")))
    };
    Ok(Signed { url: part("url")?, query: Secret::new(part("query_string")?) })
}

/// Asks a report, as the command that lists recordings does.
async fn report(run: &Run<'_>, bookmark: Value) -> Result<Value, Failure> {
    let operation = find("replays.list").expect("a row of the catalog");
    let anything = Map::from_iter([("replay_id".to_owned(), json!(["-"]))]);
    let mut bound = bind(operation, &anything).expect("ids are all that it needs");
    bound.body.get_or_insert_default().insert("bookmark".to_owned(), bookmark);
    let report = Run { operation, bound, upload: None, question: None, ..*run };
    let answer = report.ask(report.request(report.bound.clone()).await?).await?;
    Ok((*answer.value).clone())
}

pub(super) async fn find_by(
    run: &Run<'_>,
    property: &str,
    value: &str,
    days: Option<(&str, &str)>,
) -> Result<Vec<Recording>, Failure> {
    let answer = report(run, find_recordings(property, &json!([value]), days)).await?;
    recordings_of(answer).map_err(|what| run.odd(&what))
}

/// Returns what was tracked while recordings were made.
pub(super) async fn tracked(run: &Run<'_>, ids: &[&str], span_ms: (i64, i64)) -> Result<Vec<Value>, Failure> {
    let days = days_of(span_ms);
    let days = days.as_ref().map(|(from, to)| (from.as_str(), to.as_str()));
    let answer = report(run, find_tracked(&json!(ids), &[], days)).await?;
    let found = tracked_of(answer, &[]).map_err(|what| run.odd(&what))?;
    let row = |event: TrackedEvent| json!({"replay_id": event.recording, "event_name": event.event, "event_time": event.time_s});
    Ok(found.into_iter().map(row).collect())
}
