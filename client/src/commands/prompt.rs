//! `mp prompt`: one line for the prompt of a shell: who is asked as, and what about. It is asked for before each prompt, so it never starts
//! a daemon, never ends one, waits for none that hangs, and is no error where there is nothing to tell.

mod facts;
mod shell;
mod template;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, value_parser};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::visible::Spelling;

use crate::arg::{option, switch};
use crate::call::session_flags;
use crate::caller::{self, Environment};
use crate::command::{Command, Invocation, Run, Section};
use crate::output::screen::{self, Span};
use crate::output::stdout;
use facts::Facts;
use shell::Shell;
use template::{Field, Template};

/// The row of `mp prompt`.
pub(super) const COMMAND: Command = Command {
    name: "prompt",
    section: Section::Lend,
    about: "Print a line for the prompt of a shell",
    arguments,
    own: &["format"],
    checks_flags: true,
    run: Run::Custom(|at| Box::pin(run(at))),
    ..Command::ROW
};

/// What is shown unless somebody wants something else.
const USUAL: &str = "{account}[ · {project}][ {mark}]";

/// The word that takes the place of a template where a program reads.
const JSON: &str = "json";

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(
            option(
                "format",
                "TEMPLATE",
                "What to print, or json for all fields [default: {account}[ · {project}][ {mark}]]",
            )
            .short('f'),
        )
        .arg(
            option("shell", "SHELL", "What the line is for, and so what must not be in it: below")
                .value_parser(PossibleValuesParser::new(Shell::WORDS))
                .hide_possible_values(true),
        )
        .arg(switch("color", "Print in colours"))
        .arg(option("mark", "TEXT", "What {mark} is where something is wrong").default_value("!"))
        .arg(option("off", "TEXT", "Print this where no daemon answers").default_value("").hide_default_value(true))
        .arg(number("width", "COLUMNS", "Cut each field that is wider").default_value("40"))
        .arg(number("wait", "MS", "Wait so long for the daemon").default_value("20"))
        .after_help(more())
}

fn number(id: &'static str, value: &'static str, help: &'static str) -> Arg {
    option(id, value, help).value_parser(value_parser!(u32).range(1..=60_000))
}

fn more() -> String {
    let fields: String =
        Field::ALL.iter().map(|field| format!("  {:<14}  {}\n", field.name(), field.about())).collect();
    let shells: String =
        Shell::ALL.iter().map(|shell| format!("  {:<14}  {}\n", shell.word(), shell.about())).collect();
    format!(
        "Fields of a template, each as {{field}}; what stands in [brackets] is left out where one of its fields is empty, and {{{{ }}}} [[ ]] \
         are the characters themselves:\n{fields}\n\
         What a name may hold that the shell would obey is shown by its wide relative, such as ＄ for $. Shells:\n{shells}\n\
         Exits with 0, also where there is nothing to tell; with 3 when the command line is wrong."
    )
}

async fn run(at: Invocation<'_>) -> Result<ExitCode, Failure> {
    let text = |id: &str| at.arguments.get_one::<String>(id).map_or("", String::as_str);
    let number = |id: &str| at.arguments.get_one::<u32>(id).copied().unwrap_or_default();
    let format = at.arguments.get_one::<String>("format").map_or(USUAL, String::as_str);
    let is_json = format == JSON;
    let template = Template::read(if is_json { USUAL } else { format }).map_err(refused)?;
    // Flags that are wrong were just typed; a variable that is wrong would be told before each prompt.
    caller::check(&session_flags(at.arguments), &Environment::default())?;
    let facts = Facts::ask(at.arguments, Duration::from_millis(number("wait").into()), text("mark")).await;
    if is_json {
        return print(format!("{}\n", facts.json()).as_bytes(), Spelling::Json);
    }
    let shell = Shell::of(text("shell"));
    let spans = template.fill(|field| shell.safe(facts.get(field), number("width")));
    match (spans.is_empty(), facts.is_silent()) {
        (true, true) if !text("off").is_empty() => print(format!("{}\n", text("off")).as_bytes(), Spelling::Plain),
        (true, _) => Ok(ExitCode::SUCCESS),
        (false, _) => show(&spans, shell, at.arguments.get_flag("color")),
    }
}

/// Shows a line: to a person as it will look, to a shell with what the shell needs around colours.
fn show(spans: &[template::Piece], shell: Shell, is_coloured: bool) -> Result<ExitCode, Failure> {
    if !screen::is_stdout_watched() {
        let line: String = spans.iter().map(|piece| shell.coloured(piece, is_coloured)).collect();
        return print(format!("{line}\n").as_bytes(), Spelling::Plain);
    }
    let plain = |piece: &template::Piece| match piece.field.and_then(Field::colour) {
        Some(colour) => Span::coloured(colour, piece.text.clone()),
        None => Span::plain(piece.text.clone()),
    };
    let mut painted: Vec<Span> = spans.iter().map(plain).collect();
    painted.push(Span::plain("\n"));
    stdout::is_read(screen::stdout(Spelling::Plain).paint(&painted, is_coloured))?;
    Ok(ExitCode::SUCCESS)
}

fn print(bytes: &[u8], spelling: Spelling) -> Result<ExitCode, Failure> {
    let mut out = screen::stdout(spelling);
    stdout::is_read(out.write_all(bytes).and_then(|()| out.flush()))?;
    Ok(ExitCode::SUCCESS)
}

fn refused(wrong: template::Wrong) -> Failure {
    Failure::new(FailureKind::InvalidArgument, format!("--format: {wrong}")).next("mp prompt --help", "see all fields")
}
