//! The catalog as the socket API shows it, and the body of a call.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::operation::{Effect, Kind, Operation, Param, Scope, Shape};

/// `GET /v1/operations`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationsBody {
    /// All operations.
    pub operations: Vec<OperationRow>,
}

/// An operation in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationRow {
    /// Its id.
    pub id: String,
    /// The words of its command.
    pub command: Vec<String>,
    /// One imperative line.
    pub summary: String,
    /// What it does to the data.
    pub effect: Effect,
    /// How a call destroys though its effect is another, where arguments decide that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroys_if: Option<String>,
    /// Which part of a session it needs.
    pub scope: Scope,
    /// What it takes.
    pub params: Vec<ParamRow>,
    /// What it answers.
    pub shape: Shape,
    /// The columns of a table.
    pub columns: Vec<String>,
}

/// A parameter in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParamRow {
    /// Its name.
    pub name: String,
    /// What its value must be, as a word.
    pub kind: String,
    /// The words that it may be, where only some are allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it may be a list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// Its value when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// One line.
    pub help: String,
}

/// `POST /v1/operations/{name}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OperationCall {
    /// Values by the names of the operation's parameters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub arguments: Map<String, Value>,
    /// Whether an answer that is kept does not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refresh: bool,
    /// Whether the caller itself tries again what fails: then an export that meets a fault at Mixpanel is not repeated here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// Whether the caller waits for the hour: then an export is refused before it is sent when the hour has no more for exports that
    /// wait, with the time until it has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paced: bool,
    /// Whether an answer is refused that holds what no strict reader of JSON takes; else it is mended, and a note says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
}

impl From<&Operation> for OperationRow {
    fn from(operation: &Operation) -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            id: operation.id.to_owned(),
            command: words(operation.command),
            summary: operation.summary.to_owned(),
            effect: operation.effect,
            destroys_if: operation.destroys_if().map(str::to_owned),
            scope: operation.scope,
            params: operation.params.iter().filter(|param| param.kind != Kind::Output).map(ParamRow::from).collect(),
            shape: operation.reply.shape,
            columns: words(&operation.reply.shown_columns()),
        }
    }
}

impl From<&Param> for ParamRow {
    fn from(param: &Param) -> Self {
        Self {
            name: param.name.to_owned(),
            kind: param.kind.word().to_owned(),
            choices: param.kind.choices().iter().map(|word| (*word).to_owned()).collect(),
            required: param.required,
            repeats: param.repeats,
            default: param.default.map(str::to_owned),
            help: param.help.to_owned(),
        }
    }
}
