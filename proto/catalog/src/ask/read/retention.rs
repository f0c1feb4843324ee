//! Retention: cohorts by the day on which they began, and how many of each come back.

use serde_json::{Map, Value, json};

use super::answer::{OVERALL, Read, entries, fields, head, series, taken};
use super::table::Table;

/// The average over all cohorts.
const AVERAGE: &str = "$average";

/// The length of a date.
const DATE: usize = "2025-01-01".len();

pub(super) fn read(mut answer: Map<String, Value>) -> Result<Read, String> {
    let series = series(&mut answer)?;
    let Value::Object(metrics) = &series else { return Err("a 'series' that is no object".to_owned()) };
    let nothing = json!({});
    let metric = match metrics.len() {
        0 => &nothing,
        1 => metrics.values().next().filter(|metric| metric.is_object()).ok_or("a metric that is no object")?,
        _ => return Err("more than one metric".to_owned()),
    };
    let is_split = metric.get(OVERALL).is_some();
    let (cohorts, average) = cohorts(if is_split { &metric[OVERALL] } else { metric });
    let (mut segments, mut averages) = (Map::new(), Map::new());
    for (name, segment) in fields(metric).filter(|(name, inner)| is_split && *name != OVERALL && inner.is_object()) {
        let (of_segment, average) = self::cohorts(segment);
        segments.insert(name.clone(), Value::Object(of_segment));
        averages.extend(average.map(|average| (name.clone(), average)));
    }
    let table = table(&cohorts, &segments);
    let mut result = head(&mut answer);
    result.insert("cohorts".to_owned(), Value::Object(cohorts));
    result.insert("average".to_owned(), average.unwrap_or_else(|| json!({})));
    result.insert("meta".to_owned(), taken(&mut answer, "meta", || json!({})));
    let split = [("segments", segments), ("segment_averages", averages)].into_iter().filter(|(_, map)| !map.is_empty());
    result.extend(split.map(|(name, map)| (name.to_owned(), Value::Object(map))));
    Ok(Read { result: Value::Object(result), table, edges: None })
}

/// Returns the cohorts by their days, and their average.
fn cohorts(of: &Value) -> (Map<String, Value>, Option<Value>) {
    let (mut cohorts, mut average) = (Map::new(), None);
    for (name, cohort) in fields(of).filter(|(_, cohort)| cohort.is_object()) {
        if name == AVERAGE {
            average = Some(cohort.clone());
        } else {
            let day = if name.contains('T') { name.chars().take(DATE).collect() } else { name.clone() };
            cohorts.insert(day, cohort.clone());
        }
    }
    (cohorts, average)
}

/// The rows: of the whole, or of its segments where it has some.
fn table(cohorts: &Map<String, Value>, segments: &Map<String, Value>) -> Value {
    let columns = ["cohort_date", "bucket", "count", "rate"];
    if segments.is_empty() {
        let mut table = Table::new(columns);
        rows(cohorts).for_each(|row| table.push(row));
        return table.into_value();
    }
    let mut table = Table::new(["segment"].into_iter().chain(columns));
    let mut sorted: Vec<(&String, &Value)> = segments.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    for (name, cohorts) in sorted {
        let of_segment = cohorts.as_object().into_iter().flat_map(rows);
        of_segment.for_each(|row| table.push([name.as_str().into()].into_iter().chain(row)));
    }
    table.into_value()
}

fn rows(cohorts: &Map<String, Value>) -> impl Iterator<Item = [Value; 4]> {
    let mut sorted: Vec<(&String, &Value)> = cohorts.iter().collect();
    sorted.sort_by_key(|(day, _)| *day);
    let of_cohort = |(day, cohort): (&String, &Value)| {
        let (day, rates) = (Value::from(day.as_str()), cohort["rates"].clone());
        let counts = entries(&cohort["counts"]).to_vec();
        let row = move |(bucket, count): (usize, Value)| {
            let rate = rates.get(bucket).cloned().unwrap_or_else(|| 0.into());
            [day.clone(), bucket.into(), count, rate]
        };
        counts.into_iter().enumerate().map(row)
    };
    sorted.into_iter().flat_map(of_cohort).collect::<Vec<_>>().into_iter()
}
