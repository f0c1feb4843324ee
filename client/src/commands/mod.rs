//! The commands, one file and one row each: they ask the daemon and show what it says.

mod account;
mod api;
mod ask;
mod completions;
mod daemon;
mod events;
mod exec;
mod export;
mod help;
mod library;
mod login;
mod mcp;
mod plugin;
mod programs;
mod project;
mod prompt;
mod session;
mod setup;
mod steps;
mod target;
mod workspace;

use crate::command::{Command, Run, Section};

/// The rows of the commands, in the order of the tree: those that are written by hand, then the first words of the catalog in its order.
/// The help has them by their sections.
pub(crate) const COMMANDS: &[Command] = &[
    login::COMMAND,
    session::COMMAND,
    account::COMMAND,
    project::COMMAND,
    workspace::COMMAND,
    target::COMMAND,
    ask::COMMAND,
    export::COMMAND,
    api::COMMAND,
    exec::COMMAND,
    events::COMMAND,
    mcp::COMMAND,
    programs::LSP,
    programs::LINT,
    prompt::COMMAND,
    daemon::COMMAND,
    setup::COMMAND,
    completions::COMMAND,
    plugin::COMMAND,
    help::COMMAND,
    of_catalog("inspect", Section::Ask),
    of_catalog("query", Section::Ask),
    of_catalog("dashboards", Section::Reports),
    of_catalog("reports", Section::Reports),
    of_catalog("metrics", Section::Reports),
    of_catalog("behaviors", Section::Reports),
    of_catalog("cohorts", Section::Reports),
    of_catalog("alerts", Section::Reports),
    of_catalog("annotations", Section::Reports),
    of_catalog("flags", Section::Releases),
    of_catalog("experiments", Section::Releases),
    Command { place: 2, ..of_catalog("replays", Section::Ask) },
    of_catalog("lexicon", Section::Data),
    of_catalog("schemas", Section::Data),
    of_catalog("custom-events", Section::Data),
    of_catalog("custom-properties", Section::Data),
    of_catalog("drop-filters", Section::Data),
    of_catalog("lookup-tables", Section::Data),
    of_catalog("business-context", Section::Data),
    of_catalog("webhooks", Section::Data),
];

/// Returns the row of a first word whose commands the catalog makes.
const fn of_catalog(name: &'static str, section: Section) -> Command {
    Command { name, section, run: Run::Catalog, ..Command::ROW }
}

/// Returns the whole tree.
#[cfg(test)]
pub(crate) fn tree() -> clap::Command {
    crate::tree::tree(COMMANDS, None)
}

/// Returns what clap makes of a good command line.
#[cfg(test)]
pub(crate) fn parsed<'a>(words: impl IntoIterator<Item = &'a &'a str>) -> clap::ArgMatches {
    let words: Vec<String> = words.into_iter().map(|word| (*word).to_owned()).collect();
    let tree = crate::tree::tree(COMMANDS, crate::line::Line::new(COMMANDS, &words).first_word());
    tree.try_get_matches_from(std::iter::once("mp".to_owned()).chain(words)).expect("a good command line")
}
