//! Bodies of queries for users: flat, with JSON inside texts.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::codes as c;
use super::cohort::Cohort;
use super::days;
use super::declared::filters::USERS_FILTER;
use super::declared::words::SORT_ORDERS;
use super::fault::Report;
use super::filter::{CohortFilter, Filter, filters};
use super::names::is_blank;
use super::object::{Object, int};
use super::selector;
use super::text::json_text;

/// What only one of the modes takes, and the code for the other one.
const OF_PROFILES: [(&str, super::fault::Code); 5] =
    [("parallel", c::U18), ("sort_by", c::U19), ("search", c::U20), ("properties", c::U22), ("as_of", c::U30)];

/// Builds a body.
pub(in crate::ask) fn build(given: Object<'_, '_>, today: Date, report: &mut Report) -> Value {
    let mut body = Map::new();
    selection(given, &mut body, report);
    profiles(given, &mut body, report);
    as_of(given, today, &mut body, report);
    if let Some(group) = given.get("group_id") {
        body.insert("data_group_id".to_owned(), group.clone());
    }
    check_pages(given, report);
    check_modes(given, report);
    aggregate(given, &mut body, report);
    body.into()
}

/// Checks how many profiles are fetched, and how.
pub(in crate::ask) fn check_pages(given: Object<'_, '_>, report: &mut Report) {
    if !given.is_null("limit") && given.int("limit").is_some_and(|limit| limit < 1) {
        report.add(given.at("limit"), c::U3);
    }
    if given.int("workers").is_some_and(|workers| !(1..=5).contains(&workers)) {
        report.add(given.at("workers"), c::U23);
    }
}

fn check_modes(given: Object<'_, '_>, report: &mut Report) {
    match given.text("mode") {
        Some("aggregate") => {
            for (key, code) in OF_PROFILES.into_iter().filter(|(key, _)| given.differs(key)) {
                report.add(given.at(key), code);
            }
            if given.has("distinct_id") || given.has("distinct_ids") {
                report.add(given.at("distinct_id"), c::U21);
            }
        }
        Some("profiles") if given.has("segment_by") => report.add(given.at("segment_by"), c::U16),
        _ => {}
    }
}

/// Adds which profiles are meant: the selector and the cohort.
fn selection(given: Object<'_, '_>, body: &mut Map<String, Value>, report: &mut Report) {
    let mut cohorts: Vec<CohortFilter<'_>> = Vec::new();
    let mut tests = Vec::new();
    match given.get("where") {
        Some(Value::String(selector)) if selector.is_empty() => {}
        Some(Value::String(selector)) => tests.push(selector.clone()),
        _ => {
            for filter in filters(given, "where", &USERS_FILTER, report) {
                match filter {
                    Filter::Test(test) => tests.extend(test_of(&test, report)),
                    Filter::Cohort(cohort) => cohorts.push(cohort),
                    // The declaration has no place for it.
                    Filter::Frequency(_) => {}
                }
            }
        }
    }
    if !tests.is_empty() {
        body.insert("where".to_owned(), tests.join(" and ").into());
    }
    let own = given.get("cohort").and_then(|value| Cohort::read(value, given.at("cohort"), c::U17, report));
    check_cohorts(given, &cohorts, report);
    let cohort = own.or_else(|| cohorts.into_iter().next().map(|filter| filter.cohort));
    if let Some(cohort) = cohort {
        let mut wire = json!({});
        cohort.put(&mut wire);
        body.insert("filter_by_cohort".to_owned(), json_text(&wire).into());
        body.insert("include_all_users".to_owned(), given.bool("include_all_users").into());
    }
}

fn check_cohorts(given: Object<'_, '_>, cohorts: &[CohortFilter<'_>], report: &mut Report) {
    for filter in cohorts.iter().filter(|filter| filter.is_negated) {
        report.add(&filter.at, c::U12);
    }
    let count = cohorts.iter().filter(|filter| !filter.is_negated).count();
    if given.has("cohort") && count > 0 {
        report.add(given.at("cohort"), c::U2);
    }
    if count > 1 {
        report.add(given.at("where"), c::U13);
    }
    if given.bool("include_all_users") && !given.has("cohort") && count == 0 {
        report.add(given.at("include_all_users"), c::U7);
    }
}

fn test_of(test: &super::test::Test<'_>, report: &mut Report) -> Option<String> {
    let at = format!("{}.property", test.at);
    let Some(name) = test.property.name() else {
        report.add(at, c::U25);
        return None;
    };
    if is_blank(name) {
        report.add(at, c::U10);
    }
    match selector::of(test, name) {
        Ok(selector) => Some(selector),
        Err(said) => {
            report.add(&test.at, said);
            None
        }
    }
}

/// Adds what profiles are shown, and in which order.
fn profiles(given: Object<'_, '_>, body: &mut Map<String, Value>, report: &mut Report) {
    if given.has("distinct_id") && given.has("distinct_ids") {
        report.add(given.at("distinct_id"), c::U1);
    }
    for (key, wire, code) in [("properties", "output_properties", c::U29), ("distinct_ids", "distinct_ids", c::U4)] {
        if let Some(list) = given.get(key) {
            if list.as_array().is_some_and(Vec::is_empty) {
                report.add(given.at(key), code);
            }
            body.insert(wire.to_owned(), json_text(list).into());
        }
    }
    for (index, name) in given.many("properties").iter().enumerate() {
        if name.as_str().is_some_and(is_blank) {
            report.add(format_args!("properties[{index}]"), c::U11);
        }
    }
    for key in ["distinct_id", "search"] {
        if let Some(value) = given.get(key) {
            body.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(name) = given.get("sort_by").and_then(Value::as_str) {
        if is_blank(name) {
            report.add(given.at("sort_by"), c::U5);
        }
        let order = given.text("sort_order").unwrap_or_default();
        if !SORT_ORDERS.contains(&order) {
            report.add(given.at("sort_order"), c::UP1.word(order, SORT_ORDERS));
        }
        body.insert("sort_key".to_owned(), selector::property(name).into());
        body.insert("sort_order".to_owned(), order.into());
    }
}

/// Adds the moment that profiles are shown of; a day is its midnight in UTC.
fn as_of(given: Object<'_, '_>, today: Date, body: &mut Map<String, Value>, report: &mut Report) {
    let Some(value) = given.get("as_of") else { return };
    let at = given.at("as_of");
    let seconds = match value {
        Value::String(text) => match days::day(text, c::U6, c::U6) {
            Ok(day) => {
                if day > today {
                    report.add(at, c::U8.with("x", day));
                }
                day.to_zoned(TimeZone::UTC).map_or(Value::Null, |midnight| midnight.timestamp().as_second().into())
            }
            Err(code) => return report.add(at, code.with("x", format_args!("{text:?}"))),
        },
        seconds => seconds.clone(),
    };
    body.insert("as_of_timestamp".to_owned(), seconds);
}

/// Adds what is computed of profiles.
fn aggregate(given: Object<'_, '_>, body: &mut Map<String, Value>, report: &mut Report) {
    let percentile = given.number("percentile");
    let is_inside = |percentile: f64| percentile > 0.0 && percentile < 100.0;
    if percentile.is_some_and(|number| !number.as_f64().is_some_and(is_inside)) {
        report.add(given.at("percentile"), c::U28);
    }
    let above = given.at("segment_by");
    for (index, id) in given.many("segment_by").iter().enumerate() {
        if int(id).is_some_and(|id| id < 1) {
            report.add(super::fault::At::Item(&above, index), c::U17);
        }
    }
    let (Some("aggregate"), Some(aggregate)) = (given.text("mode"), given.text("aggregate")) else { return };
    let property = given.text("aggregate_property");
    match (aggregate, property) {
        ("count", Some(_)) => report.add(given.at("aggregate_property"), c::U15),
        ("count", None) => {}
        (_, None) => report.add(given.at("aggregate_property"), c::U14.with("x", aggregate)),
        (_, Some("")) => report.add(given.at("aggregate_property"), c::UP4.saying("the aggregate names no property")),
        _ => {}
    }
    match (aggregate == "percentile", percentile) {
        (true, None) => report.add(given.at("percentile"), c::U26),
        (false, Some(_)) => report.add(given.at("percentile"), c::U27.with("x", aggregate)),
        _ => {}
    }
    let property = selector::property(property.unwrap_or_default());
    let action = match (aggregate, percentile) {
        ("count", _) => "count()".to_owned(),
        ("percentile", Some(percentile)) => format!("percentile({property}, {percentile})"),
        _ => format!("{aggregate}({property})"),
    };
    body.insert("action".to_owned(), action.into());
    if given.has("segment_by") {
        let ids: Map<String, Value> = given.many("segment_by").iter().map(|id| (id.to_string(), true.into())).collect();
        body.insert("segment_by_cohorts".to_owned(), json_text(&ids.into()).into());
    }
}
