//! The engage plane: the profiles of a project, page by page, and what they add up to.

use std::collections::HashMap;

use mp_proto::ids::Region;
use serde_json::{Map, Value, json};

use super::asking::{Asking, Refusal};
use super::data::{COHORTS, Data, mix};
use super::people::Project;
use super::reply::Reply;

/// What selects profiles; on all pages of a session the same.
const FILTERS: [&str; 12] = [
    "where",
    "filter_by_cohort",
    "output_properties",
    "distinct_id",
    "distinct_ids",
    "data_group_id",
    "behaviors",
    "as_of_timestamp",
    "include_all_users",
    "sort_key",
    "sort_order",
    "search",
];

/// What an aggregate may have.
const STATS: [&str; 8] = [
    "project_id",
    "action",
    "selector",
    "filter_by_cohort",
    "segment_by_cohorts",
    "data_group_id",
    "as_of_timestamp",
    "include_all_users",
];

/// The sessions that were begun, with what each was begun for.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: HashMap<String, Session>,
    count: u64,
}

#[derive(Debug)]
struct Session {
    region: Region,
    project: u64,
    filters: Map<String, Value>,
}

impl Sessions {
    fn begin(&mut self, region: Region, project: u64, filters: Map<String, Value>) -> String {
        self.count += 1;
        let id = format!("{}-{:016x}", 1_700_000_000 + self.count, mix(&[project, self.count]));
        self.open.insert(id.clone(), Session { region, project, filters });
        id
    }

    /// Lets all of them be forgotten.
    pub(crate) fn expire(&mut self) {
        self.open.clear();
    }
}

/// Returns whether there is something at a path of the plane.
pub(crate) fn exists(path: &str) -> bool {
    matches!(path, "" | "stats")
}

/// Answers at a path of the plane; none where nothing is.
pub(crate) fn answer(data: &Data, sessions: &mut Sessions, path: &str, asking: &mut Asking<'_>) -> Option<Reply> {
    let answered = match path {
        "" => page(data, sessions, asking),
        "stats" => stats(data, asking),
        _ => return None,
    };
    Some(answered.map_or_else(|refusal| refusal.reply(asking.received), |body| Reply::json(200, &body)))
}

fn page(data: &Data, sessions: &mut Sessions, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    if !asking.received.path.ends_with('/') {
        asking.object("the path ends with a slash");
    }
    let known = [&["project_id", "page", "session_id", "limit", "page_size"][..], &FILTERS].concat();
    let (project, body) = begin(asking, &known)?;
    let page = body.get("page").map_or(Some(0), Value::as_u64);
    let page = page.ok_or_else(|| asking.fault(400, "page must be a whole number"))?;
    let mut filters = body.clone();
    filters.retain(|name, _| FILTERS.contains(&name.as_str()));
    let matching = matching(data, project, &body, asking)?;
    let session = session(sessions, project, (page, body.get("session_id")), filters, asking)?;
    let limit = whole(&body, "limit", asking)?.unwrap_or(u64::MAX);
    let total = (matching.len() as u64).min(limit);
    let outputs = json_texts(&body, "output_properties", asking)?;
    let size = whole(&body, "page_size", asking)?.unwrap_or(data.page_size);
    let start = page.saturating_mul(size);
    let indices = matching.iter().take(index(total)).skip(index(start)).take(index(size));
    let results: Vec<Value> = indices.map(|at| profile(project.id, *at, outputs.as_deref())).collect();
    Ok(json!({
        "page": page, "page_size": size, "session_id": session, "status": "ok", "total": total,
        "computed_at": "2025-01-08T10:30:00.252314+00:00", "results": results,
    }))
}

fn stats(data: &Data, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let (project, body) = begin(asking, &STATS)?;
    let Some(action) = body.get("action").and_then(Value::as_str) else {
        return Err(asking.fault(400, "Missing required parameter: action"));
    };
    let matching = matching(data, project, &body, asking)?;
    let of = |cohort: u64| matching.iter().filter(|at| is_in(cohort, **at)).count();
    let results = match body.get("segment_by_cohorts").and_then(Value::as_str).map(serde_json::from_str::<Map<_, _>>) {
        Some(Ok(cohorts)) => {
            let ids = cohorts.keys().filter_map(|id| id.parse().ok());
            ids.map(|id: u64| (id.to_string(), json!(of(id)))).collect::<Map<_, _>>().into()
        }
        Some(Err(_)) => return Err(asking.fault(400, "segment_by_cohorts must be a JSON object")),
        None if action == "count()" => json!(matching.len()),
        None if action.starts_with("extremes(") => json!({"min": 1, "max": 99}),
        None if action.starts_with("numeric_summary(") => json!({"count": matching.len(), "mean": 49.5}),
        None if action.starts_with("percentile(") => json!({"percentile": 50, "result": 48}),
        None => return Err(Refusal::new(400, format!("unknown action {action}"))),
    };
    Ok(json!({"status": "ok", "computed_at": "2025-01-08T10:30:00.252314+00:00", "results": results}))
}

/// Checks what both requests have in common, and returns the project and the body.
fn begin<'a>(asking: &mut Asking<'a>, known: &[&str]) -> Result<(&'a Project, Map<String, Value>), Refusal> {
    asking.method("POST")?;
    asking.only(&["project_id", "workspace_id", "query_origin"]);
    let project = asking.project()?;
    let body = asking.body(known)?;
    if body.get("project_id").and_then(Value::as_str) != asking.optional("project_id") {
        return Err(asking.fault(400, "project_id of the body must be a string, and that of the query"));
    }
    Ok((project, body))
}

/// Begins a session with the first page and finds it again for the others.
fn session(
    sessions: &mut Sessions,
    project: &Project,
    (page, given): (u64, Option<&Value>),
    filters: Map<String, Value>,
    asking: &mut Asking<'_>,
) -> Result<String, Refusal> {
    if page == 0 {
        if given.is_some() {
            asking.object("the first page has no session_id");
        }
        return Ok(sessions.begin(asking.region, project.id, filters));
    }
    let Some(given) = given.and_then(Value::as_str) else {
        return Err(asking.fault(400, "session_id is required for page > 0"));
    };
    let is_ours = |one: &&Session| one.region == asking.region && one.project == project.id;
    let Some(session) = sessions.open.get(given).filter(is_ours) else {
        return Err(Refusal::new(400, "session_id is invalid or has expired"));
    };
    if session.filters != filters {
        asking.object("the pages of a session have the same filters");
    }
    Ok(given.to_owned())
}

/// Returns the indices of the profiles that are asked for. Expressions are not evaluated.
fn matching(
    data: &Data,
    project: &Project,
    body: &Map<String, Value>,
    asking: &mut Asking<'_>,
) -> Result<Vec<u64>, Refusal> {
    let mut ids = json_texts(body, "distinct_ids", asking)?;
    if let Some(id) = body.get("distinct_id") {
        if ids.is_some() {
            asking.object("distinct_id and distinct_ids exclude each other");
        }
        ids = Some(vec![id.as_str().unwrap_or_default().to_owned()]);
    }
    let cohort = cohort(body, asking)?;
    let all = body.get("include_all_users").and_then(Value::as_bool).unwrap_or(true);
    let is_wanted = |at: &u64| {
        ids.as_ref().is_none_or(|ids| ids.contains(&distinct_id(project.id, *at)))
            && cohort.is_none_or(|cohort| all || is_in(cohort, *at))
    };
    Ok((0..data.profiles).filter(is_wanted).collect())
}

fn cohort(body: &Map<String, Value>, asking: &mut Asking<'_>) -> Result<Option<u64>, Refusal> {
    let Some(filter) = body.get("filter_by_cohort") else { return Ok(None) };
    let filter = filter.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(filter) = filter.filter(Value::is_object) else {
        return Err(asking.fault(400, "filter_by_cohort must be the text of a JSON object"));
    };
    // A cohort that is given by its definition stands for the first one.
    let id = match &filter["id"] {
        Value::Null if filter["raw_cohort"].is_object() => Some(COHORTS[0].0),
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let known = id.filter(|id| COHORTS.iter().any(|(known, ..)| known == id));
    known.map(Some).ok_or_else(|| Refusal::new(400, format!("cohort {} does not exist", filter["id"])))
}

fn is_in(cohort: u64, profile: u64) -> bool {
    mix(&[cohort, profile]).is_multiple_of(2)
}

fn whole(body: &Map<String, Value>, name: &str, asking: &mut Asking<'_>) -> Result<Option<u64>, Refusal> {
    match body.get(name) {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(asking.fault(400, format!("{name} must be a whole number"))),
        },
    }
}

/// Returns the texts of a JSON array that is itself a text.
fn json_texts(body: &Map<String, Value>, name: &str, asking: &mut Asking<'_>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = body.get(name) else { return Ok(None) };
    match value.as_str().and_then(|text| serde_json::from_str(text).ok()) {
        Some(texts) => Ok(Some(texts)),
        None => Err(asking.fault(400, format!("{name} must be the text of a JSON array of strings"))),
    }
}

fn distinct_id(project: u64, at: u64) -> String {
    format!("user-{project}-{at}")
}

fn profile(project: u64, at: u64, outputs: Option<&[String]>) -> Value {
    const PLANS: [&str; 3] = ["free", "pro", "enterprise"];
    let roll = |kind: u64| mix(&[project, at, kind]);
    let mut properties = json!({
        "$last_seen": format!("2025-01-{:02}T{:02}:30:00", 1 + roll(1) % 28, roll(2) % 24),
        "$email": format!("user{at}@example.com"),
        "$name": format!("Zoë {at}"),
        "plan": PLANS[index(roll(3) % 3)],
        "logins": roll(4) % 100,
        "customer_number": (1_u64 << 53) + 1 + 2 * at,
    });
    if let (Some(outputs), Some(members)) = (outputs, properties.as_object_mut()) {
        members.retain(|name, _| outputs.iter().any(|output| output == name));
    }
    json!({"$distinct_id": distinct_id(project, at), "$properties": properties})
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
