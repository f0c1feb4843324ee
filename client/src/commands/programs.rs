//! Commands that are programs of their own: `mp` would be twice as large with them.

use clap::{Arg, ArgAction};

use crate::arg::{option, switch};
use crate::command::{Command, Run, Section};

/// The row of `mp lsp`.
pub(super) const LSP: Command = Command {
    name: "lsp",
    section: Section::Lend,
    about: "Serve editors as a language server for tracking code",
    arguments: |command| command.arg(switch("stdio", "Serve on standard input and output, as it does in any case")),
    runs_program: true,
    run: Run::Program { program: "mp-lsp", words: &[] },
    ..Command::ROW
};

/// The row of `mp lint`.
pub(super) const LINT: Command = Command {
    name: "lint",
    section: Section::Ask,
    place: 3,
    about: "Check events and properties in code against the project",
    arguments: lint,
    runs_program: true,
    run: Run::Program { program: "mp-lsp", words: &["lint"] },
    ..Command::ROW
};

fn lint(command: clap::Command) -> clap::Command {
    let paths = Arg::new("paths")
        .value_name("PATHS")
        .help("Files and directories [default: the working directory]")
        .action(ArgAction::Append)
        .num_args(0..);
    command
        .arg(paths)
        .arg(option("output", "FILE", "Write the report into a file").short('o'))
        .arg(switch("offline", "Use what was learnt before, and ask nobody"))
        .arg(switch("inventory", "List all events of the code and of the project, also those that are good"))
        .after_help(
            "Formats (-f): text, json, sarif. What is looked at and what counts stands in .mixpanel.toml.\n\n\
             Exit code: 0 no errors, 1 errors, 3 arguments that cannot be understood; else that of the failure",
        )
}
