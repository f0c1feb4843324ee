//! The hand-written commands, one file each: they ask the daemon and show what it says.

pub(crate) mod account;
pub(crate) mod api;
pub(crate) mod completions;
pub(crate) mod daemon;
pub(crate) mod events;
pub(crate) mod exec;
pub(crate) mod export;
pub(crate) mod help;
mod library;
pub(crate) mod login;
pub(crate) mod mcp;
pub(crate) mod plugin;
pub(crate) mod project;
pub(crate) mod session;
pub(crate) mod target;
pub(crate) mod workspace;

use clap::ArgMatches;
use mp_proto::failure::Failure;

use crate::call::session_flags;
use crate::caller::{self, Environment};

/// Options by which a command describes what it makes, under the name of a global one: they are no flags of the call.
pub(crate) fn own_options(group: &str, leaf: &str) -> &'static [&'static str] {
    match (group, leaf) {
        ("account", "add" | "update") | ("login", _) => &["project"],
        ("account", "export-bridge") | ("target", "add") => &["account", "project", "workspace"],
        ("daemon", "logs") => &["format"],
        _ => &[],
    }
}

/// Checks the session flags of a command line, be they of use for its command or not: one that is wrong is a misunderstanding.
///
/// # Errors
/// When they exclude each other, or a variable that stands for one is wrong.
pub(crate) fn check(group: &str, leaf: &str, arguments: &ArgMatches) -> Result<(), Failure> {
    let mut flags = session_flags(arguments);
    for option in own_options(group, leaf) {
        match *option {
            "account" => flags.account = None,
            "project" => flags.project = None,
            "workspace" => flags.workspace = None,
            _ => {}
        }
    }
    caller::check(&flags, &Environment::of_this_process())
}
