//! The catalog: every operation of Mixpanel that the daemon can run, as plain rows. The socket route, the command tree and the
//! reference are made from them; code is written only for what a row cannot say.

mod bind;
mod call;
mod ops;
mod param;
mod reply;
mod rows;
#[cfg(test)]
mod rules;
mod shape;

pub use bind::{Bound, bind};
pub use call::{Arrange, Call, Effect, Host, Ids, Method, PROJECT_ID, Scope, Workflow};
pub use param::{Kind, Param, Place};
pub use reply::{Reply, Reshape, Rows, Shape, Taken, Unwrap, results};
pub use rows::{OperationCall, OperationRow, OperationsBody, ParamRow};

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Stable for ever: scripts use it.
    pub id: &'static str,
    /// The words of its command.
    pub command: &'static [&'static str],
    /// One imperative line.
    pub summary: &'static str,
    /// What else a reader should know; may be empty.
    pub detail: &'static str,
    /// What it does to the data; declared, never guessed from the method.
    pub effect: Effect,
    /// Which part of a session it needs.
    pub scope: Scope,
    /// What it takes.
    pub params: &'static [Param],
    /// The request.
    pub call: Call,
    /// What is made of the answer.
    pub reply: Reply,
    /// How far it is settled.
    pub stage: Stage,
}

impl Operation {
    /// What most reads of the query plane share; a row names the rest.
    pub const READ: Self = Self {
        id: "",
        command: &[],
        summary: "",
        detail: "",
        effect: Effect::Read,
        scope: Scope::Project,
        params: &[],
        call: Call::get(Host::Query, ""),
        reply: Reply::ONE,
        stage: Stage::Stable,
    };
}

/// How far an operation is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It stays as it is.
    Stable,
    /// It may change.
    Preview,
    /// It will go.
    Deprecated {
        /// The id of what takes its place.
        instead: &'static str,
    },
}

/// What the commands of a first word are about, and their rows.
struct Noun {
    word: &'static str,
    about: &'static str,
    rows: &'static [Operation],
}

/// The rows, one list per noun.
const NOUNS: &[Noun] = &[
    Noun { word: "inspect", about: "Discover events, properties and saved reports", rows: ops::inspect::ROWS },
    Noun { word: "query", about: "Run reports", rows: ops::query::ROWS },
    Noun { word: "export", about: "Export raw events and profiles as JSON Lines", rows: ops::export::ROWS },
    Noun { word: "cohorts", about: "Manage cohorts", rows: ops::cohorts::ROWS },
    Noun { word: "dashboards", about: "Manage dashboards", rows: ops::dashboards::ROWS },
];

/// Returns what the commands of a first word are about.
pub fn about(word: &str) -> &'static str {
    NOUNS.iter().find(|noun| noun.word == word).map_or("", |noun| noun.about)
}

/// Returns all operations.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    NOUNS.iter().flat_map(|noun| noun.rows)
}

/// Returns the operation of an id.
pub fn find(id: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.id == id)
}
