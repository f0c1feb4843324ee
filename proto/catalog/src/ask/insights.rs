//! Bodies of insights.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::codes as c;
use super::declared::metrics::{FORMULA, METRIC, OPERAND, SAVED_METRIC};
use super::fault::{At, Rank, Report};
use super::formula::{check_over_list, check_over_operands};
use super::frame::{self, Family};
use super::measure::{self, QUERY};
use super::names::{self, is_blank};
use super::object::Object;
use super::{metric, saved_metric};

/// Most periods of a rolling average.
const MOST_ROLLING: i128 = 365;

const FAMILY: Family = Family {
    blank: c::GB1_EMPTY_PROPERTY,
    is_behavior: false,
    charts: &[("timeseries", "line"), ("total", "bar"), ("table", "table")],
};

/// A metric of the list, as far as the rules of the query look at it.
enum Member<'v, 'p> {
    Plain(&'v str),
    Metric(Object<'v, 'p>),
    Formula(Object<'v, 'p>),
}

/// Builds a body.
pub(in crate::ask) fn build(given: Object<'_, '_>, today: Date, report: &mut Report) -> Value {
    let show = show(given, report);
    let (mut body, _) = frame::body(given, show, &FAMILY, today, report);
    body["displayOptions"]["analysis"] = analysis(given, report).into();
    if let Some(periods) = given.get("rolling") {
        body["displayOptions"]["rollingWindowSize"] = periods.clone();
    }
    body
}

fn analysis(given: Object<'_, '_>, report: &mut Report) -> &'static str {
    let is_cumulative = given.bool("cumulative");
    if let Some(periods) = given.int("rolling") {
        if is_cumulative {
            report.add(given.at("rolling"), c::V5_ROLLING_CUMULATIVE_EXCLUSIVE);
        }
        if periods < 1 {
            report.add(given.at("rolling"), c::V6_ROLLING_POSITIVE);
        }
        if periods > MOST_ROLLING {
            report.add(given.at("rolling"), c::V23_ROLLING_TOO_LARGE);
        }
    }
    match (given.has("rolling"), is_cumulative) {
        (true, _) => "rolling",
        (false, true) => "cumulative",
        (false, false) => "linear",
    }
}

fn member<'v, 'p>(value: &'v Value, at: At<'p>) -> Option<(At<'p>, Member<'v, 'p>)> {
    if let Value::String(name) = value {
        return Some((at, Member::Plain(name)));
    }
    let metric = Object::of(value, &METRIC, at)?;
    Some((at, if metric.is(&FORMULA) { Member::Formula(metric) } else { Member::Metric(metric) }))
}

/// Returns the clauses, and reports what is wrong with the list of metrics.
fn show(given: Object<'_, '_>, report: &mut Report) -> Vec<Value> {
    let Some(events) = given.get("events") else { return Vec::new() };
    let (above, is_list) = (given.at("events"), events.is_array());
    if !is_list && !events.is_string() && !events.is_object() {
        // Nothing can be said about what is measured.
        report.add_as(Rank::First, above, c::V21_INVALID_EVENT_TYPE);
        return Vec::new();
    }
    let given_members = given.many("events");
    let at = |index: usize| if is_list { At::Item(&above, index) } else { above };
    let read = given_members.iter().enumerate().filter_map(|(index, value)| member(value, at(index)));
    let members: Vec<(At<'_>, Member<'_, '_>)> = read.collect();
    // A list of nothing but wrong members is told by its members.
    if members.len() < given_members.len() && members.is_empty() {
        return Vec::new();
    }
    check_measure(given, &members, report);
    let count = given_members.len() - members.iter().filter(|(_, member)| matches!(member, Member::Formula(_))).count();
    let formulas = formulas(given, &members, count, is_list, report);
    let hides = formulas.iter().any(|(_, is_over_list)| *is_over_list);
    let mut clauses = clauses(given, &members, hides, report);
    clauses.extend(formulas.into_iter().map(|(clause, _)| clause));
    clauses
}

/// Returns the clauses of all metrics that are no formulas.
fn clauses(
    given: Object<'_, '_>,
    members: &[(At<'_>, Member<'_, '_>)],
    hides: bool,
    report: &mut Report,
) -> Vec<Value> {
    let measurement = measure::wire(given, &QUERY, report);
    let is_broken_down = !given.many("group_by").is_empty() || !given.many("where").is_empty();
    let mut clauses = Vec::with_capacity(members.len());
    for (at, member) in members {
        let clause = match member {
            Member::Plain(name) => {
                names::check(name, names::PLAIN, at, report);
                Some(metric::plain(name, measurement.clone()))
            }
            Member::Metric(member) => {
                if is_broken_down && member.is(&SAVED_METRIC) && saved_metric::is_of(*member, "warehouse") {
                    report.add(at, c::V28_WAREHOUSE_BREAKDOWN);
                }
                metric::clause(*member, report)
            }
            Member::Formula(_) => None,
        };
        clauses.extend(clause.map(|clause| hidden(clause, hides)));
    }
    clauses
}

/// Hides a clause that only a formula needs. That of a cohort says that it is not, too.
fn hidden(mut clause: Value, hides: bool) -> Value {
    if hides || clause["behavior"]["type"] == "cohort" {
        clause["isHidden"] = hides.into();
    }
    clause
}

/// Reports a measure of the query that does not fit, or that measures nothing.
fn check_measure(given: Object<'_, '_>, members: &[(At<'_>, Member<'_, '_>)], report: &mut Report) {
    if members.iter().any(|(_, member)| matches!(member, Member::Plain(_))) {
        return measure::check(given, &QUERY, report);
    }
    let is_saved = |member: &Member<'_, '_>| matches!(member, Member::Metric(metric) if metric.is(&SAVED_METRIC));
    if members.iter().any(|(_, member)| is_saved(member)) {
        for key in ["math", "math_property", "per_user", "percentile_value"] {
            if given.differs(key) {
                report.add(given.at(key), c::V29_QUERY_MEASUREMENT_IGNORED.with("x", key));
            }
        }
    }
}

/// Returns the clauses of formulas, each with whether it is over the list, and reports what is wrong with them.
fn formulas(
    given: Object<'_, '_>,
    members: &[(At<'_>, Member<'_, '_>)],
    count: usize,
    is_list: bool,
    report: &mut Report,
) -> Vec<(Value, bool)> {
    let members = || {
        members
            .iter()
            .filter_map(|(_, member)| if let Member::Formula(formula) = member { Some(*formula) } else { None })
    };
    let query = given.text("formula");
    let has_operands = members().any(|formula| formula.has("metrics"));
    let is_over_list = query.is_some() || members().any(|formula| !formula.has("metrics"));
    // One formula alone is not even a list to look at.
    let is_alone = !is_list && count == 0;
    if count == 0 && !has_operands {
        let rank = if is_alone { Rank::First } else { Rank::Arguments };
        report.add_as(rank, given.at("events"), c::V0_NO_EVENTS);
    }
    if query.is_some() && members().next().is_some() && (has_operands || !is_alone) {
        report.add(given.at("formula"), c::V4_FORMULA_CONFLICT);
    }
    if count < 2 && is_over_list {
        report.add(given.at("formula"), c::V4_FORMULA_MIN_EVENTS);
    }
    let mut clauses: Vec<_> = members().filter_map(|formula| formula_of(formula, count, report)).collect();
    if let Some(text) = query {
        check_formula(text, count, given.at("formula"), report);
        clauses.push((clause(text, given.text("formula_label"), Vec::new()), true));
    }
    clauses
}

fn check_formula(text: &str, count: usize, at: At<'_>, report: &mut Report) {
    if is_blank(text) {
        report.add(at, c::FM1_EMPTY_EXPRESSION);
    } else {
        check_over_list(text, count, at, report);
    }
}

fn clause(text: &str, label: Option<&str>, operands: Vec<Value>) -> Value {
    let mut clause = json!({"type": "formula", "definition": text, "measurement": {}, "referencedMetrics": operands});
    if let Some(label) = label.filter(|label| !label.is_empty()) {
        clause["name"] = label.into();
    }
    clause
}

/// Returns the clause of a formula that is a member of the list.
fn formula_of(given: Object<'_, '_>, count: usize, report: &mut Report) -> Option<(Value, bool)> {
    let text = given.text("formula")?;
    let label = given.text("label");
    let Some(Value::Array(operands)) = given.get("metrics") else {
        check_formula(text, count, given.at("formula"), report);
        return Some((clause(text, label, Vec::new()), true));
    };
    if is_blank(text) {
        report.add(given.at("formula"), c::FM1_EMPTY_EXPRESSION);
    } else {
        check_over_operands(text, operands.len(), given.at("formula"), report);
    }
    let above = given.at("metrics");
    let read = |(index, value): (usize, &Value)| operand(Object::of(value, &OPERAND, At::Item(&above, index))?, report);
    let operands = operands.iter().enumerate().filter_map(read).collect();
    Some((clause(text, label, operands), false))
}

/// Returns an operand of a formula.
fn operand(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    if given.is(&FORMULA) {
        report.add(given.at, c::FM3_NESTED_FORMULA);
        return None;
    }
    let mut clause = metric::clause(given, report)?;
    if let Some(clause) = clause.as_object_mut() {
        // An operand is not shown.
        clause.shift_remove("name");
    }
    if given.is(&SAVED_METRIC) {
        for (kind, code) in [("formula", c::FM3_NESTED_FORMULA), ("warehouse", c::FM7_WAREHOUSE_OPERAND)] {
            if saved_metric::is_of(given, kind) {
                report.add(given.at, code);
            }
        }
        if clause.get("overrides").is_some() {
            report.add(given.at, c::MR2_OPERAND_OVERRIDE);
        }
    }
    Some(clause)
}
