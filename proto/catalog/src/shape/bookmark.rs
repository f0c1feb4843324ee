//! Parameters of reports: what is wrong with them, with the codes of Mixpanel's own tools, before a report is saved that nobody can open.
//!
//! Only what certainly fails is refused: a key that is not known here may be one that Mixpanel has added since.

use mp_proto::failure::Problems;
use serde_json::{Map, Value};

/// Kinds of filters and properties.
const PROPERTY_TYPES: [&str; 7] = ["string", "number", "boolean", "datetime", "list", "object", "unknown"];

/// Units of time.
const UNITS: [&str; 5] = ["hour", "day", "week", "month", "quarter"];

/// How flows are counted.
const COUNTS: [&str; 3] = ["unique", "total", "session"];

/// How flows are drawn.
const FLOW_CHARTS: [&str; 2] = ["sankey", "top-paths"];

/// Most values of a filter.
const MOST_VALUES: usize = 1000;

/// Checks an argument that holds the parameters of a report. Of a type that is not known here nothing is checked.
pub(super) fn check(argument: &str, kind: &str, params: &Map<String, Value>, problems: &mut Problems) {
    let mut findings = Findings { argument, kind, problems };
    match kind {
        "flows" => findings.flow(params),
        "insights" | "funnels" | "retention" => findings.insights(params),
        _ => {}
    }
}

fn is_positive(id: &Value) -> bool {
    id.as_u64().is_some_and(|id| id > 0)
}

/// What is found wrong with an argument that holds parameters of a type of report.
struct Findings<'a> {
    argument: &'a str,
    kind: &'a str,
    problems: &'a mut Problems,
}

impl Findings<'_> {
    /// Adds a finding: its code, its place in the parameters, and the end of a sentence that begins with the place.
    fn add(&mut self, code: &str, at: &str, what: &str) {
        self.problems.add(self.argument, format!("is no {} report: {code}: {at} {what}", self.kind));
    }

    /// Returns an object, or finds that it is none.
    fn object<'v>(&mut self, value: Option<&'v Value>, missing: &str, at: &str) -> Option<&'v Map<String, Value>> {
        match value {
            None => {
                self.add(missing, at, "is missing");
                None
            }
            Some(Value::Object(fields)) => Some(fields),
            Some(_) => {
                self.add("B0_WRONG_TYPE", at, "must be an object");
                None
            }
        }
    }

    /// Returns a list, or finds that it is none; one that may be missing is empty then.
    fn list<'v>(&mut self, value: Option<&'v Value>, at: &str) -> &'v [Value] {
        match value {
            None | Some(Value::Null) => &[],
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.add("B0_WRONG_TYPE", at, "must be a list");
                &[]
            }
        }
    }

    fn insights(&mut self, params: &Map<String, Value>) {
        let sections = self.object(params.get("sections"), "B1_MISSING_SECTIONS", "sections");
        let display = self.object(params.get("displayOptions"), "B2_MISSING_DISPLAY_OPTIONS", "displayOptions");
        if let Some(chart) = display.and_then(|display| display.get("chartType"))
            && !chart.is_string()
        {
            self.add("B5_INVALID_CHART_TYPE", "displayOptions.chartType", "must be a text");
        }
        if let Some(sections) = sections {
            self.shown(sections);
            self.times(sections);
            self.split(sections);
        }
    }

    /// What a report counts.
    fn shown(&mut self, sections: &Map<String, Value>) {
        match sections.get("show") {
            None => self.add("B3_MISSING_SHOW", "sections.show", "is missing"),
            Some(Value::Array(clauses)) if clauses.is_empty() => {
                self.add("B4_SHOW_EMPTY", "sections.show", "must not be empty");
            }
            show => {
                for (index, clause) in self.list(show, "sections.show").iter().enumerate() {
                    self.clause(clause, &format!("sections.show[{index}]"));
                }
            }
        }
    }

    /// The range of time, and its unit.
    fn times(&mut self, sections: &Map<String, Value>) {
        for (index, time) in self.list(sections.get("time"), "sections.time").iter().enumerate() {
            let at = format!("sections.time[{index}]");
            let unit = self.object(Some(time), "", &at).and_then(|time| time.get("unit"));
            if unit.is_some_and(|unit| !unit.as_str().is_some_and(|unit| UNITS.contains(&unit))) {
                let what = format!("must be one of {}", UNITS.join(", "));
                self.add("B12_INVALID_TIME_UNIT", &format!("{at}.unit"), &what);
            }
        }
    }

    /// By what a report is filtered and split.
    fn split(&mut self, sections: &Map<String, Value>) {
        self.filters(sections.get("filter"), "sections.filter");
        for (index, entry) in self.list(sections.get("group"), "sections.group").iter().enumerate() {
            let at = format!("sections.group[{index}]");
            let kind = self.object(Some(entry), "", &at).and_then(|entry| entry.get("propertyType"));
            if kind.is_some_and(|kind| !kind.is_string()) {
                self.add("B0_WRONG_TYPE", &format!("{at}.propertyType"), "must be a text");
            }
        }
    }

    fn clause(&mut self, clause: &Value, at: &str) {
        let Some(clause) = self.object(Some(clause), "", at) else { return };
        let kind = clause.get("type").and_then(Value::as_str).unwrap_or("metric");
        let refers = clause.get("id").is_some();
        if let Some(id) = clause.get("id")
            && !is_positive(id)
        {
            self.add("B27_INVALID_REFERENCE_ID", &format!("{at}.id"), "must be a positive integer");
        }
        match (kind, clause.get("behavior")) {
            ("warehouse", _) if !refers => self.add("B28_WAREHOUSE_MISSING_ID", &format!("{at}.id"), "is missing"),
            ("metric", None) if !refers => self.add("B6_MISSING_BEHAVIOR", &format!("{at}.behavior"), "is missing"),
            ("metric", Some(behavior)) => self.behavior(behavior, &format!("{at}.behavior")),
            _ => {}
        }
        if let Some(math) = clause.get("measurement").and_then(|measurement| measurement.get("math"))
            && !math.is_string()
        {
            self.add("B9_INVALID_MATH", &format!("{at}.measurement.math"), "must be a text");
        }
    }

    fn behavior(&mut self, behavior: &Value, at: &str) {
        let Some(behavior) = self.object(Some(behavior), "", at) else { return };
        let kind = behavior.get("type").and_then(Value::as_str).unwrap_or_default();
        let name = behavior.get("name").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "event" if name.is_empty() => self.add("B8_MISSING_EVENT_NAME", &format!("{at}.name"), "is missing"),
            "cohort" if !behavior.get("id").is_some_and(is_positive) => {
                self.add("B22_COHORT_BEHAVIOR_ID", &format!("{at}.id"), "must be a positive integer");
            }
            _ => {}
        }
        for (index, inner) in self.list(behavior.get("behaviors"), &format!("{at}.behaviors")).iter().enumerate() {
            self.step(inner, &format!("{at}.behaviors[{index}]"));
        }
        self.filters(behavior.get("filters"), &format!("{at}.filters"));
    }

    /// A step of a funnel, or an event of several: not nested any further.
    fn step(&mut self, step: &Value, at: &str) {
        let Some(step) = self.object(Some(step), "", at) else { return };
        let is_event = step.get("type").is_none_or(|kind| kind == "event");
        if is_event && step.get("name").and_then(Value::as_str).unwrap_or_default().is_empty() {
            self.add("B8_MISSING_EVENT_NAME", &format!("{at}.name"), "is missing");
        }
        self.filters(step.get("filters"), &format!("{at}.filters"));
    }

    fn filters(&mut self, filters: Option<&Value>, at: &str) {
        for (index, entry) in self.list(filters, at).iter().enumerate() {
            let at = format!("{at}[{index}]");
            if let Some(entry) = self.object(Some(entry), "", &at) {
                self.filter(entry, &at);
            }
        }
    }

    fn filter(&mut self, filter: &Map<String, Value>, at: &str) {
        let kind = filter.get("filterType").and_then(Value::as_str);
        if filter.contains_key("filterType") && !kind.is_some_and(|kind| PROPERTY_TYPES.contains(&kind)) {
            self.add(
                "B14_INVALID_FILTER_TYPE",
                &format!("{at}.filterType"),
                &format!("must be one of {}", PROPERTY_TYPES.join(", ")),
            );
        }
        let names = ["value", "propertyName", "customPropertyId", "customProperty", "behavior"];
        if !names.iter().any(|name| filter.get(*name).is_some_and(|value| !value.is_null())) {
            self.add("B18_MISSING_FILTER_PROPERTY", at, "names no property");
        }
        if let Some(id) = filter.get("customPropertyId")
            && !is_positive(id)
        {
            self.add("B18B_INVALID_CP_ID", &format!("{at}.customPropertyId"), "must be a positive integer");
        }
        if let Some(Value::Array(values)) = filter.get("filterValue") {
            match values.len() {
                0 => self.add("B20_EMPTY_FILTER_VALUE", &format!("{at}.filterValue"), "must not be empty"),
                many if many > MOST_VALUES => {
                    let what = format!("must not have more than {MOST_VALUES} values");
                    self.add("B21_FILTER_VALUE_TOO_MANY", &format!("{at}.filterValue"), &what);
                }
                _ => {}
            }
        }
    }

    fn flow(&mut self, params: &Map<String, Value>) {
        match params.get("steps") {
            Some(Value::Array(steps)) if !steps.is_empty() => {
                for (index, step) in steps.iter().enumerate() {
                    let name = step.get("event").and_then(Value::as_str).unwrap_or_default();
                    if name.trim().is_empty() && step.get("session_event").is_none() {
                        self.add("FLB2_EMPTY_STEP_EVENT", &format!("steps[{index}].event"), "is missing");
                    }
                }
            }
            _ => self.add("FLB1_EMPTY_STEPS", "steps", "must be a list with a step at least"),
        }
        let is_one_of = |name: &str, words: &[&str]| {
            params.get(name).is_none_or(|word| word.as_str().is_some_and(|word| words.contains(&word)))
        };
        if !is_one_of("count_type", &COUNTS) {
            self.add("FLB3_INVALID_COUNT_TYPE", "count_type", &format!("must be one of {}", COUNTS.join(", ")));
        }
        if !is_one_of("chartType", &FLOW_CHARTS) {
            self.add("FLB4_INVALID_CHART_TYPE", "chartType", &format!("must be one of {}", FLOW_CHARTS.join(", ")));
        }
        if !params.get("date_range").is_some_and(Value::is_object) {
            self.add("FLB5_MISSING_DATE_RANGE", "date_range", "must be an object");
        }
        if params.get("version").is_some_and(|version| version.as_u64() != Some(2)) {
            self.add("FLB6_INVALID_VERSION", "version", "must be 2");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(kind: &str, params: Value) -> Vec<String> {
        let mut problems = Problems::default();
        check("params", kind, params.as_object().expect("an object"), &mut problems);
        let code = |detail: &str| detail.split(": ").nth(1).unwrap_or_default().to_owned();
        problems.into_vec().iter().map(|problem| code(&problem.detail)).collect()
    }

    fn insights() -> Value {
        json!({"sections": {
            "show": [{"type": "metric", "behavior": {"type": "event", "name": "Sign Up", "filters": []}, "measurement": {"math": "total"}}],
            "time": [{"dateRangeType": "in the last", "unit": "day", "window": {"unit": "day", "value": 30}}],
            "filter": [{"filterType": "string", "filterOperator": "equals", "filterValue": ["a"], "value": "plan"}],
            "group": [{"value": "plan", "propertyType": "string"}], "new": 1},
            "displayOptions": {"chartType": "line"}, "other": true})
    }

    #[test]
    fn good_parameters_pass_with_whatever_else_is_in_them() {
        for kind in ["insights", "funnels", "retention", "launch-analysis"] {
            assert_eq!(codes(kind, insights()), [""; 0], "{kind}");
        }
        let saved = json!({"sections": {"show": [{"type": "metric", "id": 1501}, {"type": "formula", "definition": "A/B"}]}, "displayOptions": {}});
        assert_eq!(codes("insights", saved), [""; 0]);
        let flow = json!({"steps": [{"event": "a"}], "date_range": {}, "version": 2, "chartType": "sankey", "count_type": "unique"});
        assert_eq!(codes("flows", flow), [""; 0]);
        assert_eq!(codes("launch-analysis", json!({})), [""; 0], "it is not known here");
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        let of = |pointer: &str, value: Value| {
            let mut params = insights();
            *params.pointer_mut(pointer).expect("there") = value;
            codes("insights", params)
        };
        assert_eq!(codes("insights", json!({})), ["B1_MISSING_SECTIONS", "B2_MISSING_DISPLAY_OPTIONS"]);
        assert_eq!(of("/sections", json!(5)), ["B0_WRONG_TYPE"]);
        assert_eq!(of("/sections", json!({})), ["B3_MISSING_SHOW"]);
        assert_eq!(of("/sections/show", json!("no")), ["B0_WRONG_TYPE"]);
        assert_eq!(of("/sections/show", json!([])), ["B4_SHOW_EMPTY"]);
        assert_eq!(of("/sections/show/0", json!({"type": "metric"})), ["B6_MISSING_BEHAVIOR"]);
        assert_eq!(of("/sections/show/0", json!({"type": "metric", "id": -1})), ["B27_INVALID_REFERENCE_ID"]);
        assert_eq!(of("/sections/show/0", json!({"type": "warehouse"})), ["B28_WAREHOUSE_MISSING_ID"]);
        assert_eq!(of("/sections/show/0/behavior/name", json!("")), ["B8_MISSING_EVENT_NAME"]);
        assert_eq!(of("/sections/show/0/behavior", json!({"type": "cohort"})), ["B22_COHORT_BEHAVIOR_ID"]);
        assert_eq!(
            of("/sections/show/0/behavior", json!({"type": "funnel", "behaviors": [{"type": "event"}]})),
            ["B8_MISSING_EVENT_NAME"]
        );
        assert_eq!(of("/sections/show/0/measurement/math", json!(1)), ["B9_INVALID_MATH"]);
        assert_eq!(of("/sections/time/0/unit", json!("eon")), ["B12_INVALID_TIME_UNIT"]);
        assert_eq!(of("/sections/filter/0/filterType", json!("x")), ["B14_INVALID_FILTER_TYPE"]);
        assert_eq!(of("/sections/filter/0/value", json!(null)), ["B18_MISSING_FILTER_PROPERTY"]);
        assert_eq!(of("/sections/filter/0/filterValue", json!([])), ["B20_EMPTY_FILTER_VALUE"]);
        assert_eq!(of("/sections/filter/0/filterValue", json!(vec![1; 1001])), ["B21_FILTER_VALUE_TOO_MANY"]);
        assert_eq!(of("/displayOptions/chartType", json!(1)), ["B5_INVALID_CHART_TYPE"]);
        let flow = json!({"steps": [{"event": " "}], "count_type": "x", "chartType": "x", "version": 1});
        let all = [
            "FLB2_EMPTY_STEP_EVENT",
            "FLB3_INVALID_COUNT_TYPE",
            "FLB4_INVALID_CHART_TYPE",
            "FLB5_MISSING_DATE_RANGE",
            "FLB6_INVALID_VERSION",
        ];
        assert_eq!(codes("flows", flow), all);
        assert_eq!(codes("flows", json!({"date_range": {}})), ["FLB1_EMPTY_STEPS"]);
    }
}
