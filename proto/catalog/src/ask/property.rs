//! Properties: by name, saved custom ones, and those made for a query.

use serde_json::{Map, Value, json};

use super::codes as c;
use super::declared::filters::{CUSTOM, CUSTOM_PROPERTY, INLINE, INPUT};
use super::fault::{At, Report};
use super::names::is_blank;
use super::object::{Object, int};

/// Longest formula of a custom property, in characters.
const LONGEST: usize = 20_000;

/// A property.
#[derive(Debug, Clone)]
pub(in crate::ask) enum Property<'a> {
    /// By its name.
    Name(&'a str),
    /// A saved custom property.
    Saved(&'a Value),
    /// A custom property made for this query.
    Inline(Inline<'a>),
}

/// A custom property made for a query.
#[derive(Debug, Clone)]
pub(in crate::ask) struct Inline<'a> {
    formula: &'a str,
    inputs: Value,
    pub(in crate::ask) kind: Option<&'a str>,
    pub(in crate::ask) resource: &'a str,
}

impl<'a> Property<'a> {
    /// Reads a property, and reports what is wrong with a custom one.
    pub(in crate::ask) fn read(value: &'a Value, at: At<'_>, report: &mut Report) -> Option<Self> {
        if let Value::String(name) = value {
            return Some(Self::Name(name));
        }
        let custom = value.as_object()?.get(CUSTOM_PROPERTY.key)?;
        let at_custom = At::Key(&at, CUSTOM_PROPERTY.key);
        if let Some(id) = int(custom) {
            if id <= 0 {
                report.add(at_custom, c::CP1_INVALID_ID);
            }
            return Some(Self::Saved(custom));
        }
        let given = Object::of(custom, &CUSTOM, at_custom).filter(|given| given.is(&INLINE))?;
        Inline::read(given, report).map(Self::Inline)
    }

    /// Returns the type of the result that an inline custom property tells.
    pub(in crate::ask) fn told_kind(&self) -> Option<&'a str> {
        if let Self::Inline(inline) = self { inline.kind } else { None }
    }

    /// Returns the name, when there is one.
    pub(in crate::ask) fn name(&self) -> Option<&'a str> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// Returns what is measured, as a measurement has it.
    pub(in crate::ask) fn measured(&self) -> Value {
        match self {
            Self::Name(name) => json!({"name": name, "resourceType": "events"}),
            Self::Saved(id) => json!({"customPropertyId": id, "name": "", "resourceType": "events"}),
            Self::Inline(inline) => json!({
                "customProperty": inline.wire(inline.kind), "name": "", "resourceType": inline.resource,
                "dataset": "$mixpanel", "dataGroupId": null,
            }),
        }
    }
}

impl<'a> Inline<'a> {
    fn read(given: Object<'a, '_>, report: &mut Report) -> Option<Self> {
        let formula = given.text("formula")?;
        if is_blank(formula) {
            report.add(given.at("formula"), c::CP2_EMPTY_FORMULA);
        }
        let length = formula.chars().count();
        if length > LONGEST {
            report.add(given.at("formula"), c::CP5_FORMULA_TOO_LONG.with("n", length));
        }
        let inputs = given.get("inputs")?.as_object()?;
        let at = given.at("inputs");
        if inputs.is_empty() {
            report.add(at, c::CP3_EMPTY_INPUTS);
        }
        let wire: Map<String, Value> = inputs
            .iter()
            .filter_map(|(letter, input)| Some((letter.clone(), self::input(letter, input, at, report)?)))
            .collect();
        Some(Self {
            formula,
            inputs: wire.into(),
            kind: given.text("property_type"),
            resource: given.text("resource_type")?,
        })
    }

    /// Returns the wire form with a type, if there is one.
    pub(in crate::ask) fn wire(&self, kind: Option<&str>) -> Value {
        let mut wire = json!({
            "displayFormula": self.formula, "composedProperties": self.inputs, "name": "", "description": "",
            "resourceType": self.resource,
        });
        if let Some(kind) = kind {
            wire["propertyType"] = kind.into();
        }
        wire
    }
}

fn input(letter: &str, input: &Value, at: At<'_>, report: &mut Report) -> Option<Value> {
    let at = At::Key(&at, letter);
    if !matches!(letter.as_bytes(), [b'A'..=b'Z']) {
        report.add(at, c::CP4_INVALID_INPUT_KEY.with("x", format_args!("{letter:?}")));
    }
    let given = Object::new(input.as_object()?, &INPUT, at);
    let name = given.text("name")?;
    if is_blank(name) {
        report.add(at, c::CP6_EMPTY_INPUT_NAME.with("x", letter));
    }
    Some(json!({"value": name, "type": given.text("type"), "resourceType": given.text("resource_type")}))
}
