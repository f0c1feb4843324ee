//! The query plane: what may be asked, and with which parameters. What is answered is in `answers`.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::answers;
use super::asking::{Asking, Refusal};
use super::data::Data;
use super::people::Project;
use super::reply::Reply;
use super::reports;

/// What makes an answer.
type Make = fn(&Question<'_>, &mut Asking<'_>) -> Result<Value, Refusal>;

/// What is asked, where the answer depends on it.
pub(crate) struct Question<'a> {
    pub(crate) project: &'a Project,
    /// The body of those that have one; else null.
    pub(crate) body: Value,
}

/// Something that can be asked.
struct Endpoint {
    path: &'static str,
    has: Has,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    make: Make,
}

/// Where an endpoint has its project, and what else its method brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Has {
    /// A GET with the project among the parameters.
    Get,
    /// A POST without a body.
    EmptyPost,
    /// A POST with a JSON object, in which the project is a number. The lists are of its members.
    Number,
    /// The same, with the project as a text.
    Text,
}

const fn get(
    path: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    make: Make,
) -> Endpoint {
    Endpoint { path, has: Has::Get, required, optional, make }
}

const ENDPOINTS: [Endpoint; 21] = [
    get("events/names", &[], &["type", "limit", "from_date", "to_date"], answers::names),
    get("events/properties/top", &["event"], &["limit"], answers::properties),
    get("events/properties/values", &["name"], &["event", "limit"], answers::values),
    get("funnels/list", &[], &[], answers::funnel_list),
    Endpoint { path: "cohorts/list", has: Has::EmptyPost, required: &[], optional: &[], make: answers::cohorts },
    get("events/top", &["type"], &["limit"], answers::top),
    get("data_definitions/events", &[], &["fetch_per_event_properties"], answers::definitions),
    get("segmentation", &["event", "from_date", "to_date"], SEGMENTATION, answers::segmentation),
    get("segmentation/numeric", &["event", "from_date", "to_date", "on"], &["unit", "type", "where"], answers::numeric),
    get("segmentation/sum", &["event", "from_date", "to_date", "on"], &["unit", "where"], answers::sum),
    get("segmentation/average", &["event", "from_date", "to_date", "on"], &["unit", "where"], answers::average),
    get("funnels", &["funnel_id", "from_date", "to_date"], FUNNEL, answers::funnel),
    get("retention", &[], RETENTION, answers::retention),
    get("retention/addiction", &["from_date", "to_date", "unit", "addiction_unit"], ADDICTION, answers::addiction),
    get("events", &["event", "type", "unit", "from_date", "to_date"], &[], answers::counts),
    get("events/properties", &["event", "name", "type", "unit", "from_date", "to_date"], VALUES, answers::value_counts),
    get("insights", &["bookmark_id"], &[], answers::insights),
    Endpoint { path: "insights", has: Has::Number, required: &["bookmark"], optional: LIMITS, make: reports::insights },
    get("arb_funnels", &["bookmark_id", "query_type"], &[], answers::flows),
    Endpoint {
        path: "arb_funnels",
        has: Has::Number,
        required: &["bookmark", "query_type"],
        optional: &[],
        make: reports::flows,
    },
    Endpoint {
        path: "stream/bookmark",
        has: Has::Text,
        required: &["workspace_id", "bookmark", "distinct_ids", "mode"],
        optional: ACTIVITY,
        make: answers::activity,
    },
];

const SEGMENTATION: &[&str] = &["unit", "type", "on", "where", "limit"];
const FUNNEL: &[&str] = &["unit", "on", "where", "length", "length_unit", "limit"];
const RETENTION: &[&str] = &[
    "born_event",
    "event",
    "from_date",
    "to_date",
    "retention_type",
    "interval_count",
    "unit",
    "interval",
    "born_where",
    "where",
    "on",
    "limit",
    "bookmark_id",
];
const ADDICTION: &[&str] = &["event", "where", "on", "limit"];
const VALUES: &[&str] = &["values", "limit"];
const LIMITS: &[&str] = &["queryLimits"];
const ACTIVITY: &[&str] = &[
    "limit",
    "include_events",
    "exclude_events",
    "sentinel_event",
    "paging_window",
    "search",
    "search_properties",
    "use_custom_events",
];

/// Returns whether there is something at a path of the plane.
pub(crate) fn exists(path: &str) -> bool {
    ENDPOINTS.iter().any(|endpoint| endpoint.path == path)
}

/// Answers at a path of the plane; none where nothing is.
pub(crate) fn answer(data: &Data, path: &str, asking: &mut Asking<'_>) -> Option<Reply> {
    let of_path = || ENDPOINTS.iter().filter(|endpoint| endpoint.path == path);
    let of_method = of_path().find(|endpoint| endpoint.has.method() == asking.received.method);
    let endpoint = of_method.or_else(|| of_path().next())?;
    let answered = make(data, endpoint, asking);
    Some(answered.map_or_else(|refusal| refusal.reply(asking.received), |body| Reply::json(200, &body)))
}

impl Has {
    fn method(self) -> &'static str {
        if self == Self::Get { "GET" } else { "POST" }
    }
}

fn make(data: &Data, endpoint: &Endpoint, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    asking.method(endpoint.has.method())?;
    let (project, body) = match endpoint.has {
        Has::Get | Has::EmptyPost => {
            let own = [endpoint.required, endpoint.optional, &["project_id", "workspace_id", "query_origin"]].concat();
            asking.only(&own);
            if endpoint.has == Has::EmptyPost && !asking.received.body.is_empty() {
                asking.object("the body must be empty");
            }
            let project = asking.project()?;
            for name in endpoint.required {
                asking.required(name)?;
            }
            (project, Value::Null)
        }
        Has::Number | Has::Text => {
            asking.only(&["workspace_id", "query_origin"]);
            with_body(endpoint, asking)?
        }
    };
    if endpoint.has == Has::Get && asking.optional("from_date").is_some() && asking.optional("to_date").is_some() {
        let range = asking.range()?;
        check_days(data, range)?;
    }
    (endpoint.make)(&Question { project, body }, asking)
}

fn with_body<'a>(endpoint: &Endpoint, asking: &mut Asking<'a>) -> Result<(&'a Project, Value), Refusal> {
    let body = asking.body(&[endpoint.required, endpoint.optional, &["project_id"]].concat())?;
    let id = match &body.get("project_id") {
        Some(Value::String(text)) if endpoint.has == Has::Text => text.parse().ok(),
        Some(other) if endpoint.has == Has::Number => other.as_u64(),
        _ => None,
    };
    let kind = if endpoint.has == Has::Text { "a string" } else { "a number" };
    let id = id.ok_or_else(|| asking.fault(400, format!("project_id of the body must be {kind}")))?;
    let project = asking.seen(id)?;
    for name in endpoint.required {
        if !body.contains_key(*name) {
            return Err(asking.fault(400, format!("Missing required parameter: {name}")));
        }
    }
    Ok((project, json!(body)))
}

fn check_days(data: &Data, (from, to): (Date, Date)) -> Result<(), Refusal> {
    let days = to.since(from).map_or(i32::MAX, |span| span.get_days());
    match data.max_days {
        Some(most) if days > most => Err(Refusal::new(403, format!("Date range exceeds {most} days for your plan"))),
        _ => Ok(()),
    }
}
