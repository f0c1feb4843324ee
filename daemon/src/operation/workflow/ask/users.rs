//! Questions about users: what they add up to is one request, and profiles come in pages, one after the other or side by side.

use futures_util::{StreamExt, TryStreamExt, stream};
use mp_catalog::ask::read::{Paging, Read, aggregate, profiles};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use crate::operation::call::Run;

/// Profiles of a page when Mixpanel does not tell.
const PAGE_SIZE: u64 = 1000;

/// Most pages that are asked for at once: so many queries a project may run.
const MOST_AT_ONCE: u64 = 5;

/// What a page is asked with.
const OF_PAGE: [&str; 11] = [
    "where",
    "filter_by_cohort",
    "output_properties",
    "data_group_id",
    "as_of_timestamp",
    "include_all_users",
    "sort_key",
    "sort_order",
    "search",
    "distinct_id",
    "distinct_ids",
];

/// What a sum is asked with: its name among the parameters, and at Mixpanel.
const OF_SUM: [(&str, &str); 6] = [
    ("action", "action"),
    ("where", "selector"),
    ("filter_by_cohort", "filter_by_cohort"),
    ("segment_by_cohorts", "segment_by_cohorts"),
    ("data_group_id", "data_group_id"),
    ("include_all_users", "include_all_users"),
];

/// Asks as the parameters say: those with an action add up.
///
/// # Errors
/// Those of the requests, and when an answer is one to something else.
pub(super) async fn ask(run: &Run<'_>, params: &Value) -> Result<Read, Failure> {
    let now = run.operations.clock.now().to_string();
    let Some(action) = params["action"].as_str() else {
        let (results, paging) = pages(run, params).await?;
        return profiles(results, &paging, &now).map_err(|what| run.odd(&what));
    };
    let (answer, _) = post(run, "/stats", body(params, OF_SUM)).await?;
    let is_split = says(&params["segment_by_cohorts"]);
    aggregate(answer, action, is_split, &now).map_err(|what| run.odd(&what))
}

/// Returns what is sent of parameters. What says nothing is left out, and so is what only a cohort needs where there is none.
fn body<'a>(params: &Value, names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
    let has_cohort = says(&params["filter_by_cohort"]);
    let sent = names.into_iter().filter(|(name, _)| *name != "include_all_users" || has_cohort);
    let sent = sent.map(|(name, wire)| (wire.to_owned(), params[name].clone()));
    sent.filter(|(_, value)| says(value)).collect()
}

fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

/// Sends a body, and returns the answer and how long it was.
async fn post(run: &Run<'_>, path: &str, mut body: Map<String, Value>) -> Result<(Value, usize), Failure> {
    let project = run.session.project()?.to_string();
    body.insert("project_id".to_owned(), project.as_str().into());
    let workspace = run.session.workspace.map(|id| ("workspace_id", id.to_string()));
    let query = [("project_id", project)].into_iter().chain(workspace).collect();
    run.users(path, query, Value::Object(body)).await
}

/// A page of profiles.
struct Page {
    results: Vec<Value>,
    session: Option<String>,
    size: u64,
    total: u64,
    bytes: usize,
}

/// What all pages share.
struct Pages<'a> {
    run: &'a Run<'a>,
    body: Map<String, Value>,
}

impl Pages<'_> {
    async fn page(&self, number: u64, session: Option<&str>) -> Result<Page, Failure> {
        let mut body = self.body.clone();
        body.insert("page".to_owned(), number.into());
        body.extend(session.map(|id| ("session_id".to_owned(), id.into())));
        let (mut answer, bytes) = post(self.run, "/", body).await?;
        let Some(Value::Array(results)) = answer.get_mut("results").map(Value::take) else {
            return Err(self.run.odd("a page without 'results'"));
        };
        let number = |name: &str| answer.get(name).and_then(Value::as_u64);
        let session = answer.get("session_id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
        let size = number("page_size").filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        let total = number("total").unwrap_or(results.len() as u64);
        Ok(Page { results, session, size, total, bytes })
    }
}

/// Profiles that are being gathered.
struct Gathered<'a> {
    run: &'a Run<'a>,
    results: Vec<Value>,
    bytes: usize,
}

impl Gathered<'_> {
    /// Adds a page. All of them are in memory until the answer is sent, so together they have the limit of one answer.
    fn add(&mut self, page: Page) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(page.bytes);
        let most = self.run.operations.calls.large().limits().answer_bytes;
        if self.bytes as u64 > most {
            let detail = format!(
                "the profiles have more than {most} bytes, the limit that answer_bytes below [settings.limits] sets in the config"
            );
            let failure = Failure::new(FailureKind::UpstreamInvalid, detail).account(&self.run.session.identity.name);
            return Err(failure.next("mp export profiles", "write any number of profiles to a file"));
        }
        self.results.extend(page.results);
        Ok(())
    }
}

/// Returns the profiles that are wanted, and how they were had.
async fn pages<'a>(run: &'a Run<'a>, params: &Value) -> Result<(Vec<Value>, Paging), Failure> {
    let arguments = &run.bound.arguments;
    let limit = match arguments.get("limit") {
        None => Some(1),
        Some(given) => given.as_u64(),
    };
    let mut pages = Pages { run, body: body(params, OF_PAGE.map(|name| (name, name))) };
    let gathered = Gathered { run, results: Vec::new(), bytes: 0 };
    let (mut results, paging) = if run.is_set("parallel") && limit != Some(1) {
        let workers = arguments.get("workers").and_then(Value::as_u64).unwrap_or(MOST_AT_ONCE).clamp(1, MOST_AT_ONCE);
        side_by_side(&pages, gathered, limit, workers).await?
    } else {
        pages.body.extend(limit.map(|limit| ("limit".to_owned(), limit.into())));
        one_by_one(&pages, gathered, limit).await?
    };
    results.truncate(limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    Ok((results, paging))
}

/// Asks for a page when the one before it is there, until there are enough or no more.
async fn one_by_one(
    pages: &Pages<'_>,
    mut gathered: Gathered<'_>,
    limit: Option<u64>,
) -> Result<(Vec<Value>, Paging), Failure> {
    let first = pages.page(0, None).await?;
    let session = first.session.clone();
    let (mut goes_on, mut count) = (first.session.is_some() && !first.results.is_empty(), 1);
    gathered.add(first)?;
    while goes_on && limit.is_none_or(|limit| (gathered.results.len() as u64) < limit) {
        let page = pages.page(count as u64, session.as_deref()).await?;
        if page.results.is_empty() {
            break;
        }
        count += 1;
        goes_on = page.session.is_some();
        gathered.add(page)?;
    }
    Ok((gathered.results, Paging { session, pages: count, workers: None }))
}

/// Asks for the first page, which tells how many there are, then for the others, several at once. One that cannot be had fails the call: a
/// result with a hole in it looks like a whole one.
async fn side_by_side(
    pages: &Pages<'_>,
    mut gathered: Gathered<'_>,
    limit: Option<u64>,
    workers: u64,
) -> Result<(Vec<Value>, Paging), Failure> {
    let first = pages.page(0, None).await?;
    let session = first.session.clone();
    let wanted = limit.map_or(first.total, |limit| limit.min(first.total));
    let last = if session.is_some() { wanted.div_ceil(first.size) } else { 1 };
    gathered.add(first)?;
    let at_once = usize::try_from(workers).unwrap_or(1);
    let one = |number| pages.page(number, session.as_deref());
    let mut further = stream::iter(1..last).map(one).buffered(at_once);
    let mut count = 1;
    while let Some(page) = further.try_next().await? {
        count += 1;
        gathered.add(page)?;
    }
    drop(further);
    Ok((gathered.results, Paging { session, pages: count, workers: Some(workers) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_says_nothing_is_not_sent() {
        let params = json!({"where": "", "search": [], "as_of_timestamp": 0, "include_all_users": false, "x": 1});
        assert_eq!(Value::Object(body(&params, OF_PAGE.map(|name| (name, name)))), json!({"as_of_timestamp": 0}));
        let sum = json!({"action": "count()", "where": "a", "filter_by_cohort": "{}", "include_all_users": false, "sort_key": "k"});
        assert_eq!(
            Value::Object(body(&sum, OF_SUM)),
            json!({"action": "count()", "selector": "a", "filter_by_cohort": "{}", "include_all_users": false})
        );
        assert_eq!(Value::Object(body(&json!([1]), OF_SUM)), json!({}));
    }
}
