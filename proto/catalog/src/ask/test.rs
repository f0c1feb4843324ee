//! A test of a property: what a filter is made of, in the form from which every wire form follows.

use serde_json::{Map, Value, json};

use super::codes as c;
use super::days;
use super::declared::filters::TEST;
use super::fault::{At, Report, Said, shown};
use super::object::{Object, int};
use super::operators::{Operator, Takes};
use super::property::Property;

/// Most values that one filter may list.
const MOST: usize = 1000;

/// A test of a property.
#[derive(Debug, Clone)]
pub(in crate::ask) struct Test<'a> {
    /// Where it stands in the arguments.
    pub(in crate::ask) at: String,
    pub(in crate::ask) property: Property<'a>,
    pub(in crate::ask) operator: &'static Operator,
    /// Type of the property.
    pub(in crate::ask) kind: &'a str,
    pub(in crate::ask) value: Value,
    pub(in crate::ask) unit: Option<&'a str>,
    pub(in crate::ask) resource: &'a str,
    items: Vec<Test<'a>>,
    quantifier: &'a str,
}

/// The codes for days in filters.
const DAYS: days::Codes = days::Codes { form: c::V8_DATE_FORMAT, none: c::V8_DATE_INVALID, order: c::FD2_DATE_ORDER };

impl<'a> Test<'a> {
    /// Reads a test, and reports what is wrong with it.
    pub(in crate::ask) fn read(given: Object<'a, '_>, report: &mut Report) -> Option<Self> {
        let property = given.get("property").and_then(|value| Property::read(value, given.at("property"), report));
        let word = given.text("op")?;
        let Some(operator) = Operator::find(word) else {
            report.add(given.at("op"), c::FO1_UNKNOWN_OPERATOR.word(word, &Operator::names()));
            return None;
        };
        let property = property?;
        check_extras(given, operator, report);
        if operator.takes == Takes::Items {
            return Self::of_items(given, property, operator, report);
        }
        let told = property.told_kind().or(given.text("type"));
        let kind = told.or_else(|| kind_of(given.get("value"), operator)).unwrap_or(operator.kind);
        let (operator, value) = value(given, operator, kind, report)?;
        let unit = given.text("unit");
        let resource = given.text("resource_type")?;
        let at = given.at.to_string();
        Some(Self { at, property, operator, kind, value, unit, resource, items: Vec::new(), quantifier: "" })
    }

    /// Reads a test of the items of a list.
    fn of_items(
        given: Object<'a, '_>,
        property: Property<'a>,
        operator: &'static Operator,
        report: &mut Report,
    ) -> Option<Self> {
        if property.name().is_none() {
            report
                .add(given.at("property"), c::ASK_TYPE.with("x", "property").with("type", "a name, for list_contains"));
        }
        let list = given.many("items");
        if list.is_empty() {
            report.add(given.at("items"), c::LC7_NO_CONDITIONS);
        }
        let above = given.at("items");
        let mut items = Vec::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            let Some(map) = item.as_object() else { continue };
            let item = Object::new(map, &TEST, At::Item(&above, index));
            if item.text("op").and_then(Operator::find).is_some_and(|op| op.takes == Takes::Items) {
                report.add(item.at, c::LC8_NESTED_LIST_CONTAINS);
            } else {
                items.extend(Self::read(item, report));
            }
        }
        Some(Self {
            at: given.at.to_string(),
            property,
            operator,
            kind: operator.kind,
            value: Value::Bool(true),
            unit: None,
            resource: given.text("resource_type")?,
            items,
            quantifier: given.text("quantifier")?,
        })
    }

    pub(in crate::ask) fn is_of_items(&self) -> bool {
        self.operator.takes == Takes::Items
    }

    /// Returns the entry of a body, and reports what a body must not hold.
    pub(in crate::ask) fn entry(&self, report: &mut Report) -> Value {
        self.check(report);
        if self.is_of_items() {
            return self.entry_of_items(report);
        }
        let mut entry = json!({
            "resourceType": self.resource, "filterType": self.kind, "defaultType": self.kind,
            "filterValue": self.value, "filterOperator": self.operator.wire,
        });
        match &self.property {
            Property::Name(name) => entry["value"] = (*name).into(),
            Property::Saved(id) => {
                entry["customPropertyId"] = (*id).clone();
                entry["dataset"] = "$mixpanel".into();
            }
            Property::Inline(inline) => {
                entry["customProperty"] = inline.wire(Some(self.kind));
                entry["dataset"] = "$mixpanel".into();
                entry["resourceType"] = inline.resource.into();
            }
        }
        if let Some(unit) = self.unit {
            entry["filterDateUnit"] = unit.into();
        }
        entry
    }

    fn entry_of_items(&self, report: &mut Report) -> Value {
        let mut items = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let mut entry = item.entry(report);
            entry["dataset"] = "$mixpanel".into();
            items.push(entry);
        }
        json!({
            "dataset": "$mixpanel", "value": self.property.name(), "resourceType": self.resource,
            "filterType": self.kind, "defaultType": self.kind, "filterJoinType": "list",
            "listQuantifier": self.quantifier, "listItemFilters": Value::Array(items),
            "filterOperator": "true", "filterValue": true,
        })
    }

    /// Reports what a body must not hold.
    fn check(&self, report: &mut Report) {
        if self.property.name().is_some_and(str::is_empty) {
            report.add(format_args!("{}.property", self.at), c::B18_MISSING_FILTER_PROPERTY);
        }
        let at = format!("{}.value", self.at);
        let values = match &self.value {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        if values.is_empty() {
            report.add(&at, c::B20_EMPTY_FILTER_VALUE);
        }
        if values.len() > MOST {
            report.add(&at, c::B21_FILTER_VALUE_TOO_MANY.with("n", values.len()));
        }
        if values.iter().any(|value| value.is_number() && value.as_f64().is_none()) {
            report.add(&at, c::B20B_FILTER_VALUE_NOT_FINITE);
        }
    }
}

/// Reports what only other tests take.
fn check_extras(given: Object<'_, '_>, operator: &Operator, report: &mut Report) {
    let is_of_items = operator.takes == Takes::Items;
    let refused = [
        ("items", !is_of_items),
        ("quantifier", !is_of_items),
        ("value", is_of_items),
        ("type", is_of_items),
        ("unit", operator.takes != Takes::Span),
    ];
    for (key, _) in refused.into_iter().filter(|(key, is_refused)| *is_refused && given.has(key)) {
        report.add(given.at(key), c::ASK_UNKNOWN.saying(format!("{key} does not go with {}", operator.name)));
    }
}

/// Tells the type of a property from the value that it is tested for.
fn kind_of(value: Option<&Value>, operator: &Operator) -> Option<&'static str> {
    if operator.takes != Takes::Values {
        return None;
    }
    let all = |list: &[Value], is: fn(&Value) -> bool| !list.is_empty() && list.iter().all(is);
    match value? {
        Value::Number(_) => Some("number"),
        Value::Bool(_) => Some("boolean"),
        Value::Array(list) if all(list, Value::is_number) => Some("number"),
        Value::Array(list) if all(list, Value::is_boolean) => Some("boolean"),
        _ => None,
    }
}

/// Returns the test and its value as the wire has them: one of a boolean folds to `true` or `false`.
fn value(
    given: Object<'_, '_>,
    operator: &'static Operator,
    kind: &str,
    report: &mut Report,
) -> Option<(&'static Operator, Value)> {
    let value = given.get("value");
    if let Some(value) = value {
        check_days(given, operator, value, report);
    }
    if kind == "boolean" {
        if operator.takes == Takes::Values
            && let Some(is_true) = value.and_then(truth)
        {
            return Some((Operator::of_truth(is_true == (operator.name == "equals")), Value::Null));
        }
        if !operator.is_truth() {
            report.add(given.at("op"), c::FO2_BOOLEAN_OPERATOR);
            return None;
        }
    }
    if operator.is_truth() && value.is_some() {
        report.add(given.at("value"), c::FO3_BOOLEAN_VALUE);
        return None;
    }
    if operator.takes == Takes::Nothing {
        if value.is_some() && !given.has("type") {
            report.add(
                given.at("value"),
                c::ASK_TYPE
                    .with("x", "value")
                    .with("type", "left out")
                    .noting(format_args!(": {} takes none", operator.name)),
            );
        }
        return Some((operator, value.filter(|_| given.has("type")).cloned().unwrap_or_default()));
    }
    let Some(value) = value else {
        report.add(given.at("value"), c::ASK_MISSING.with("x", "value"));
        return None;
    };
    fitting(given, operator, value, report).map(|value| (operator, value))
}

/// Returns the truth that stands alone, or alone in a list.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Array(list) if list.len() == 1 => list[0].as_bool(),
        one => one.as_bool(),
    }
}

/// Checks a value against what the test takes. Where the type is told, it goes to the wire as it is.
fn fitting(given: Object<'_, '_>, operator: &Operator, value: &Value, report: &mut Report) -> Option<Value> {
    let at = given.at("value");
    if operator.takes == Takes::Span {
        check_span(given, value, report);
    }
    if given.has("type") {
        return Some(value.clone());
    }
    let is_pair = |is: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.len() == 2 && list.iter().all(is));
    let (is_right, kind) = match operator.takes {
        Takes::Values => return values(value, at, report),
        Takes::Text => (value.is_string(), "a text"),
        Takes::Number => (value.is_number(), "a number"),
        Takes::Numbers => (is_pair(Value::is_number), "a list of two numbers"),
        Takes::Day => (value.is_string(), "a day, as YYYY-MM-DD"),
        Takes::Days => (is_pair(Value::is_string), "a list of two days, as YYYY-MM-DD"),
        Takes::Span => (int(value).is_some(), "a whole number"),
        Takes::Nothing | Takes::Items => return None,
    };
    if !is_right {
        report.add(at, mistyped(kind, value));
        return None;
    }
    Some(value.clone())
}

fn mistyped(kind: &str, value: &Value) -> Said {
    c::ASK_TYPE.with("x", "value").with("type", kind).noting(format_args!(", not {}", shown(value)))
}

/// Returns the values that a property may equal: always a list of texts, but one number as it is.
fn values(value: &Value, at: At<'_>, report: &mut Report) -> Option<Value> {
    match value {
        Value::String(_) => Some(json!([value])),
        Value::Number(_) => Some(value.clone()),
        Value::Array(list) if list.iter().all(Value::is_string) || list.iter().all(Value::is_number) => {
            Some(value.clone())
        }
        _ => {
            report.add(at, mistyped("a text, a number, or a list of texts or of numbers", value));
            None
        }
    }
}

fn check_days(given: Object<'_, '_>, operator: &Operator, value: &Value, report: &mut Report) {
    let at = given.at("value");
    match (operator.takes, value) {
        (Takes::Day, Value::String(text)) => {
            days::one(text, DAYS, at, report);
        }
        (Takes::Days, Value::Array(list)) => {
            if let [Value::String(from), Value::String(to)] = list.as_slice() {
                days::range((from, &At::Item(&at, 0)), (to, &At::Item(&at, 1)), DAYS, report);
            }
        }
        _ => {}
    }
}

fn check_span(given: Object<'_, '_>, value: &Value, report: &mut Report) {
    if int(value).is_some_and(|quantity| quantity < 1) {
        let unit = given.text("unit").map_or_else(|| "units".to_owned(), |unit| format!("{unit}s"));
        report.add(given.at("value"), c::FD1_QUANTITY_NOT_POSITIVE.with("x", unit));
    }
    if !given.has("unit") {
        report.add(given.at("unit"), c::ASK_MISSING.with("x", "unit"));
    }
}

/// Reads all tests of what is one or a list, and skips what is none.
pub(in crate::ask) fn tests<'a>(given: Object<'a, '_>, key: &'a str, report: &mut Report) -> Vec<Test<'a>> {
    let (above, list) = (given.at(key), given.get(key).is_some_and(Value::is_array));
    let mut tests = Vec::new();
    for (index, test) in given.many(key).iter().enumerate() {
        if report.is_full() {
            break;
        }
        let at = if list { At::Item(&above, index) } else { above };
        let map: Option<&Map<String, Value>> = test.as_object();
        tests.extend(map.and_then(|map| Test::read(Object::new(map, &TEST, at), report)));
    }
    tests
}
