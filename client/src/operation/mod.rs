//! The commands that the catalog makes: arguments from the parameters of a row ([`arguments`]), one call of the generic route
//! ([`request`]), the answer as the row says ([`answer`], [`table`]). Nothing here knows a single operation.

mod answer;
pub(crate) mod arguments;
pub(crate) mod binding;
mod branch;
mod confirmation;
#[cfg(test)]
mod reference;
mod request;
pub(crate) mod source;
mod table;

use clap::ArgMatches;
use mp_catalog::{Operation, OperationCall, Shape};
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::Failure;

use crate::call::{Call, session_flags};
use crate::output::Usual;
use source::Stdin;

pub(crate) use branch::branch;

/// Runs an operation.
///
/// # Errors
/// When its arguments are wrong, a person does not want it, or those of the route.
pub(crate) async fn run(operation: &'static Operation, matches: &ArgMatches) -> Result<(), Failure> {
    let usual = if operation.reply.audience.is_some_and(|fields| fields.is_usual) { Usual::Text } else { Usual::Data };
    let mut call = Call::prepare(matches, &session_flags(matches), usual)?;
    let refresh = operation.reply.kept && matches.get_flag("refresh");
    let typed = arguments::read(operation, matches, Stdin::of_this_process());
    let bound = binding::bound(operation, &typed)?;
    let output = arguments::output(operation, matches);
    if let Some((name, path)) = &output {
        answer::check(operation, name, path)?;
    }
    call.allow(UPSTREAM);
    if let Some(touches) = operation.touches.filter(|_| matches.get_flag("dry-run")) {
        return confirmation::show_touched(&mut call, &touches, &bound.arguments).await;
    }
    if confirmation::may_ask(operation) && !matches.get_flag("yes") {
        confirmation::ask(operation, &bound)?;
    }
    let asked = OperationCall {
        arguments: typed.arguments,
        refresh,
        strict: matches.get_flag("strict"),
        ..OperationCall::default()
    };
    let path = output.as_ref().map(|(_, path)| path.as_str());
    if operation.reply.shape == Shape::Bytes {
        let streaming =
            request::bytes(&mut call, operation, &asked).await.map_err(|failure| binding::told(operation, failure))?;
        return answer::bytes(streaming, path).await;
    }
    let value = match typed.upload {
        None => request::ask(&mut call, operation.id, &asked).await,
        Some(file) => request::upload(&mut call, operation, &asked, file).await,
    };
    let is_for_programs = matches.get_one::<String>("format").is_some_and(|format| format.starts_with("json"));
    let value = value.map_err(|failure| binding::shortened(binding::told(operation, failure), is_for_programs))?;
    answer::value(&mut call, operation, value, &bound.arguments, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::parsed as parsed_line;
    use crate::offer::{self, offered};
    use binding::refused;
    use mp_catalog::{Kind, bind};
    use serde_json::{Map, Value, json};

    fn named(matches: &ArgMatches) -> Option<(&'static Operation, &ArgMatches)> {
        let (mut words, mut at) = (Vec::new(), matches);
        while let Some((word, inside)) = at.subcommand() {
            words.push(word);
            at = inside;
        }
        offer::named(&words).map(|operation| (operation, at))
    }

    fn definition() -> Stdin {
        Stdin::holding(
            r#"{"behavior": {"type": "funnel"}, "measurement": {"math": "total"}, "sections": {"show": [{"type": "metric", "id": 1}]},
               "displayOptions": {}}"#,
        )
    }

    fn parsed(words: &[&str]) -> (&'static Operation, Map<String, Value>) {
        let matches = parsed_line(words);
        let (operation, inside) = named(&matches).expect("an operation");
        (operation, arguments::read(operation, inside, definition()).arguments)
    }

    /// A letter may stand for a global option and for one of a command; a name may not, for nobody could tell whose value it is.
    #[test]
    fn no_parameter_has_the_name_of_a_global_option() {
        let root = crate::commands::tree();
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
        let matches = parsed_line(&line);
        let (operation, inside) = named(&matches).expect("an operation");
        assert_eq!(arguments::read(operation, inside, definition()).arguments["property"], "country");
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
        let matches = parsed_line(line);
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
