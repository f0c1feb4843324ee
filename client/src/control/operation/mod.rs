//! The commands that the catalog makes: arguments from the parameters of a row ([`arguments`]), one call of the generic route, the
//! answer as the row says ([`table`]). Nothing here knows a single operation.

mod arguments;
mod confirm;
#[cfg(test)]
mod reference;
mod show;
mod source;
mod table;

use std::time::Duration;

use clap::{ArgMatches, Command};
use hyper::Method;
use mp_catalog::{Bound, Kind, Operation, OperationCall, Shape, Stage, about_path, all, bind, find};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::routes::{OPERATION, fill};
use serde_json::{Map, Value};

use super::{Call, session_flags};
use crate::output::{Format, spinner};
use crate::tree::{group, switch, without_letters};
use arguments::Given;
use source::Stdin;

/// How long a call may take. The daemon gives up a little earlier, and says why.
const PATIENCE: Duration = Duration::from_secs(600);

/// Returns the operations that have a command here. Streams of lines have commands of their own.
fn offered() -> impl Iterator<Item = &'static Operation> {
    all().filter(|operation| operation.reply.shape != Shape::Lines)
}

/// Returns the first words of all operations, each once, in the order of the catalog.
pub fn groups() -> Vec<&'static str> {
    next_words(&[])
}

/// Returns the words that may follow after some, in the order of the catalog.
fn next_words(before: &[&str]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for operation in offered().filter(|operation| operation.command.starts_with(before)) {
        if let Some(word) = operation.command.get(before.len())
            && !words.contains(word)
        {
            words.push(*word);
        }
    }
    words
}

/// Builds the branch of a first word.
pub fn branch(word: &'static str) -> Command {
    below(&[word], word)
}

fn below(path: &[&'static str], word: &'static str) -> Command {
    if let Some(operation) = offered().find(|operation| operation.command == path) {
        return leaf(word, operation);
    }
    next_words(path).into_iter().fold(group(Command::new(word).about(about_path(path))), |command, next| {
        let path: Vec<&'static str> = path.iter().copied().chain([next]).collect();
        command.subcommand(below(&path, next))
    })
}

fn leaf(word: &'static str, operation: &'static Operation) -> Command {
    let mut command =
        Command::new(word).about(summary(operation)).args(operation.params.iter().flat_map(arguments::of));
    if !operation.detail.is_empty() {
        command = command.after_help(operation.detail);
    }
    if confirm::may_ask(operation) {
        command = command.arg(switch("yes", "Do not ask").short('y'));
    }
    if operation.touches.is_some() {
        command = command.arg(switch("dry-run", "Only show what it would touch"));
    }
    if operation.reply.kept {
        command = command.arg(switch("refresh", "Ask Mixpanel even if its answer is kept"));
    }
    let letters: Vec<char> = operation.params.iter().filter_map(|param| param.short).collect();
    command.args(without_letters(&letters))
}

/// Returns the line about an operation, with how far it is settled if that is to be known. What takes its place is named as a command.
fn summary(operation: &Operation) -> String {
    match operation.stage {
        Stage::Stable => operation.summary.to_owned(),
        Stage::Preview => format!("{} (preview)", operation.summary),
        Stage::Deprecated { instead } => {
            let command =
                find(instead).map_or_else(|| instead.to_owned(), |row| format!("mp {}", row.command.join(" ")));
            format!("{} (deprecated: use {command})", operation.summary)
        }
    }
}

/// Returns the operation of a command line and its own arguments; none when its first word is no operation's.
pub fn named(matches: &ArgMatches) -> Option<(&'static Operation, &ArgMatches)> {
    let mut words = Vec::new();
    let mut at = matches;
    while let Some((word, inside)) = at.subcommand() {
        words.push(word);
        at = inside;
    }
    offered().find(|operation| operation.command == words).map(|operation| (operation, at))
}

/// Runs an operation.
///
/// # Errors
/// When its arguments are wrong, a person does not want it, or those of the route.
pub async fn run(operation: &'static Operation, matches: &ArgMatches) -> Result<(), Failure> {
    let usual =
        if operation.reply.audience.is_some_and(|fields| fields.is_usual) { Format::Table } else { Format::Json };
    let mut call = Call::prepare_showing(matches, &session_flags(matches), usual)?;
    let refresh = operation.reply.kept && matches.get_flag("refresh");
    let Given { arguments, upload, problems } = arguments::given(operation, matches, Stdin::of_this_process());
    let bound = checked(operation, &arguments, upload.is_some(), problems)?;
    let output = arguments::output(operation, matches);
    if let Some((name, path)) = &output {
        show::check(operation, name, path)?;
    }
    if matches.get_one::<u64>("timeout").is_none() {
        call.client.set_deadline(PATIENCE);
    }
    if let Some(touches) = operation.touches.filter(|_| matches.get_flag("dry-run")) {
        return confirm::show_touched(&mut call, &touches, &bound.arguments).await;
    }
    if confirm::may_ask(operation) && !matches.get_flag("yes") {
        confirm::ask(operation, &bound.arguments)?;
    }
    let asked = OperationCall { arguments, refresh };
    let path = output.as_ref().map(|(_, path)| path.as_str());
    if operation.reply.shape == Shape::Bytes {
        return show::bytes(&mut call, operation, &asked, path).await;
    }
    let value = match upload {
        None => ask(&mut call, operation.id, &asked).await?,
        Some(file) => show::upload(&mut call, operation, &asked, file).await?,
    };
    show::value(&mut call, operation, value, &bound.arguments, path)
}

/// Calls an operation and prints what came beside its answer.
async fn ask(call: &mut Call<'_>, id: &str, asked: &OperationCall) -> Result<Value, Failure> {
    let path = fill(OPERATION, id);
    let answer = call.client.call::<Value>(Method::POST, &path, Some(asked));
    let answer = spinner::beside(call.quiet, answer).await?;
    Ok(call.body(answer))
}

/// Binds the arguments. What could not be read and what is wrong are told together.
fn checked(
    operation: &Operation,
    arguments: &Map<String, Value>,
    has_upload: bool,
    mut problems: Vec<Problem>,
) -> Result<Bound, Failure> {
    let is_told = |problems: &[Problem], name: &str| problems.iter().any(|problem| problem.at == name);
    if let Some(file) = operation.params.iter().find(|param| param.kind == Kind::File && param.required)
        && !has_upload
        && !is_told(&problems, file.name)
    {
        problems.push(Problem::new(file.name, "must be given"));
    }
    let bound = match bind(operation, arguments) {
        Ok(bound) => Some(bound),
        Err(wrong) => {
            let new: Vec<Problem> = wrong.into_iter().filter(|problem| !is_told(&problems, &problem.at)).collect();
            problems.extend(new);
            None
        }
    };
    // In the order in which the command lists them.
    problems.sort_by_key(|problem| operation.params.iter().position(|param| param.name == problem.at));
    bound.filter(|_| problems.is_empty()).ok_or_else(|| refused(operation, problems))
}

/// Names the options as they were typed.
fn refused(operation: &Operation, problems: Vec<Problem>) -> Failure {
    let typed = |problem: Problem| {
        let param = operation.params.iter().find(|param| param.name == problem.at);
        let at = param.map_or_else(|| problem.at.clone(), arguments::typed);
        Problem::new(at, problem.detail)
    };
    let problems: Vec<Problem> = problems.into_iter().map(typed).collect();
    let command = operation.command.join(" ");
    let failure = match problems.as_slice() {
        [one] => Failure::new(FailureKind::InvalidArgument, format!("{} {}", one.at, one.detail)),
        _ => {
            Failure::new(FailureKind::InvalidArgument, format!("mp {command} cannot be run like this")).errors(problems)
        }
    };
    failure.next(format!("mp {command} --help"), "see what it takes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn matches(words: &[&str]) -> ArgMatches {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let parsed = crate::tree::tree(&words).try_get_matches_from(std::iter::once("mp".to_owned()).chain(words));
        parsed.expect("a good command line")
    }

    fn definition() -> Stdin {
        Stdin::holding(
            r#"{"behavior": {"type": "funnel"}, "measurement": {"math": "total"}, "sections": {"show": [{"type": "metric", "id": 1}]},
               "displayOptions": {}}"#,
        )
    }

    fn parsed(words: &[&str]) -> (&'static Operation, Map<String, Value>) {
        let matches = matches(words);
        let (operation, inside) = named(&matches).expect("an operation");
        (operation, arguments::given(operation, inside, definition()).arguments)
    }

    #[test]
    fn a_row_that_is_not_settled_says_so() {
        let row = |stage| Operation { stage, ..*find("dashboards.list").expect("a row") };
        let instead = "query.saved-report";
        assert!(summary(&row(Stage::Preview)).ends_with(" (preview)"));
        assert!(summary(&row(Stage::Deprecated { instead })).ends_with(" (deprecated: use mp query saved-report)"));
    }

    /// A letter may stand for a global option and for one of a command; a name may not, for nobody could tell whose value it is.
    #[test]
    fn no_parameter_has_the_name_of_a_global_option() {
        let root = crate::tree::tree(&[]);
        let taken: Vec<&str> =
            root.get_arguments().filter_map(|option| option.get_long()).chain(["refresh", "help"]).collect();
        for operation in offered() {
            for param in operation.params.iter().filter(|param| !param.positional) {
                assert!(!taken.contains(&&arguments::typed(param)[2..]), "{}: {}", operation.id, param.name);
            }
        }
    }

    fn words(line: &str) -> Vec<&str> {
        line.split_whitespace().collect()
    }

    #[test]
    fn a_command_line_becomes_the_arguments_of_its_operation() {
        let (operation, arguments) = parsed(&words("-p 7 dashboards list --ids 1,2 -f csv"));
        assert_eq!((operation.id, Value::Object(arguments)), ("dashboards.list", json!({"ids": "1,2"})));
        let (_, arguments) = parsed(&words("query activity-feed -U u --include-event a --include-event b"));
        assert_eq!(Value::Object(arguments), json!({"users": "u", "include_event": ["a", "b"]}));
        let (_, arguments) = parsed(&words("inspect schema-graph --density --no-user-properties"));
        assert_eq!(Value::Object(arguments), json!({"density": true, "user_properties": false}));
        let (_, arguments) = parsed(&words("inspect schema-graph --density --no-density"));
        assert_eq!(Value::Object(arguments), json!({"density": false}));
        let (_, arguments) = parsed(&words("query funnel 7 --from 2025-01-01 --to 2025-01-02 --link"));
        assert_eq!(
            Value::Object(arguments),
            json!({"funnel_id": "7", "from": "2025-01-01", "to": "2025-01-02", "link": true})
        );
    }

    #[test]
    fn a_letter_of_a_command_wins_over_the_same_of_a_global_option() {
        let line = ["-p", "7", "-t", "web", "inspect", "values", "-p", "country", "-e", "Sign Up"];
        let matches = matches(&line);
        let (operation, inside) = named(&matches).expect("an operation");
        assert_eq!(arguments::given(operation, inside, definition()).arguments["property"], "country");
        let flags = session_flags(inside);
        assert_eq!((flags.project.as_deref(), flags.target.as_deref()), (Some("7"), Some("web")));
        let after = parsed_flags(&["inspect", "values", "-p", "country", "--project", "8"]);
        assert_eq!(after.project.as_deref(), Some("8"));
        // The nearer one wins, as everywhere.
        let both = parsed_flags(&["-p", "7", "inspect", "values", "-p", "country", "--project", "8"]);
        assert_eq!(both.project.as_deref(), Some("8"));
        let workspace = parsed_flags(&["-w", "3", "query", "frequency", "-w", "true"]);
        assert_eq!(workspace.workspace, Some(3));
    }

    fn parsed_flags(line: &[&str]) -> crate::caller::SessionFlags {
        let matches = matches(line);
        session_flags(named(&matches).expect("an operation").1)
    }

    #[test]
    fn every_operation_has_its_command() {
        for operation in offered() {
            let given = operation.params.iter().filter(|param| param.required);
            let mut line: Vec<String> = operation.command.iter().map(|word| (*word).to_owned()).collect();
            for param in given {
                if !param.positional {
                    line.push(arguments::typed(param));
                }
                if param.kind != Kind::Toggle {
                    line.push(arguments::sample(param.kind));
                }
            }
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            let (found, arguments) = parsed(&line);
            assert_eq!(found.id, operation.id);
            // What was not given may be wanted nevertheless, if one of several is.
            let wrong = bind(operation, &arguments).err().unwrap_or_default();
            assert!(wrong.iter().all(|problem| !arguments.contains_key(&problem.at)), "{line:?}: {wrong:?}");
        }
    }

    #[test]
    fn wrong_values_are_refused_together_before_anything_is_asked() {
        let (operation, arguments) = parsed(&words("dashboards list --ids 1,b"));
        let failure = refused(operation, bind(operation, &arguments).expect_err("is refused"));
        assert_eq!(failure.detail, "--ids must be integers, separated by commas");
        assert_eq!(failure.kind.exit_code(), 3);
        let (operation, arguments) = parsed(&words("query segmentation --from soon --unit hour"));
        let failure = refused(operation, bind(operation, &arguments).expect_err("is refused"));
        let places: Vec<&str> = failure.errors.iter().map(|problem| problem.at.as_str()).collect();
        assert_eq!(places, ["--event", "--from", "--to", "--unit"]);
    }
}
