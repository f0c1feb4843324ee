//! Arguments of exports: what Mixpanel gets of them, what they must be, and what they must be to each other. The codes are those of
//! Mixpanel's own tools.

use std::collections::HashSet;

use mp_proto::failure::Problems;
use mp_proto::json::{ascii_json, spaced};
use serde_json::{Value, json};

use super::{Fields, entries};
use crate::operation::Bound;

/// Most events that Mixpanel returns when it is given a limit.
const MOST_EVENTS: i64 = 100_000;

/// Most profiles on a page: a body of some megabytes.
const MOST_ON_PAGE: i64 = 10_000;

/// Checks the limit of an export of events.
pub(crate) fn limit_of_events(limit: Value) -> Result<Value, String> {
    match limit.as_i64() {
        Some(..1) => Err("must be at least 1 (WR2_LIMIT_TOO_SMALL)".to_owned()),
        Some(..=MOST_EVENTS) => Ok(limit),
        _ => Err(format!("must be at most {MOST_EVENTS} (WR3_LIMIT_TOO_LARGE)")),
    }
}

/// Checks that a range of days has its ends in order.
pub(crate) fn events(arguments: &Fields, problems: &mut Problems) {
    let day = |name: &str| arguments.get(name).and_then(Value::as_str);
    // A day is spelled in one way, so its text is in the order of the calendar.
    if let (Some(from), Some(to)) = (day("from"), day("to"))
        && from > to
    {
        problems.add("to", format!("must not be before {from}"));
    }
    if arguments.get("raw") == Some(&Value::Bool(true)) {
        for name in ["timezone", "stored_in"].into_iter().filter(|name| arguments.contains_key(*name)) {
            problems.add(name, "does not go with raw, which leaves every byte as it is");
        }
    }
}

/// Checks the limit of an export of profiles.
pub(crate) fn limit_of_profiles(limit: Value) -> Result<Value, String> {
    match limit.as_i64() {
        Some(..1) => Err("must be at least 1".to_owned()),
        _ => Ok(limit),
    }
}

/// Checks the size of a page.
pub(crate) fn page_size(size: Value) -> Result<Value, String> {
    match size.as_i64() {
        Some(1..=MOST_ON_PAGE) => Ok(size),
        _ => Err(format!("must be from 1 to {MOST_ON_PAGE}")),
    }
}

/// Returns the filter of profiles that were updated since a day, and for which an expression is true, too. `$last_seen` is an ISO 8601
/// text, so texts that are compared are times that are.
pub(crate) fn updated_since(day: &str, filter: Option<&str>) -> String {
    let recent = format!("properties[\"$last_seen\"] >= \"{day}T00:00:00\"");
    filter
        .filter(|filter| !filter.is_empty())
        .map_or_else(|| recent.clone(), |filter| format!("({filter}) and {recent}"))
}

/// Makes the filter by a cohort of its id.
pub(crate) fn cohort(id: Value) -> Result<Value, String> {
    json_text(json!({"id": id}))
}

/// Makes the text of a list of ids; of those that are the same the first counts.
pub(crate) fn ids(ids: Value) -> Result<Value, String> {
    let mut seen = HashSet::new();
    json_text(entries(&ids).filter(|id| seen.insert(id.as_str())).cloned().collect())
}

/// Checks behaviors, and makes the text of them.
pub(crate) fn behaviors(behaviors: Value) -> Result<Value, String> {
    if behaviors.is_array() { json_text(behaviors) } else { Err("must be a list (AC5_BEHAVIORS_NOT_LIST)".to_owned()) }
}

/// Makes the JSON text of a value: other scripts as escapes, a space after each comma and colon.
pub(crate) fn json_text(value: Value) -> Result<Value, String> {
    Ok(ascii_json(&spaced(&value)).into())
}

/// Checks that arguments do not exclude each other.
pub(crate) fn profiles(arguments: &Fields, problems: &mut Problems) {
    let is_given = |name: &str, problems: &Problems| arguments.contains_key(name) || problems.has(name);
    if is_given("distinct_id", problems) && is_given("distinct_ids", problems) {
        problems.add("distinct_ids", "cannot be used together with distinct_id (AC2_DISTINCT_ID_CONFLICT)");
    }
    let has_cohort = is_given("cohort_id", problems);
    if is_given("behaviors", problems) && has_cohort {
        problems.add("behaviors", "cannot be used together with cohort_id (AC3_BEHAVIORS_COHORT_CONFLICT)");
    }
    if arguments.get("include_all_users") == Some(&Value::Bool(true)) && !has_cohort {
        problems.add("include_all_users", "needs cohort_id (AC4_INCLUDE_ALL_USERS_REQUIRES_COHORT)");
    }
}

/// Says of a cohort whether all of it is meant. Mixpanel's own default is yes, so it is always said.
pub(crate) fn whole_cohort(arguments: &Fields, bound: &mut Bound, _: &mut Problems) {
    let Some(body) = bound.body.as_mut().filter(|_| arguments.contains_key("cohort_id")) else { return };
    let limit = body.shift_remove("limit");
    body.entry("include_all_users").or_insert(false.into());
    body.extend(limit.map(|limit| ("limit".to_owned(), limit)));
}
