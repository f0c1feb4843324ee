//! Following a link is code because what it names decides which requests are made, up to running the report.

mod link;

use mp_catalog::{BOOKMARK, Names, of_report};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::WorkspaceId;
use mp_proto::plane::Plane;
use reqwest::StatusCode;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use self::link::{Link, Refusal, Report, ReportPlace, ReportTarget, parse};
use super::report_link::url;
use crate::call::decoding::Asked;
use crate::call::request::{Outgoing, Query};
use crate::mixpanel::Host;
use crate::mixpanel::hosts::real;
use crate::operation::call::{Answered, Run};
use crate::operation::outgoing::project_number;

/// Largest page that tells where a short link leads.
const MAX_PAGE: usize = 64 * 1024;

/// Most short links that are followed, one to the next.
const MOST_HOPS: usize = 5;

/// What a page says before the address that it goes to.
const GOES_TO: &str = "window.location.href";

/// Runs it.
///
/// # Errors
/// When the link leads nowhere, or elsewhere than the session, and those of the requests.
pub(crate) async fn run(run: &Run<'_>) -> Result<Answered, Failure> {
    let input = run.text("link").unwrap_or_default();
    let refused = |refusal: &Refusal| run.wrong("link", &format!("{} ({})", refusal.why, refusal.code));
    let (mut link, mut expanded) = (parse(input).map_err(|refusal| refused(&refusal))?, None);
    let mut hops = 0;
    let report = loop {
        match link {
            Link::Report(report) => break report,
            Link::Short { .. } if hops == MOST_HOPS => {
                return Err(run.wrong("link", "leads from one short link to another without end (SHORT_LINK_CHAIN)"));
            }
            Link::Short { region, code } => {
                hops += 1;
                same_region(run, region)?;
                let target = expand(run, &code).await?;
                link = parse(&target).map_err(|refusal| refused(&refusal))?;
                expanded = Some(target);
            }
        }
    };
    if let Some(place) = &report.place {
        same_place(run, place)?;
    }
    let record = record(run, &report.target).await?;
    let workspace = report.place.as_ref().and_then(|place| place.workspace);
    if run.is_set("run") {
        let workspace = workspace.and_then(|id| WorkspaceId::parse(&id.to_string()).ok()).or(run.session.workspace);
        return run_report(run, &record, workspace).await;
    }
    resolved(run, input, expanded, &report, &record)
}

fn same_region(run: &Run<'_>, region: mp_proto::ids::Region) -> Result<(), Failure> {
    if region == run.session.identity.region {
        return Ok(());
    }
    let why = format!(
        "is of region {region}, and the account of {} (REPORT_LINK_REGION_MISMATCH)",
        run.session.identity.region
    );
    Err(run.wrong("link", &why))
}

/// A link is of the session's own project: another one would need another session, which nobody asked for.
fn same_place(run: &Run<'_>, place: &ReportPlace) -> Result<(), Failure> {
    same_region(run, place.region)?;
    let project = run.session.project()?;
    if project.as_str() != place.project {
        let why =
            format!("is of project {}, and the session of {project} (REPORT_LINK_PROJECT_MISMATCH)", place.project);
        return Err(run.wrong("link", &why).next(run.again(&format!("-p {} ", place.project), ""), "look there"));
    }
    match (run.session.workspace, place.workspace) {
        (Some(pinned), Some(named)) if pinned.get() != named => {
            let why = format!("is of workspace {named}, and the session of {pinned} (REPORT_LINK_WORKSPACE_MISMATCH)");
            Err(run.wrong("link", &why).next(run.again(&format!("-w {named} "), ""), "look there"))
        }
        _ => Ok(()),
    }
}

/// Returns where a short link leads: as its redirect says, or its page. Neither is followed here.
async fn expand(run: &Run<'_>, code: &str) -> Result<String, Failure> {
    let request = Outgoing { tool: run.tool, ..Outgoing::read(Host::Web, format!("/s/{code}")) };
    let identity = &run.session.identity;
    let mut opened = run.operations.calls.open(identity, &request, Instant::now() + Host::Web.patience()).await?;
    let credential = opened.credential.clone();
    let asked = Asked::about(identity, &request, credential.expose());
    if matches!(opened.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
        return Err(asked.failure(FailureKind::UpstreamNotFound, "leads nowhere: there is no such short link"));
    }
    let (location, page) = if opened.status.is_redirection() {
        (opened.header("location").map(str::to_owned), None)
    } else {
        (None, opened.rest(MAX_PAGE).await?)
    };
    let target = location.or_else(|| going_to(&String::from_utf8_lossy(&page?)));
    let base = real(identity.region, Host::Web);
    let target = target.map(|target| if target.starts_with('/') { format!("{base}{target}") } else { target });
    match target {
        Some(target) if target.starts_with(&format!("{base}/login")) => {
            Err(asked.failure(FailureKind::CredentialRefused, "leads to the login page: the account may not follow it"))
        }
        Some(target) => Ok(target),
        None => Err(asked.failure(FailureKind::UpstreamInvalid, "was answered with a page that leads nowhere")),
    }
}

/// Returns the address in `window.location.href = "…"`.
fn going_to(page: &str) -> Option<String> {
    let rest = page.split_once(GOES_TO)?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(target, _)| target.to_owned())
}

/// Returns what is stored.
async fn record(run: &Run<'_>, target: &ReportTarget) -> Result<Value, Failure> {
    let request = match target {
        ReportTarget::Slug(slug) => Outgoing::read(Plane::App, run.project_path(&format!("bookmark-urls/{slug}/"))?),
        ReportTarget::Saved(id) => {
            let query = Query::Pairs(vec![("v".to_owned(), "2".to_owned())]);
            Outgoing { query, ..Outgoing::read(Plane::App, run.scoped_path(&format!("bookmarks/{id}"))?) }
        }
    };
    let record = run.also(request).await?;
    if record.is_object() { Ok(record) } else { Err(run.odd("something else than a report")) }
}

fn kind(record: &Value) -> &str {
    record["type"].as_str().unwrap_or("insights")
}

fn resolved(
    run: &Run<'_>,
    input: &str,
    expanded: Option<String>,
    report: &Report,
    record: &Value,
) -> Result<Answered, Failure> {
    let field = |name: &str| record.get(name).cloned().unwrap_or_default();
    let pinned = run.session.workspace.map(WorkspaceId::get);
    let workspace = report.place.as_ref().and_then(|place| place.workspace).or(pinned);
    let kind = kind(record);
    let (source, tail, slug, id, bookmark) = match &report.target {
        ReportTarget::Slug(slug) => {
            let app = if kind == "flows" { "flows" } else { "insights" };
            let own_id = record["bookmark"].get("id").cloned().unwrap_or_else(|| field("bookmark_id"));
            ("slug", format!("{app}#{slug}"), slug.as_str().into(), own_id, field("bookmark"))
        }
        ReportTarget::Saved(id) => {
            let tail = match kind {
                "funnels" => format!("funnels#view/{id}"),
                "retention" | "flows" => format!("{kind}#report/{id}"),
                "launch-analysis" => format!("impact#report/{id}"),
                _ => format!("insights#report/{id}"),
            };
            let fields = record.as_object().cloned().unwrap_or_default();
            let shown = BOOKMARK.shown(fields, Names::Mixpanels).map_err(|what| run.odd(&what))?;
            ("bookmark", tail, Value::Null, (*id).into(), Value::Object(shown))
        }
    };
    let fields = [
        ("source", source.into()),
        ("report_type", kind.into()),
        ("params", field("params")),
        ("project_id", project_number(run.session.project()?)),
        ("workspace_id", workspace.into()),
        ("region", run.session.identity.region.to_string().into()),
        ("url", url(run, workspace.map(|id| id.to_string()).as_deref(), &tail)?.into()),
        ("input", input.into()),
        ("expanded_url", expanded.into()),
        ("slug", slug),
        ("bookmark_id", id),
        ("bookmark", bookmark),
        ("name", field("name")),
        ("description", field("description")),
        ("overrides", field("overrides")),
    ];
    let value = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>();
    Ok(Answered { value: Value::Object(value), notes: Vec::new(), age: None })
}

/// Runs a report with its own parameters.
async fn run_report(run: &Run<'_>, record: &Value, workspace: Option<WorkspaceId>) -> Result<Answered, Failure> {
    let (kind, params) = (kind(record), record["params"].clone());
    let drawn = match params["flows_merge_type"].as_str() {
        Some("tree") => "tree",
        Some("list") => "paths",
        _ => "sankey",
    };
    let mode = run.text("mode").unwrap_or(drawn);
    let answer = match kind {
        "flows" => {
            let query = match mode {
                "tree" => "flows",
                "paths" => "flows_top_paths",
                _ => "flows_sankey",
            };
            run.report("/arb_funnels", json!({"bookmark": params, "query_type": query}), workspace).await?
        }
        "insights" | "funnels" | "retention" => run.insights(params.clone(), workspace).await?,
        other => return Err(run.declined(format!("a report of type '{}' cannot be run", other.escape_debug()))),
    };
    let value = of_report(kind, &answer, &params, mode).map_err(|what| run.odd(&what))?;
    Ok(Answered { value, notes: Vec::new(), age: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_it_goes() {
        for page in ["<script>window.location.href = \"/x\";</script>", "a window.location.href='/x'"] {
            assert_eq!(going_to(page).as_deref(), Some("/x"), "{page}");
        }
        for odd in [
            "",
            "window.location.href",
            "window.location.href = x",
            "window.location.href = \"/x",
            "window.location.href = é",
        ] {
            assert_eq!(going_to(odd), None, "{odd}");
        }
    }
}
