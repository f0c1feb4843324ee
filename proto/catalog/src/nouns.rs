//! All operations, by the first words of their commands.

use crate::operation::Operation;
use crate::ops;

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
    Noun { word: "ask", about: "Ask live questions, without saving a report", rows: ops::ask::ROWS },
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
