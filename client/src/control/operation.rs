//! The commands that the catalog makes: arguments from the parameters of a row, one call of the generic route, the answer as the row
//! says. Nothing here knows a single operation.

use clap::{Arg, ArgMatches, Command};
use hyper::Method;
use mp_proto::catalog::{Kind, Operation, OperationCall, Param, Place, Shape, bind};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::routes::{OPERATION, fill};
use serde_json::{Map, Value};

use super::{Call, session_flags};
use crate::output::{Format, padded};
use crate::tree::{group, option, positional};

/// Returns the operations whose commands are made here. Those that stream have commands written by hand.
fn all() -> impl Iterator<Item = &'static Operation> {
    mp_proto::catalog::all().filter(|operation| operation.reply.shape != Shape::Lines)
}

/// Returns the first words of all operations, each once, in the order of the catalog.
pub fn groups() -> Vec<&'static str> {
    next_words(&[])
}

/// Returns the words that may follow after some, in the order of the catalog.
fn next_words(before: &[&str]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for operation in all().filter(|operation| operation.command.starts_with(before)) {
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
    if let Some(operation) = all().find(|operation| operation.command == path) {
        let arguments = operation.params.iter().map(argument);
        return Command::new(word).about(operation.summary).args(arguments);
    }
    let about = format!("Operations on {}", path.join(" "));
    next_words(path).into_iter().fold(group(Command::new(word).about(about)), |command, next| {
        let path: Vec<&'static str> = path.iter().copied().chain([next]).collect();
        command.subcommand(below(&path, next))
    })
}

fn argument(param: &'static Param) -> Arg {
    let value = match param.kind {
        Kind::Str => "TEXT",
        Kind::Int => "N",
        Kind::Ints => "N,N",
        _ => "TEXT",
    };
    let argument = match param.place {
        Place::Path => positional(param.name, value, param.help),
        Place::Query | Place::Body | Place::Local => {
            option(param.name, value, param.help).long(long(param)).required(param.required)
        }
    };
    argument.allow_negative_numbers(matches!(param.kind, Kind::Int | Kind::Ints))
}

/// Returns the name of a parameter as an option has it. clap wants a name that lives as long as the program; the few letters do.
fn long(param: &Param) -> &'static str {
    if param.name.contains('_') { param.name.replace('_', "-").leak() } else { param.name }
}

/// Returns the operation of a command line and its own arguments; none when its first word is no operation's.
pub fn named(matches: &ArgMatches) -> Option<(&'static Operation, &ArgMatches)> {
    let mut words = Vec::new();
    let mut at = matches;
    while let Some((word, inside)) = at.subcommand() {
        words.push(word);
        at = inside;
    }
    all().find(|operation| operation.command == words).map(|operation| (operation, at))
}

/// Runs an operation.
///
/// # Errors
/// When its arguments are wrong, or those of the route.
pub async fn run(operation: &'static Operation, arguments: &ArgMatches) -> Result<(), Failure> {
    let mut call = Call::prepare_showing(arguments, &session_flags(arguments), Format::Json)?;
    let asked = OperationCall { arguments: given(operation, arguments) };
    bind(operation, &asked.arguments).map_err(|problems| refused(operation, problems))?;
    call.be_patient();
    let answer = call.client.call::<Value>(Method::POST, &fill(OPERATION, operation.id), Some(&asked)).await?;
    let value = call.body(answer);
    call.output.show(&value, || table(operation, &value))
}

/// Returns the arguments as they were typed; binding understands texts.
fn given(operation: &Operation, arguments: &ArgMatches) -> Map<String, Value> {
    let one = |param: &Param| {
        let text = arguments.get_one::<String>(param.name)?;
        Some((param.name.to_owned(), Value::from(text.as_str())))
    };
    operation.params.iter().filter_map(one).collect()
}

/// Names the options as they were typed.
fn refused(operation: &Operation, problems: Vec<Problem>) -> Failure {
    let typed = |problem: Problem| {
        let param = operation.params.iter().find(|param| param.name == problem.at);
        let at = param.map_or_else(
            || problem.at.clone(),
            |param| if param.place == Place::Path { param.name.to_uppercase() } else { format!("--{}", long(param)) },
        );
        Problem::new(at, problem.detail)
    };
    let problems: Vec<Problem> = problems.into_iter().map(typed).collect();
    match problems.as_slice() {
        [one] => Failure::new(FailureKind::InvalidArgument, format!("{} {}", one.at, one.detail)),
        _ => {
            let detail = format!("mp {} cannot be run like this", operation.command.join(" "));
            Failure::new(FailureKind::InvalidArgument, detail).errors(problems)
        }
    }
}

/// Returns the columns that the row names, else those of the first entry.
fn table(operation: &Operation, value: &Value) -> String {
    let entries = match value {
        Value::Array(entries) => entries.as_slice(),
        Value::Null => return String::new(),
        one => std::slice::from_ref(one),
    };
    let Some(first) = entries.first() else { return "(none)".to_owned() };
    let own = || first.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let columns: Vec<&str> = if operation.reply.columns.is_empty() { own() } else { operation.reply.columns.to_vec() };
    let rows: Vec<Vec<String>> =
        entries.iter().map(|entry| columns.iter().map(|column| cell(&entry[*column])).collect()).collect();
    let titles: Vec<String> = columns.iter().map(|column| column.to_uppercase().replace('_', " ")).collect();
    padded(&titles.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "Yes" } else { "No" }.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp_proto::catalog::find;
    use serde_json::json;

    fn parsed(line: &str) -> (&'static Operation, Map<String, Value>) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let matches = crate::tree::tree(&words)
            .try_get_matches_from(std::iter::once("mp".to_owned()).chain(words))
            .expect("a good command line");
        let (operation, arguments) = named(&matches).expect("an operation");
        (operation, given(operation, arguments))
    }

    #[test]
    fn a_command_line_becomes_the_arguments_of_its_operation() {
        let (operation, arguments) = parsed("-p 7 dashboards list --ids 1,2 -f csv");
        assert_eq!((operation.id, Value::Object(arguments)), ("dashboards.list", json!({"ids": "1,2"})));
        let (_, arguments) = parsed("dashboards list");
        assert!(arguments.is_empty());
    }

    #[test]
    fn every_operation_has_its_command() {
        for operation in all() {
            let required = operation.params.iter().filter(|param| param.required);
            let values = required.map(|param| match param.place {
                Place::Path => "1".to_owned(),
                _ => format!("--{}=1", long(param)),
            });
            let words: Vec<String> = operation.command.iter().map(|word| (*word).to_owned()).chain(values).collect();
            assert_eq!(parsed(&words.join(" ")).0.id, operation.id);
        }
    }

    #[test]
    fn a_wrong_value_is_refused_before_anything_is_asked() {
        let (operation, arguments) = parsed("dashboards list --ids 1,b");
        let failure = refused(operation, bind(operation, &arguments).expect_err("is refused"));
        assert_eq!(failure.detail, "--ids must be integers, separated by commas");
        assert_eq!(failure.kind.exit_code(), 3);
    }

    #[test]
    fn a_table_has_the_columns_of_the_row() {
        let operation = find("dashboards.list").expect("a row");
        let list = json!([{"id": 77001, "title": "Weekly KPIs", "is_private": false}, {"id": 2}]);
        assert_eq!(table(operation, &list), "ID     TITLE\n77001  Weekly KPIs\n2\n");
        assert_eq!(table(operation, &json!([])), "(none)");
    }
}
