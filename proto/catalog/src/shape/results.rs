//! What reports answer when they are run by their parameters, and the rows of their tables.

use serde_json::{Map, Value, json};

use super::{Fields, entries, fields, flows, object};

/// Stands for all of a split, beside its parts.
const ALL: &str = "$overall";

/// Makes what callers get of the answer to a report. `kind` is the type of the report, `params` are those that it was asked with.
///
/// # Errors
/// When it is the answer to something else: what is missing, as the end of a sentence.
pub fn of_report(kind: &str, answer: &Value, params: &Value, mode: &str) -> Result<Value, String> {
    if kind == "flows" {
        return flows::report(answer, params, mode);
    }
    let field = |name: &str, default: Value| answer.get(name).cloned().unwrap_or(default);
    let series = answer.get("series").cloned().ok_or("an answer without 'series'")?;
    let date = |name: &str| answer["date_range"].get(name).cloned().unwrap_or_else(|| "".into());
    let mut report = object([
        ("computed_at", field("computed_at", "".into())),
        ("from_date", date("from_date")),
        ("to_date", date("to_date")),
    ]);
    match kind {
        "funnels" => {
            report.insert("steps_data".to_owned(), steps(&series));
            report.insert("series".to_owned(), series);
        }
        "retention" => report.extend(cohorts(&series)?),
        _ => {
            report.insert("headers".to_owned(), field("headers", json!([])));
            report.insert("series".to_owned(), series);
        }
    }
    report.insert("params".to_owned(), params.clone());
    report.insert("meta".to_owned(), field("meta", json!({})));
    Ok(Value::Object(report))
}

/// What a funnel tells of each step.
const OF_STEP: [&str; 5] = ["count", "step_conv_ratio", "overall_conv_ratio", "avg_time", "avg_time_from_start"];

/// Returns the steps of a funnel: a list as it is, or one made of an object for each number, by the names of the steps.
fn steps(series: &Value) -> Value {
    if let Some(list) =
        [series, &series["steps"], &series[ALL]["steps"], &series[ALL]].into_iter().find(|one| one.is_array())
    {
        return list.clone();
    }
    let blocks = || std::iter::once(series).chain(fields(series).map(|(_, inner)| inner));
    let block = blocks().flat_map(|block| [&block[ALL], block]).find(|block| block["count"].is_object());
    let Some(block) = block else { return json!([]) };
    let mut names: Vec<&String> = fields(&block["count"]).map(|(name, _)| name).collect();
    let number = |name: &str| name.split('.').next().and_then(|digits| digits.trim().parse::<u64>().ok());
    names.sort_by_key(|name| number(name));
    let step = |name: &&String| {
        let event = name.split_once(". ").map_or(name.as_str(), |(_, event)| event);
        let values = OF_STEP.map(|what| (what.to_owned(), block[what][name.as_str()]["all"].clone()));
        let row: Map<String, Value> = std::iter::once(("event".to_owned(), event.into())).chain(values).collect();
        Value::Object(row)
    };
    names.iter().map(step).collect()
}

/// Returns the cohorts of a retention report, by the days on which they began, and their average; those of segments besides.
fn cohorts(series: &Value) -> Result<Fields, String> {
    let mut metrics = fields(series);
    let (Some((_, metric)), None) = (metrics.next(), metrics.next()) else {
        return Err("something else than one metric".to_owned());
    };
    let (whole, average) = split(metric.get(ALL).unwrap_or(metric));
    let mut report = object([("cohorts", whole), ("average", average)]);
    let segments: Vec<(&String, (Value, Value))> = fields(metric)
        .filter(|(name, inner)| *name != ALL && *name != "$average" && !is_date(name) && inner.is_object())
        .map(|(name, inner)| (name, split(inner)))
        .collect();
    if !segments.is_empty() {
        let of = |pick: fn(&(Value, Value)) -> &Value| -> Value {
            let named = segments.iter().map(|(name, parts)| ((*name).clone(), pick(parts).clone()));
            Value::Object(named.collect())
        };
        report.insert("segments".to_owned(), of(|parts| &parts.0));
        report.insert("segment_averages".to_owned(), of(|parts| &parts.1));
    }
    Ok(report)
}

fn split(of: &Value) -> (Value, Value) {
    let days = fields(of).filter(|(name, _)| is_date(name));
    let cohorts = days.map(|(name, cohort)| (name.chars().take(10).collect(), cohort.clone())).collect();
    (Value::Object(cohorts), of.get("$average").cloned().unwrap_or_else(|| json!({})))
}

fn is_date(name: &str) -> bool {
    name.len() >= 10 && name.bytes().take(4).all(|byte| byte.is_ascii_digit()) && name.as_bytes()[4] == b'-'
}

/// The rows of the table of a report, whichever it is.
pub(crate) fn rows(report: &Value) -> Vec<Fields> {
    if let Some(steps) = report.get("steps_data") {
        return numbered("step", steps).collect();
    }
    if report.get("cohorts").is_some() {
        return retention_rows(report);
    }
    if report.get("mode").is_some() && report.get("steps").is_some() {
        return flows::rows(report);
    }
    match report.get("series") {
        Some(series) => series_rows(series),
        // A report that was only looked up.
        None => vec![
            ["source", "report_type", "name", "url"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), report.get(name)?.clone())))
                .collect(),
        ],
    }
}

fn numbered<'a>(name: &'static str, list: &'a Value) -> impl Iterator<Item = Fields> + 'a {
    entries(list).enumerate().map(move |(index, entry)| {
        let own = fields(entry).map(|(name, value)| (name.clone(), value.clone()));
        std::iter::once((name.to_owned(), Value::from(index + 1))).chain(own).collect()
    })
}

fn series_rows(series: &Value) -> Vec<Fields> {
    let mut rows = Vec::new();
    for (event, inner) in fields(series) {
        leaves(inner, &mut Vec::new(), &mut |path, count| {
            let (dates, segments): (Vec<&str>, Vec<&str>) =
                path.iter().copied().filter(|part| *part != "all").partition(|part| is_date(part));
            let mut row = Fields::new();
            if let Some(date) = dates.last() {
                row.insert("date".to_owned(), date.chars().take(19).collect::<String>().into());
            }
            row.insert("event".to_owned(), event.clone().into());
            if !segments.is_empty() {
                row.insert("segment".to_owned(), segments.join(" / ").into());
            }
            row.insert("count".to_owned(), count.clone());
            rows.push(row);
        });
    }
    rows
}

/// Calls a function with every number below a value, and the names that lead to it. The whole of a split is left out.
fn leaves<'a>(value: &'a Value, path: &mut Vec<&'a str>, found: &mut impl FnMut(&[&str], &Value)) {
    let Value::Object(inner) = value else { return found(path, value) };
    for (name, value) in inner.iter().filter(|(name, _)| *name != ALL || inner.len() == 1) {
        path.push(name);
        leaves(value, path, found);
        path.pop();
    }
}

fn retention_rows(report: &Value) -> Vec<Fields> {
    let of = |segment: Option<&str>, cohorts: &Value| -> Vec<Fields> {
        let row = |date: &str, cohort: &Value, bucket: usize, count: &Value| {
            let mut row = Fields::new();
            if let Some(segment) = segment {
                row.insert("segment".to_owned(), segment.into());
            }
            row.extend(object([
                ("cohort_date", date.into()),
                ("bucket", bucket.into()),
                ("count", count.clone()),
                ("rate", cohort["rates"][bucket].clone()),
            ]));
            row
        };
        let of_cohort = |(date, cohort): (&String, &Value)| {
            entries(&cohort["counts"])
                .enumerate()
                .map(|(bucket, count)| row(date, cohort, bucket, count))
                .collect::<Vec<_>>()
        };
        fields(cohorts).flat_map(of_cohort).collect()
    };
    let segments = fields(&report["segments"]).flat_map(|(name, cohorts)| of(Some(name), cohorts));
    of(None, &report["cohorts"]).into_iter().chain(segments).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_report_is_a_row_for_each_of_its_parts() {
        let series = json!({"Sign Up": {"$overall": {"2025-01-01T00:00:00-08:00": 3}, "US": {"2025-01-01T00:00:00-08:00": 2}, "DE": {"all": 1}}});
        let report = of_report("insights", &json!({"series": series}), &json!({}), "").expect("a report");
        let shown: Vec<String> = rows(&report).iter().map(|row| Value::Object(row.clone()).to_string()).collect();
        assert_eq!(
            shown,
            [
                r#"{"date":"2025-01-01T00:00:00","event":"Sign Up","segment":"US","count":2}"#,
                r#"{"event":"Sign Up","segment":"DE","count":1}"#,
            ]
        );
        assert!(of_report("insights", &json!({}), &json!({}), "").is_err());
    }

    #[test]
    fn a_funnel_has_its_steps_in_their_order() {
        let count = json!({"10. C": {"all": 1}, "2. B": {"all": 4}, "1. A. x": {"all": 9}});
        let report =
            of_report("funnels", &json!({"series": {"A to C": {"$overall": {"count": count}}}}), &json!({}), "")
                .expect("a report");
        let events: Vec<&Value> = entries(&report["steps_data"]).map(|step| &step["event"]).collect();
        assert_eq!(events, ["A. x", "B", "C"]);
        assert_eq!(rows(&report)[1]["count"], 4);
        let odd = of_report("funnels", &json!({"series": {"x": 1}}), &json!({}), "").expect("a report");
        assert_eq!(odd["steps_data"], json!([]));
    }

    #[test]
    fn a_retention_report_has_cohorts_and_segments() {
        let cohort = |count: u64| json!({"first": count, "counts": [count, 1], "rates": [1.0, 0.5]});
        let metric = json!({"$overall": {"2025-01-01T00:00:00-08:00": cohort(2), "$average": cohort(2)}, "US": {"2025-01-01T00:00:00-08:00": cohort(1)}});
        let report = of_report("retention", &json!({"series": {"m": metric}}), &json!({}), "").expect("a report");
        assert_eq!(
            (report["cohorts"]["2025-01-01"]["first"].as_u64(), report["average"]["first"].as_u64()),
            (Some(2), Some(2))
        );
        assert_eq!(rows(&report).len(), 4);
        assert_eq!(rows(&report)[3]["segment"], "US");
        assert!(of_report("retention", &json!({"series": {"a": {}, "b": {}}}), &json!({}), "").is_err());
    }
}
