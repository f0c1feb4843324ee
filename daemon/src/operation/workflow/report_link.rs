//! Reports are code because a link to one may need a workspace and a second request, whose failure does not fail the report.

use std::hash::{BuildHasher, RandomState};

use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::WorkspaceId;
use mp_proto::plane::Plane;
use reqwest::Method;
use serde_json::{Value, json};

use crate::call::request::{Outgoing, Payload};
use crate::mixpanel::Host;
use crate::mixpanel::hosts;
use crate::operation::call::{Answered, Run, plain};

/// Letters and digits that nobody mistakes for others.
const LETTERS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Length of a slug.
const SLUG: usize = 12;

/// What makes `--on` more than the name of a property.
const EXPRESSION: [&str; 15] = [
    "[",
    "\"",
    "'",
    "==",
    "!=",
    "<",
    ">",
    "&&",
    "||",
    "boolean(",
    "number(",
    "string(",
    "datetime(",
    "list(",
    "defined(",
];

/// Runs it.
///
/// # Errors
/// Those of the report. A link that cannot be made is only told.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let mut answered = plain(run).await?;
    if run.bound.arguments.get("link") != Some(&Value::Bool(true)) {
        return Ok(answered);
    }
    let link = link(run, &answered.value).await;
    if let Value::Object(report) = &mut answered.value {
        let (url, error) = match link {
            Ok(url) => (Value::from(url), None),
            Err(failure) => (Value::Null, Some(failure.detail)),
        };
        report.insert("report_url".to_owned(), url);
        if let Some(error) = error {
            answered.notes.push(format!("no link to the report: {error}"));
            report.insert("report_url_error".to_owned(), error.into());
        }
    }
    Ok(answered)
}

async fn link(run: &Run<'_>, report: &Value) -> Result<String, Failure> {
    let id = |name: &str| run.bound.arguments.get(name).map(ToString::to_string).unwrap_or_default();
    let pinned = run.session.workspace.map(|id| id.to_string());
    let tail = match run.operation.id {
        "query.segmentation" => return unsaved(run).await,
        "query.funnel" => format!("funnels#view/{}", id("funnel_id")),
        "query.flows" => format!("flows#report/{}", id("bookmark_id")),
        _ => match report["report_type"].as_str() {
            Some("funnel") => format!("funnels#view/{}", id("bookmark_id")),
            Some(kind @ ("retention" | "flows")) => format!("{kind}#report/{}", id("bookmark_id")),
            _ => format!("insights#report/{}", id("bookmark_id")),
        },
    };
    url(run, pinned.as_deref(), &tail)
}

pub(super) fn url(run: &Run<'_>, workspace: Option<&str>, tail: &str) -> Result<String, Failure> {
    let base = hosts::real(run.session.identity.region, Host::Web);
    let view = workspace.map_or_else(String::new, |id| format!("/view/{id}"));
    Ok(format!("{base}/project/{}{view}/app/{tail}", run.session.project()?))
}

/// Stores the parameters of a segmentation under a slug and returns the link to it.
async fn unsaved(run: &Run<'_>) -> Result<String, Failure> {
    let text = |name: &str| run.bound.arguments.get(name).and_then(Value::as_str);
    let refused = |why: &str| Err(Failure::new(FailureKind::InvalidArgument, why));
    if text("where").is_some() {
        return refused("--link is not supported with --where");
    }
    if text("on").is_some_and(|on| EXPRESSION.iter().any(|part| on.contains(part))) {
        return refused("--link is not supported with an expression in --on, only with the name of a property");
    }
    stored(run, "insights", &params(&text), None).await
}

/// Stores the parameters of a report of a type under a slug and returns the link to it, in a workspace or the one that is found.
pub(super) async fn stored(
    run: &Run<'_>,
    kind: &str,
    params: &Value,
    workspace: Option<WorkspaceId>,
) -> Result<String, Failure> {
    let workspace = match workspace {
        Some(named) => Some(named),
        // A link without one works, too.
        None => run.workspace().await.ok(),
    };
    let slug = slug();
    let request = Outgoing {
        method: Method::POST,
        payload: Payload::Json(json!({"slug": slug, "type": kind, "params": params})),
        repeatable: false,
        ..Outgoing::read(Plane::App, format!("/projects/{}/bookmark-urls/", run.session.project()?))
    };
    run.operations.calls.send_within(&run.session.identity, &request, UPSTREAM.daemon).await?;
    let app = if kind == "flows" { "flows" } else { "insights" };
    url(run, workspace.map(|id| id.to_string()).as_deref(), &format!("{app}#{slug}"))
}

/// The same question as a report has it.
fn params<'a>(text: &impl Fn(&str) -> Option<&'a str>) -> Value {
    let group = text("on").map(|on| {
        json!({"value": on, "propertyName": on, "resourceType": "events", "propertyType": "string",
            "propertyDefaultType": "string"})
    });
    json!({
        "sections": {
            "show": [{
                "type": "metric",
                "behavior": {"type": "event", "name": text("event"), "resourceType": "events", "filtersDeterminer": "all",
                    "filters": []},
                "measurement": {"math": "total"},
            }],
            "time": [{"dateRangeType": "between", "unit": text("unit"), "value": [text("from"), text("to")]}],
            "filter": [],
            "group": group.into_iter().collect::<Vec<_>>(),
        },
        "displayOptions": {"chartType": "line", "analysis": "linear"},
    })
}

/// Returns a name that nobody else has. The seeds of hash maps are random, which is good enough for this and needs no crate.
pub(super) fn slug() -> String {
    let letter = |_| LETTERS[usize::try_from(RandomState::new().hash_one(()) % LETTERS.len() as u64).unwrap_or(0)];
    (0..SLUG).map(letter).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_differ_and_have_no_letter_that_is_mistaken() {
        let many: std::collections::HashSet<String> = (0..100).map(|_| slug()).collect();
        assert_eq!(many.len(), 100);
        assert!(many.iter().all(|slug| slug.len() == SLUG && !slug.contains(['0', 'I', 'O', 'l'])), "{many:?}");
    }
}
