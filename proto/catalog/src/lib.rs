//! The catalog: every operation of Mixpanel that the daemon can run, as plain rows. The socket route, the command tree and the
//! reference are made from them; code is written only for what a row cannot say.

mod bind;
mod call;
pub mod export;
mod model;
mod models;
mod ops;
mod param;
mod reply;
mod rows;
#[cfg(test)]
mod rules;
pub mod sample;
mod schema;
mod shape;

use serde_json::{Map, Value};

pub use mp_proto::plane::Plane;

pub use bind::{Bound, bind};
pub use call::{Arrange, Call, Effect, Ids, Method, PROJECT, PROJECT_ID, Scope, Workflow};
pub use model::{Field, Model, Names, Of};
pub use models::BOOKMARK;
pub use param::{Kind, Param, Place, Through};
pub use reply::{Reply, Reshape, Rows, Shape, Taken, Told, Unwrap, results};
pub use rows::{OperationCall, OperationRow, OperationsBody, ParamRow};
pub use shape::bundle::{Seen, bundle, days_of, fetched, signatures};
pub use shape::recordings::{
    Days, ID as RECORDING_ID, Recorded, Tracked, find_recordings, find_tracked, recordings_of, tracked_of,
};
pub use shape::results::of_report;
pub use shape::rrweb::{Action, Analysis, Timeline, rrweb_events};
pub use shape::saved::context;
pub use shape::saved_definitions::metric_kind;

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
    /// When a person is asked before it runs.
    pub confirm: Confirm,
    /// What tells beforehand which objects it will touch.
    pub touches: Option<Touches>,
    /// How far it is settled.
    pub stage: Stage,
}

/// When a person is asked before an operation runs, at a command line that does not say `--yes`.
#[derive(Debug, Clone, Copy)]
pub enum Confirm {
    /// At a terminal, if the operation destroys.
    AtTerminal,
    /// Also where the answer comes from a pipe, if the arguments are such that all is lost.
    Always(fn(&Map<String, Value>) -> bool),
}

/// The operation that lists what another one would touch.
#[derive(Debug, Clone, Copy)]
pub struct Touches {
    /// The argument with the ids.
    pub argument: &'static str,
    /// The operation that lists the objects.
    pub list: &'static str,
    /// The argument by which it lists only some ids, if it can.
    pub only: Option<&'static str>,
    /// The field that holds an object's id.
    pub id: &'static str,
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
        call: Call::get(Plane::Query, ""),
        reply: Reply::ONE,
        confirm: Confirm::AtTerminal,
        touches: None,
        stage: Stage::Stable,
    };

    /// What most operations of the App API share.
    pub const APP: Self = Self { scope: Scope::WorkspaceOptional, call: Call::get(Plane::App, ""), ..Self::READ };
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
    Noun { word: "dashboards", about: "Manage dashboards", rows: ops::dashboards::ROWS },
    Noun { word: "reports", about: "Manage saved reports", rows: ops::reports::ROWS },
    Noun { word: "metrics", about: "Manage saved metrics", rows: ops::metrics::ROWS },
    Noun { word: "behaviors", about: "Manage saved behaviors", rows: ops::behaviors::ROWS },
    Noun { word: "cohorts", about: "Manage cohorts", rows: ops::cohorts::ROWS },
    Noun { word: "alerts", about: "Manage custom alerts", rows: ops::alerts::ROWS },
    Noun { word: "annotations", about: "Manage annotations and their tags", rows: ops::annotations::ROWS },
    Noun { word: "flags", about: "Manage feature flags", rows: ops::flags::ROWS },
    Noun { word: "experiments", about: "Manage experiments", rows: ops::experiments::ROWS },
    Noun { word: "replays", about: "Find and read session recordings", rows: ops::replays::ROWS },
    Noun { word: "lexicon", about: "Manage definitions of events and properties", rows: ops::lexicon::ROWS },
    Noun { word: "schemas", about: "Manage the schema registry", rows: ops::schemas::ROWS },
    Noun { word: "custom-events", about: "Manage custom events", rows: ops::custom_events::ROWS },
    Noun { word: "custom-properties", about: "Manage custom properties", rows: ops::custom_properties::ROWS },
    Noun { word: "drop-filters", about: "Manage drop filters", rows: ops::drop_filters::ROWS },
    Noun { word: "lookup-tables", about: "Manage lookup tables", rows: ops::lookup_tables::ROWS },
    Noun { word: "business-context", about: "Read and write the business context", rows: ops::business_context::ROWS },
    Noun { word: "webhooks", about: "Manage webhooks", rows: ops::webhooks::ROWS },
];

/// Returns what the commands of a first word are about.
pub fn about(word: &str) -> &'static str {
    NOUNS.iter().find(|noun| noun.word == word).map_or("", |noun| noun.about)
}

/// What the commands below a second word are about.
const INNER: &[(&[&str], &str)] = &[
    (&["annotations", "tags"], "Manage tags of annotations"),
    (&["lexicon", "anomalies"], "Look at unusual volumes of data"),
    (&["lexicon", "deletion-requests"], "Ask for data to be deleted"),
    (&["lexicon", "enforcement"], "Manage what becomes of data that fits no schema"),
    (&["lexicon", "events"], "Manage definitions of events"),
    (&["lexicon", "properties"], "Manage definitions of properties"),
    (&["lexicon", "tags"], "Manage tags of definitions"),
];

/// Returns what the commands that begin with some words are about.
pub fn about_path(path: &[&str]) -> &'static str {
    match path {
        [word] => about(word),
        _ => INNER.iter().find(|(words, _)| *words == path).map_or("", |(_, about)| about),
    }
}

/// Returns all operations.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    NOUNS.iter().flat_map(|noun| noun.rows)
}

/// Returns the operation of an id.
pub fn find(id: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.id == id)
}
