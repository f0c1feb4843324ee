//! Breakdowns: the entries of the group section.

use serde_json::{Value, json};

use super::codes as c;
use super::cohort::Cohort;
use super::declared::filters::{
    BREAKDOWN, COHORT_BREAKDOWN, FREQUENCY_BUCKETS, ITEM_BREAKDOWN, LIST_ITEM, TYPED_BREAKDOWN,
};
use super::fault::{At, Code, Report};
use super::filter::label;
use super::names::is_blank;
use super::object::Object;
use super::property::Property;

/// Which kinds of breakdowns there are.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::ask) struct Kinds {
    pub(in crate::ask) has_property: bool,
    pub(in crate::ask) has_cohort: bool,
}

/// How breakdowns are read.
#[derive(Debug, Clone, Copy)]
pub(in crate::ask) struct Rules {
    /// The code for a name that is blank.
    pub(in crate::ask) blank: Code,
    /// The data group that entries name.
    pub(in crate::ask) has_group: bool,
}

/// Returns the entries of what is one or a list of breakdowns, and their kinds.
pub(in crate::ask) fn entries(
    given: Object<'_, '_>,
    key: &str,
    rules: Rules,
    report: &mut Report,
) -> (Vec<Value>, Kinds) {
    let (above, is_list) = (given.at(key), given.get(key).is_some_and(Value::is_array));
    let group = if rules.has_group { data_group(given) } else { Value::Null };
    let mut kinds = Kinds::default();
    let mut entries = Vec::new();
    for (index, value) in given.many(key).iter().enumerate() {
        if report.is_full() {
            break;
        }
        let at = if is_list { At::Item(&above, index) } else { above };
        if let Value::String(name) = value {
            kinds.has_property = true;
            if is_blank(name) {
                report.add(at, rules.blank);
            }
            entries.push(named(name, "string"));
        } else if let Some(given) = Object::of(value, &BREAKDOWN, at) {
            kinds.has_property |= given.is(&TYPED_BREAKDOWN) || given.is(&ITEM_BREAKDOWN);
            kinds.has_cohort |= given.is(&COHORT_BREAKDOWN);
            entries.extend(entry(given, &group, report));
        }
    }
    (entries, kinds)
}

/// Returns the data group as texts name it.
pub(in crate::ask) fn data_group(given: Object<'_, '_>) -> Value {
    given.number("data_group_id").map_or(Value::Null, |id| id.to_string().into())
}

fn entry(given: Object<'_, '_>, group: &Value, report: &mut Report) -> Option<Value> {
    if given.is(&TYPED_BREAKDOWN) {
        typed(given, group, report)
    } else if given.is(&ITEM_BREAKDOWN) {
        of_item(given, report)
    } else if given.is(&COHORT_BREAKDOWN) {
        of_cohort(given, group, report)
    } else {
        let at = given.at("frequency");
        let map = given.get("frequency")?.as_object()?;
        of_frequency(Object::new(map, &FREQUENCY_BUCKETS, at), group, report)
    }
}

fn named(name: &str, kind: &str) -> Value {
    json!({
        "value": name, "propertyName": name, "resourceType": "events", "propertyType": kind,
        "propertyDefaultType": kind,
    })
}

/// Breaks down by a property.
fn typed(given: Object<'_, '_>, group: &Value, report: &mut Report) -> Option<Value> {
    let property = Property::read(given.get("property")?, given.at("property"), report)?;
    let kind = given.text("type")?;
    let mut entry = match &property {
        Property::Name(name) => {
            check_name(given, name, report);
            named(name, kind)
        }
        Property::Saved(id) => {
            let mut entry = custom("events", kind, group);
            entry["customPropertyId"] = (*id).clone();
            entry
        }
        Property::Inline(inline) => {
            let kind = inline.kind.unwrap_or(kind);
            let mut entry = custom(inline.resource, kind, group);
            entry["customProperty"] = inline.wire(Some(kind));
            entry
        }
    };
    check_buckets(given, report);
    if given.has("bucket_size") {
        entry["customBucket"] = json!({
            "bucketSize": given.get("bucket_size"), "min": given.get("bucket_min"), "max": given.get("bucket_max"),
        });
    }
    Some(entry)
}

fn check_name(given: Object<'_, '_>, name: &str, report: &mut Report) {
    if is_blank(name) {
        report.add(given.at("property"), c::GB1_EMPTY_PROPERTY);
    }
}

/// Returns what breakdowns by custom properties share.
fn custom(resource: &str, kind: &str, group: &Value) -> Value {
    json!({
        "value": null, "resourceType": resource, "profileType": null, "search": "", "dataGroupId": group,
        "dataset": "$mixpanel", "propertyType": kind, "typeCast": null, "unit": null, "isHidden": false,
    })
}

fn check_buckets(given: Object<'_, '_>, report: &mut Report) {
    let keys = ["bucket_size", "bucket_min", "bucket_max"];
    let [size, least, most] = keys.map(|key| given.number(key).map(serde_json::Number::as_f64));
    for (key, number) in keys.into_iter().zip([size, least, most]) {
        if number == Some(None) {
            report.add(given.at(key), c::V24_BUCKET_NOT_FINITE);
        }
    }
    let at = given.at;
    if !given.has("bucket_size") {
        if given.has("bucket_min") || given.has("bucket_max") {
            report.add(at, c::V11_BUCKET_REQUIRES_SIZE);
        }
    } else {
        if size.flatten().is_some_and(|size| size <= 0.0) {
            report.add(given.at("bucket_size"), c::V12_BUCKET_SIZE_POSITIVE);
        }
        if given.text("type") != Some("number") {
            report.add(at, c::V12B_BUCKET_REQUIRES_NUMBER);
        }
        if !given.has("bucket_min") || !given.has("bucket_max") {
            report.add(at, c::V12C_BUCKET_REQUIRES_BOUNDS);
        }
    }
    if let (Some(Some(least)), Some(Some(most))) = (least, most)
        && least >= most
    {
        report.add(at, c::V18_BUCKET_ORDER);
    }
}

/// Breaks down by a field of the items of a list.
fn of_item(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let property = Property::read(given.get("property")?, given.at("property"), report)?;
    match property.name() {
        Some(name) => check_name(given, name, report),
        None => report.add(given.at("property"), c::GB5_LIST_ITEM_PROPERTY_TYPE),
    }
    if ["bucket_size", "bucket_min", "bucket_max"].into_iter().any(|key| given.has(key)) {
        report.add(given.at, c::GB4_LIST_ITEM_BUCKETING);
    }
    let at = given.at("list_item");
    let item = Object::new(given.get("list_item")?.as_object()?, &LIST_ITEM, at);
    let (sub, kind) = (item.text("sub")?, item.text("type")?);
    if is_blank(sub) {
        report.add(item.at("sub"), c::LG1_EMPTY_SUB);
    }
    Some(json!({
        "dataset": "$mixpanel", "value": property.name(), "resourceType": "events", "joinPropertyType": "list",
        "propertyType": "object",
        "listItemGroup": {
            "resourceType": "event", "propertyName": sub, "propertyDefaultType": kind, "propertyType": kind,
        },
    }))
}

/// Breaks down by being in a cohort.
fn of_cohort(given: Object<'_, '_>, group: &Value, report: &mut Report) -> Option<Value> {
    let cohort = Cohort::read(given.get("cohort")?, given.at("cohort"), c::CB1_COHORT_ID_NOT_POSITIVE, report)?;
    if given.text("name").is_some_and(is_blank) {
        report.add(given.at("name"), c::CB2_COHORT_NAME_EMPTY);
    }
    let name = given.text("name").unwrap_or_default();
    let entry = |is_negated: bool| {
        let mut entry = json!({"name": name, "negated": is_negated, "data_group_id": group});
        cohort.put(&mut entry);
        if let Cohort::Saved(_) = cohort {
            entry["groups"] = json!([]);
        }
        entry
    };
    let (mut labels, mut cohorts) = (vec![name.to_owned()], vec![entry(false)]);
    if given.bool("include_negated") {
        labels.push(format!("Not In {name}"));
        cohorts.push(entry(true));
    }
    Some(json!({
        "value": labels, "resourceType": "events", "profileType": null, "search": "", "dataGroupId": group,
        "propertyType": null, "typeCast": null, "cohorts": cohorts, "isHidden": false,
    }))
}

/// Breaks down by how often users did an event.
fn of_frequency(given: Object<'_, '_>, group: &Value, report: &mut Report) -> Option<Value> {
    let event = given.text("event")?;
    if is_blank(event) {
        report.add(given.at("event"), c::FB1_EMPTY_EVENT);
    }
    if given.int("bucket_size").is_some_and(|size| size <= 0) {
        report.add(given.at("bucket_size"), c::FB2_BUCKET_SIZE_NOT_POSITIVE);
    }
    let (least, most) = (given.int("bucket_min"), given.int("bucket_max"));
    if least.is_some_and(|least| least < 0) {
        report.add(given.at("bucket_min"), c::FB4_BUCKET_MIN_NEGATIVE);
    }
    if least.zip(most).is_some_and(|(least, most)| least >= most) {
        report.add(given.at("bucket_min"), c::FB3_BUCKET_ORDER);
    }
    Some(json!({
        "dataset": "$mixpanel",
        "behavior": {
            "aggregationOperator": "total", "event": {"label": event, "value": event}, "behaviorType": "$frequency",
            "filters": [], "filtersOperator": "and", "dateRange": null,
        },
        "value": label(given, event), "resourceType": "people", "propertyType": "number", "dataGroupId": group,
        "customBucket": {
            "bucketSize": given.wire("bucket_size"), "min": given.wire("bucket_min"), "max": given.wire("bucket_max"),
            "disabled": false,
        },
    }))
}
