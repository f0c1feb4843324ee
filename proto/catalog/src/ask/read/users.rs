//! Users: profiles of one or several pages, or what they add up to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::answer::{Read, fields, taken};
use super::table::Table;

/// When a profile was seen last.
const LAST_SEEN: &str = "$last_seen";

/// The columns that every table of profiles has.
const OWN: [&str; 2] = ["distinct_id", "last_seen"];

/// How profiles were had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// The session of the first page.
    pub session: Option<String>,
    /// How many pages had profiles; the first always counts.
    pub pages: usize,
    /// With how many requests at once, where they were had so.
    pub workers: Option<u64>,
}

/// Reads profiles, as pages have them, one after the other. `now` is told as the time of the answer, which has none itself.
///
/// # Errors
/// When something is no profile: what it is, as the end of a sentence.
pub fn profiles(results: Vec<Value>, paging: &Paging, now: &str) -> Result<Read, String> {
    let profiles = results.into_iter().map(profile).collect::<Result<Vec<_>, _>>()?;
    let mut meta = json!({"session_id": paging.session, "pages_fetched": paging.pages, "parallel": false});
    if let Some(workers) = paging.workers {
        meta["parallel"] = true.into();
        // A page that cannot be had fails the call, so none of them is ever missing.
        meta["failed_pages"] = json!([]);
        meta["workers"] = workers.into();
    }
    let table = profile_rows(&profiles);
    let result = json!({
        "computed_at": now, "total": profiles.len(), "profiles": profiles, "meta": meta, "mode": "profiles",
        "aggregate_data": null, "value": null,
    });
    Ok(Read { result, table, edges: None })
}

fn profile(given: Value) -> Result<Value, String> {
    let Value::Object(mut given) = given else { return Err("a profile that is no object".to_owned()) };
    let mut properties = match given.shift_remove("$properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    let seen = properties.shift_remove(LAST_SEEN).unwrap_or_default();
    let id = given.shift_remove("$distinct_id").filter(|id| !id.is_null()).unwrap_or_else(|| "".into());
    Ok(json!({"distinct_id": id, "last_seen": seen, "properties": properties}))
}

/// The rows of profiles. Mixpanel's own properties are shown without their `$`, unless a property of that name is there, too.
fn profile_rows(profiles: &[Value]) -> Value {
    let names: BTreeSet<&str> =
        profiles.iter().flat_map(|one| fields(&one["properties"])).map(|(name, _)| name.as_str()).collect();
    let column = |name: &str| match name.strip_prefix('$') {
        Some(bare) if !bare.is_empty() && !names.contains(bare) && !OWN.contains(&bare) => bare.to_owned(),
        None if OWN.contains(&name) => format!("properties.{name}"),
        _ => name.to_owned(),
    };
    let columns: BTreeMap<String, &str> = names.iter().map(|name| (column(name), *name)).collect();
    let mut table = Table::new(OWN.into_iter().map(str::to_owned).chain(columns.keys().cloned()));
    for one in profiles {
        let own = OWN.map(|name| one[name].clone());
        table.push(own.into_iter().chain(columns.values().map(|name| one["properties"][*name].clone())));
    }
    table.into_value()
}

/// Reads what profiles add up to. `action` is how they were added, `is_split` whether by cohorts; `now` is told where the answer tells no
/// time.
///
/// # Errors
/// When it is the answer to something else: what it is, as the end of a sentence.
pub fn aggregate(answer: Value, action: &str, is_split: bool, now: &str) -> Result<Read, String> {
    let Value::Object(mut answer) = answer else { return Err("something else than an object".to_owned()) };
    let data = answer.shift_remove("results").ok_or("an answer without 'results'")?;
    let value = if data.is_number() { data.clone() } else { Value::Null };
    let total = if action == "count()" && data.is_number() { data.clone() } else { 0.into() };
    let table = aggregate_rows(&data, action, is_split);
    let result = json!({
        "computed_at": taken(&mut answer, "computed_at", || now.into()), "total": total, "profiles": [],
        "meta": {"action": action, "segmented": is_split}, "mode": "aggregate", "aggregate_data": data, "value": value,
    });
    Ok(Read { result, table, edges: None })
}

fn aggregate_rows(data: &Value, action: &str, is_split: bool) -> Value {
    let head = if is_split { "segment" } else { "metric" };
    let rows: Vec<(&str, &Value)> = match data {
        Value::Null => Vec::new(),
        Value::Object(segments) if is_split => segments.iter().map(|(name, part)| (name.as_str(), part)).collect(),
        one => vec![(action, one)],
    };
    let has_plain = rows.iter().any(|(_, part)| !part.is_object());
    let mut members: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|(_, part)| fields(part)) {
        let is_taken = name == head || (has_plain && name == "value");
        if !is_taken && !members.contains(&name.as_str()) {
            members.push(name);
        }
    }
    let plain = has_plain || members.is_empty();
    let mut table = Table::new([head].into_iter().chain(plain.then_some("value")).chain(members.iter().copied()));
    for (name, part) in rows {
        let value = plain.then(|| if part.is_object() { Value::Null } else { part.clone() });
        let parts = members.iter().map(|member| part.get(member).cloned().unwrap_or_default());
        table.push([name.into()].into_iter().chain(value).chain(parts));
    }
    table.into_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_a_sign_keep_it() {
        let given = json!({"$distinct_id": "a", "$properties": {"$email": "1", "email": "2", "$os": "x", "$": 1, "last_seen": 3}});
        let read = profiles(vec![given], &Paging::default(), "now").expect("a profile");
        let expected = json!(["distinct_id", "last_seen", "$", "$email", "email", "os", "properties.last_seen"]);
        assert_eq!(read.table["columns"], expected);
        assert_eq!((&read.table["rows"][0]["$email"], &read.table["rows"][0]["email"]), (&json!("1"), &json!("2")));
        assert_eq!(read.table["rows"][0]["last_seen"], Value::Null);
        assert!(profiles(vec![json!("gone")], &Paging::default(), "now").is_err());
    }

    #[test]
    fn segments_of_different_shapes_stand_in_one_table() {
        let answer = json!({"results": {"11": 4, "12": {"count": 2}}});
        let read = aggregate(answer, "count()", true, "now").expect("an answer");
        assert_eq!(read.table["rows"][0], json!({"segment": "11", "value": 4, "count": null}));
        assert_eq!(read.table["rows"][1], json!({"segment": "12", "value": null, "count": 2}));
        assert!(aggregate(json!({"status": "ok"}), "count()", false, "now").is_err());
    }
}
