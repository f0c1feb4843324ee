//! The catalog as the socket API shows it, and the body of a call.

use jiff::civil::Date;
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
    /// The JSON Schema of its arguments, where they are nested: then it has no `params`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub schema: Option<Value>,
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
    /// Whether only an answer that is kept counts: Mixpanel is not asked, and what is not kept is `upstream_unreachable`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cached: bool,
    /// Whether an answer is refused that holds what no strict reader of JSON takes; else it is mended, and a note says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// Whether the caller itself tries again what fails: then an export that meets a fault at Mixpanel is not repeated here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// Whether the caller waits for the hour: then an export is refused before it is sent when the hour has no more for exports that
    /// wait, with the time until it has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paced: bool,
    /// Whether the parameters that would be sent are the answer, and nothing is sent: for what asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Whether the answer has a link to the same report: for what asks, but not for users.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub link: bool,
    /// Which day it is for the caller: the end of a range that has none. When it is missing, the daemon's own day counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Date>,
    /// Where an export of profiles begins: then the ends of its pages are marked, each by a line of the byte 0x1d and a mark as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<PagesFrom>,
}

/// Where an export of profiles begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PagesFrom {
    /// The first page, counted from 0.
    pub page: u64,
    /// The session that its mark told; none for page 0.
    #[serde(default)]
    pub session: Option<String>,
    /// How many profiles the pages before it had.
    #[serde(default)]
    pub profiles: u64,
}

/// The byte with which the line of a mark begins, which no JSON begins with.
pub const PAGE_MARK: u8 = 0x1d;

/// The end of a page of profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMark {
    /// Which page it was, counted from 0.
    pub page: u64,
    /// The session to ask for the next one with; none after the last one.
    pub session: Option<String>,
    /// How many profiles there were up to here.
    pub profiles: u64,
    /// How many a page has.
    pub page_size: Option<u64>,
    /// How many there are in all.
    pub total: Option<u64>,
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
            schema: operation.asks.map(|_| Value::Object(operation.input_schema())),
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
