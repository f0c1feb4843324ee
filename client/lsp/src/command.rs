//! The command line of `mp-lsp`: a server for an editor, or `lint`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use mp_client::{Failure, FailureKind, Switch};

use crate::lint::{Order, Report, run};
use crate::rule::Severity;
use crate::server;

/// Exit code of a command line that cannot be understood.
const USAGE: u8 = 3;

/// Exit code where something is wrong.
const WRONG: u8 = 1;

/// Runs a command line.
pub(crate) fn main(given: impl Iterator<Item = OsString>) -> ExitCode {
    match tree().try_get_matches_from(given) {
        Ok(matches) => match matches.subcommand() {
            Some(("lint", matches)) => lint(matches).unwrap_or_else(|failure| mp_client::print_failure(&failure)),
            _ => server::run(),
        },
        Err(error) => {
            let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // A closed pipe is the only thing that can go wrong here.
            drop(error.print());
            if is_help { ExitCode::SUCCESS } else { ExitCode::from(USAGE) }
        }
    }
}

fn option(id: &'static str, short: char, value: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).short(short).value_name(value).help(help).action(ArgAction::Set)
}

fn switch(id: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).help(help).action(ArgAction::SetTrue)
}

fn tree() -> Command {
    Command::new("mp-lsp")
        .about("Serve editors as a language server for tracking code, on standard input and output")
        .version(env!("CARGO_PKG_VERSION"))
        .override_usage("mp lsp [--stdio]\n       mp lint [OPTIONS] [PATHS]...")
        .arg(switch("stdio", "Serve on standard input and output, as it does in any case"))
        .subcommand(lint_tree())
}

fn lint_tree() -> Command {
    Command::new("lint")
        .override_usage("mp lint [OPTIONS] [PATHS]...")
        .about("Check events and properties in code against the project")
        .arg(
            Arg::new("paths")
                .value_name("PATHS")
                .help("Files and directories [default: the working directory]")
                .num_args(0..)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            option("format", 'f', "FORMAT", "text, json or sarif")
                .value_parser(PossibleValuesParser::new(["text", "json", "sarif"]))
                .default_value("text"),
        )
        .arg(option("output", 'o', "FILE", "Write the report into a file").value_parser(value_parser!(PathBuf)))
        .arg(switch("offline", "Use what was learnt before, and ask nobody"))
        .arg(switch("inventory", "List all events of the code and of the project, also those that are good"))
        .arg(option("account", 'a', "NAME", "Account [env: MP_ACCOUNT]"))
        .arg(option("project", 'p', "ID", "Project [env: MP_PROJECT_ID wins]"))
        .arg(option("workspace", 'w', "ID", "Workspace").value_parser(value_parser!(i64)))
        .arg(option("target", 't', "NAME", "Saved target in place of the three [env: MP_TARGET]"))
        .arg(switch("quiet", "Print no summary and no notes").short('q'))
        .arg(
            Arg::new("socket")
                .long("socket")
                .value_name("PATH")
                .help("Socket of the daemon [env: MPD_SOCKET]")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(switch("no-autostart", "Never start a daemon [env: MPD_AUTOSTART=0]"))
        .after_help(
            "What is looked at and what counts stands in .mixpanel.toml; what .gitignore rules out is left out.\n\n\
             Exit code: 0 no errors, 1 errors, 3 arguments that cannot be understood; else that of the failure",
        )
}

fn order(matches: &ArgMatches) -> Order {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut choice = Switch {
        account: text("account"),
        project: text("project"),
        workspace: matches.get_one::<i64>("workspace").copied(),
        target: text("target"),
    };
    // These stand for the options, and so they win over a project's file, too.
    if choice.account.is_none() && choice.target.is_none() {
        (choice.account, choice.target) = (variable("MP_ACCOUNT"), variable("MP_TARGET"));
    }
    let paths: Vec<PathBuf> = matches.get_many::<PathBuf>("paths").into_iter().flatten().cloned().collect();
    Order {
        paths: if paths.is_empty() { vec![PathBuf::from(".")] } else { paths },
        choice,
        offline: matches.get_flag("offline"),
        socket: matches.get_one::<PathBuf>("socket").cloned(),
        autostart: !matches.get_flag("no-autostart"),
    }
}

fn lint(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let order = order(matches);
    let (report, notes) = run(&order)?;
    let format = matches.get_one::<String>("format").map_or("text", String::as_str);
    let text = rendered(&report, format, matches.get_flag("inventory"));
    match matches.get_one::<PathBuf>("output") {
        Some(path) => written(path, &text)?,
        // Nobody reading is the only thing that can go wrong here.
        None => drop(mp_client::print(&text)),
    }
    if !matches.get_flag("quiet") {
        notes.iter().for_each(|note| mp_client::print_note(note));
        mp_client::print_note(&report.summary());
    }
    Ok(if report.count(Severity::Error) > 0 { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
}

fn rendered(report: &Report, format: &str, with_inventory: bool) -> String {
    let pretty = |value: &serde_json::Value| format!("{value:#}\n");
    match format {
        "json" => pretty(&report.json()),
        "sarif" => pretty(&report.sarif(&std::env::current_dir().unwrap_or_default())),
        _ => report.text(with_inventory),
    }
}

fn written(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| {
        Failure::new(FailureKind::Storage, format!("{} could not be written: {error}", path.display()))
    })
}
