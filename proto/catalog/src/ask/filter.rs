//! Lists of filters: tests of properties, cohorts, and how often users did an event.

use serde_json::{Value, json};

use super::codes as c;
use super::cohort::Cohort;
use super::declared::filters::{COHORT_FILTER, FREQUENCY, TEST};
use super::fault::{At, Report};
use super::kind::Choice;
use super::names::is_blank;
use super::object::{Object, int};
use super::property::Property;
use super::test::{Test, tests};

/// A member of a list of filters.
#[derive(Debug, Clone)]
pub(in crate::ask) enum Filter<'a> {
    Test(Test<'a>),
    Cohort(CohortFilter<'a>),
    /// How often users did an event, as it goes to the wire.
    Frequency(Value),
}

/// Users in a cohort, or not in it.
#[derive(Debug, Clone)]
pub(in crate::ask) struct CohortFilter<'a> {
    /// Where it stands in the arguments.
    pub(in crate::ask) at: String,
    pub(in crate::ask) cohort: Cohort<'a>,
    pub(in crate::ask) name: &'a str,
    pub(in crate::ask) is_negated: bool,
}

/// Reads all filters of what is one or a list, and skips what is none.
pub(in crate::ask) fn filters<'a>(
    given: Object<'a, '_>,
    key: &'a str,
    choice: &'static Choice,
    report: &mut Report,
) -> Vec<Filter<'a>> {
    let (above, is_list) = (given.at(key), given.get(key).is_some_and(Value::is_array));
    let mut filters = Vec::new();
    for (index, value) in given.many(key).iter().enumerate() {
        if report.is_full() {
            break;
        }
        let at = if is_list { At::Item(&above, index) } else { above };
        filters.extend(Object::of(value, choice, at).and_then(|given| Filter::read(given, report)));
    }
    filters
}

/// Returns the entries of what is one or a list of filters.
pub(in crate::ask) fn entries(
    given: Object<'_, '_>,
    key: &str,
    choice: &'static Choice,
    report: &mut Report,
) -> Vec<Value> {
    let filters = filters(given, key, choice, report);
    filters.iter().map(|filter| filter.entry(report)).collect()
}

impl<'a> Filter<'a> {
    fn read(given: Object<'a, '_>, report: &mut Report) -> Option<Self> {
        if given.is(&TEST) {
            return Test::read(given, report).map(Self::Test);
        }
        if given.is(&COHORT_FILTER) {
            return CohortFilter::read(given, report).map(Self::Cohort);
        }
        let at = given.at("frequency");
        let map = given.get("frequency")?.as_object()?;
        frequency(Object::new(map, &FREQUENCY, at), report).map(Self::Frequency)
    }

    /// Returns the entry of a body.
    pub(in crate::ask) fn entry(&self, report: &mut Report) -> Value {
        match self {
            Self::Test(test) => test.entry(report),
            Self::Cohort(filter) => filter.entry(),
            Self::Frequency(entry) => entry.clone(),
        }
    }

    /// Returns the entry of the global filter of a funnel or of retention, which tells custom properties by a null.
    pub(in crate::ask) fn patched(&self, report: &mut Report) -> Value {
        let mut entry = self.entry(report);
        if let Self::Test(Test { property: Property::Saved(_) | Property::Inline(_), .. }) = self
            && entry.get("value").is_none()
        {
            entry["value"] = Value::Null;
        }
        entry
    }
}

impl<'a> CohortFilter<'a> {
    fn read(given: Object<'a, '_>, report: &mut Report) -> Option<Self> {
        let cohort = Cohort::read(given.get("cohort")?, given.at("cohort"), c::CF1_COHORT_ID_NOT_POSITIVE, report)?;
        let name = given.text("name");
        if name.is_some_and(is_blank) {
            report.add(given.at("name"), c::CF2_COHORT_NAME_EMPTY);
        }
        let at = given.at.to_string();
        Some(Self { at, cohort, name: name.unwrap_or_default(), is_negated: given.bool("negated") })
    }

    fn entry(&self) -> Value {
        let mut cohort = json!({"negated": self.is_negated, "name": self.name});
        self.cohort.put(&mut cohort);
        json!({
            "resourceType": "events", "filterType": "list", "defaultType": "list",
            "filterValue": [{"cohort": cohort}],
            "filterOperator": if self.is_negated { "does not contain" } else { "contains" },
            "value": "$cohorts",
        })
    }
}

/// Returns the entry for how often users did an event.
fn frequency(given: Object<'_, '_>, report: &mut Report) -> Option<Value> {
    let event = given.text("event")?;
    if is_blank(event) {
        report.add(given.at("event"), c::FF1_EMPTY_EVENT);
    }
    if given.number("value").is_some_and(|value| value.as_f64().is_some_and(|value| value < 0.0)) {
        report.add(given.at("value"), c::FF3_VALUE_NEGATIVE);
    }
    let back = (given.get("date_range_value"), given.text("date_range_unit"));
    if back.0.is_some() != given.has("date_range_unit") {
        report.add(given.at("date_range_value"), c::FF4_DATE_RANGE_PAIR);
    }
    if back.0.and_then(int).is_some_and(|length| length <= 0) {
        report.add(given.at("date_range_value"), c::FF5_DATE_RANGE_VALUE_NOT_POSITIVE);
    }
    let range = match back {
        (Some(length), Some(unit)) => {
            json!({"type": "in the last", "unit": unit, "window": {"unit": unit, "value": length}})
        }
        _ => Value::Null,
    };
    let filters: Vec<Value> = tests(given, "event_filters", report).iter().map(|test| test.entry(report)).collect();
    Some(json!({
        "dataset": "$mixpanel", "resourceType": "people", "profileType": null, "search": "", "dataGroupId": null,
        "behavior": {
            "aggregationOperator": "total", "behaviorType": "$frequency", "dateRange": range,
            "event": {"label": event, "value": event}, "filters": filters, "filtersOperator": "and",
        },
        "filterType": "number", "defaultType": "number", "filterOperator": given.text("operator"),
        "filterValue": given.get("value"), "propertyObjectKey": null, "value": label(given, event),
    }))
}

/// Returns the name that a report shows for how often an event was done.
pub(in crate::ask) fn label(given: Object<'_, '_>, event: &str) -> String {
    given.text("label").filter(|label| !label.is_empty()).map_or_else(|| format!("{event} Frequency"), str::to_owned)
}
