//! `mp mcp install` and `mp mcp uninstall`: the server in the settings of hosts.

mod place;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction};
use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Value, json};

use self::place::{Aim, aims, around, command, default_name, listed};
use crate::arg::{option, switch};
use crate::call::Call;
use crate::command::{Command, Flags, Run};
use crate::install::{HOSTS, How, Place, Record, Scope, Server, State, passing};
use crate::report;

/// The row of `mp mcp install`.
pub(super) const INSTALL: Command = Command {
    name: "install",
    about: "Put the server into the settings of Claude Code, Cursor, VS Code, Codex, Zed, Gemini and others",
    arguments: arguments_of_install,
    flags: Flags::None,
    run: Run::Call(|call| Box::pin(install(call))),
    ..Command::ROW
};

/// The row of `mp mcp uninstall`.
pub(super) const UNINSTALL: Command = Command {
    name: "uninstall",
    about: "Take the server out of the settings of a host again",
    arguments: arguments_of_uninstall,
    flags: Flags::None,
    run: Run::Call(|call| Box::pin(uninstall(call))),
    ..Command::ROW
};

/// Variables that choose what the server works on, and which no host is sure to pass on.
const CHOICES: [&str; 7] = [
    "MP_STORAGE_DIR",
    "MP_OAUTH_STORAGE_DIR",
    "MP_CONFIG_PATH",
    "MPD_SOCKET",
    "MP_ACCOUNT",
    "MP_TARGET",
    "MP_PROJECT_ID",
];

fn client() -> Arg {
    Arg::new("client")
        .long("client")
        .value_name("CLIENT")
        .help("The host, or several separated by commas; all stands for those that are found here")
        .value_parser(PossibleValuesParser::new(HOSTS.iter().map(|host| host.word).chain(["all"])))
        .value_delimiter(',')
        .action(ArgAction::Append)
}

fn common(command: clap::Command) -> clap::Command {
    command
        .arg(client())
        .arg(
            option("scope", "SCOPE", "user, or project for the folder one is in [default: user]")
                .value_parser(Scope::WORDS)
                .hide_possible_values(true),
        )
        .arg(option("name", "NAME", "What the server is called there [default: mixpanel, or mixpanel-hosted]"))
        .arg(switch("hosted", "The bridge to Mixpanel's hosted server in place of ours"))
        .arg(option("command", "PATH", "The program in the entry [default: the path of this one; in a project, mp]"))
        .arg(switch("dry-run", "Say what would be done, and write nothing"))
}

fn arguments_of_install(command: clap::Command) -> clap::Command {
    common(command)
        .arg(switch("read-only", "The server refuses what changes something").conflicts_with("allow-destructive"))
        .arg(switch("allow-destructive", "The server allows what takes away"))
        .arg(option("groups", "GROUPS", "Groups whose reads are tools of their own: --groups of mp mcp"))
        .arg(
            option("env", "NAME[=VALUE]", "Variable for the server; without a value, as it is here. Never a secret")
                .action(ArgAction::Append),
        )
        .arg(switch("force", "Replace an entry of that name which says something else"))
        .arg(switch("print", "Print the entry, and write nothing").conflicts_with("dry-run"))
        .arg(switch("list", "List the hosts, their files, and where the server is").conflicts_with("client"))
        .after_help(
            "The file is edited, not rewritten: comments and all entries of others stay as they are. Whoever has written it meanwhile \
             loses nothing. -a, -p, -w, -t and --socket become arguments of the server.\n\
             The entry has the whole path of mp, for hosts that are started from a desktop do not have the PATH of a shell.",
        )
}

fn arguments_of_uninstall(command: clap::Command) -> clap::Command {
    common(command).arg(switch("force", "Remove an entry of that name even if it is not one of ours"))
}

/// Runs `mp mcp install`.
///
/// # Errors
/// When a flag is wrong, or a file cannot be edited.
async fn install(call: &mut Call<'_>) -> Result<(), Failure> {
    let around = around(call)?;
    if call.arguments.get_flag("list") {
        return listed(call, &around);
    }
    let aims = aims(call, &around, "install")?;
    let mut done = Vec::new();
    for aim in aims {
        let server = server(call, aim.scope)?;
        let place = aim.place(&around);
        if call.arguments.get_flag("print") {
            call.output.line(&place.snippet(&server))?;
            note(call, &format!("this goes into {}", place.file()?.display()));
            continue;
        }
        let record = record(call);
        let state = place.install(&server, how(call), &record).await;
        let state = state.map(|state| (state, server)).map_err(|failure| hinted(failure, "install", &place));
        done.push((aim, state));
    }
    if call.arguments.get_flag("print") {
        return Ok(());
    }
    warn(call, &done);
    told(call, &around, done)
}

/// Runs `mp mcp uninstall`.
///
/// # Errors
/// When a flag is wrong, or a file cannot be edited.
async fn uninstall(call: &mut Call<'_>) -> Result<(), Failure> {
    let around = around(call)?;
    let mut done = Vec::new();
    for aim in aims(call, &around, "uninstall")? {
        let server = Server { command: command(call, aim.scope), arguments: Vec::new(), variables: Vec::new() };
        let place = aim.place(&around);
        let state = place.uninstall(&server.command, how(call), &record(call)).await;
        let state = state.map(|state| (state, server)).map_err(|failure| hinted(failure, "uninstall", &place));
        done.push((aim, state));
    }
    told(call, &around, done)
}

fn how(call: &Call<'_>) -> How {
    How { force: call.arguments.get_flag("force"), dry: call.arguments.get_flag("dry-run") }
}

fn record(call: &Call<'_>) -> Record {
    Record::of(&call.daemon.options().place.root)
}

fn note(call: &Call<'_>, text: &str) {
    if !call.quiet {
        report::note(text);
    }
}

/// The server as the flags want it.
fn server(call: &Call<'_>, scope: Scope) -> Result<Server, Failure> {
    let mut arguments = vec!["mcp".to_owned()];
    for flag in ["hosted", "read-only", "allow-destructive", "no-autostart"] {
        if call.arguments.get_flag(flag) {
            arguments.push(format!("--{flag}"));
        }
    }
    for option in ["groups", "account", "project", "target"] {
        if let Some(value) = call.text(option) {
            arguments.extend([format!("--{option}"), value]);
        }
    }
    if let Some(workspace) = call.number("workspace") {
        arguments.extend(["--workspace".to_owned(), workspace.to_string()]);
    }
    if let Some(socket) = call.text("socket") {
        let whole = std::path::absolute(&socket).map(|path| path.display().to_string());
        arguments.extend(["--socket".to_owned(), whole.unwrap_or(socket)]);
    }
    let wanted = call.arguments.get_many::<String>("env").into_iter().flatten();
    let variables = wanted.map(|text| variable(call, text)).collect::<Result<_, _>>()?;
    Ok(Server { command: command(call, scope), arguments, variables })
}

/// Reads `NAME` or `NAME=VALUE`. What is in a settings file is read by many, so no secret goes there.
fn variable(call: &Call<'_>, text: &str) -> Result<(String, String), Failure> {
    let refused = |what: String| Err(Failure::new(FailureKind::InvalidArgument, format!("--env: {what}")));
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, call.environment.get(text)),
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return refused(format!("'{}' is no name of a variable", name.escape_debug()));
    }
    let words = ["TOKEN", "SECRET", "PASSWORD", "KEY", "HEADER_VALUE", "CREDENTIAL"];
    if words.iter().any(|word| name.to_ascii_uppercase().contains(word)) {
        return refused(format!(
            "{name} is a secret, and no settings file gets one; the daemon keeps it: mp account add"
        ));
    }
    match value {
        Some(value) => Ok((name.to_owned(), value.to_owned())),
        None => refused(format!("{name} is not set here; write {name}=VALUE")),
    }
}

type Done = (Aim, Result<(State, Server), Failure>);

/// Says what may be a surprise later.
fn warn(call: &Call<'_>, done: &[Done]) {
    let written = done.iter().filter_map(|(_, done)| done.as_ref().ok()).find(|(state, _)| *state != State::Unchanged);
    let Some((_, server)) = written else { return };
    if let Some(why) = passing(std::path::Path::new(&server.command)) {
        note(call, &format!("{} {why}; --command PATH names another one", server.command));
    }
    let is_open = |name: &&&str| {
        call.environment.get(name).is_some() && server.variables.iter().all(|(known, _)| known != **name)
    };
    for name in CHOICES.iter().filter(is_open) {
        note(
            call,
            &format!("{name} is set here, and the server may not get it from the host; --env {name} writes it down"),
        );
    }
}

/// Tells what came of each; the last failure is that of the command.
fn told(call: &mut Call<'_>, around: &crate::install::Surroundings, done: Vec<Done>) -> Result<(), Failure> {
    let (mut rows, mut texts, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (aim, done) in done {
        let place = aim.place(around);
        match done {
            Ok((state, server)) => {
                texts.push(text(&place, state, &server, call.arguments.get_flag("dry-run"))?);
                rows.push(row(&place, state)?);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if !rows.is_empty() {
        call.output.show(&Value::Array(rows), || texts.join("\n"))?;
    }
    let last = failures.pop();
    for failure in &failures {
        report::failure(failure);
    }
    last.map_or(Ok(()), Err)
}

fn row(place: &Place<'_>, state: State) -> Result<Value, Failure> {
    Ok(json!({
        "client": place.host.word,
        "scope": place.scope.word(),
        "name": place.name,
        "file": place.file()?.display().to_string(),
        "state": state.word(),
    }))
}

fn text(place: &Place<'_>, state: State, server: &Server, is_dry: bool) -> Result<String, Failure> {
    let (name, title, file) = (place.name, place.host.title, place.file()?);
    let file = file.display();
    let verb = |done: &str, would: &str| if is_dry { format!("Would {would}") } else { done.to_owned() };
    let what = match state {
        State::Unchanged => return Ok(format!("'{name}' is in {file} already ({title}); nothing was changed.")),
        State::Absent | State::Other => return Ok(format!("There is no '{name}' in {file} ({title}).")),
        State::Removed => return Ok(format!("{} '{name}' from {file} ({title}).", verb("Removed", "remove"))),
        State::Added => format!("{} '{name}' to {file} ({title})", verb("Added", "add")),
        State::Replaced => format!("{} '{name}' in {file} ({title})", verb("Replaced", "replace")),
    };
    let words = std::iter::once(server.command.as_str()).chain(server.arguments.iter().map(String::as_str));
    let line = shlex::try_join(words).unwrap_or_else(|_| server.command.clone());
    let undo = undo(place);
    Ok(format!("{what}: {line}\n  next: {}\n  undo: {undo}", place.host.then))
}

fn undo(place: &Place<'_>) -> String {
    line("uninstall", place)
}

fn line(verb: &str, place: &Place<'_>) -> String {
    let mut line = format!("mp mcp {verb} --client {}", place.host.word);
    if place.scope == Scope::Project {
        line.push_str(" --scope project");
    }
    if place.name != default_name(false) {
        line.push_str(&format!(" --name {}", place.name));
    }
    line
}

/// What helps where an entry of somebody else is in the way.
fn hinted(failure: Failure, verb: &str, place: &Place<'_>) -> Failure {
    if failure.kind != FailureKind::Declined {
        return failure;
    }
    let does = if verb == "install" { "put ours in its place" } else { "remove it all the same" };
    let failure = failure.next(format!("{} --force", line(verb, place)), does);
    if verb == "install" {
        failure.next(format!("{} --name NAME", line(verb, place)), "add ours beside it")
    } else {
        failure
    }
}
