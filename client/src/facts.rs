//! The command tree beside the facts of the Python tool's (`tests/conformance/facts/commands.json`): every leaf with its arguments,
//! options, letters, choices, defaults and variables.

use clap::{Arg, ArgAction, Command};
use mp_catalog::{Kind, Operation, Param, all};
use serde_json::Value;

use crate::commands::tree;

/// What is not the same, and why. A row that is not needed fails.
const DIFFERENCES: &[(&str, &str)] = &[
    ("help --format: choices", "the five formats of every command; the text is shown when none is asked for"),
    (
        "reports create --dashboard-id: required",
        "nothing can be sent without it, which is told with all other problems",
    ),
    ("reports link --name: default", "the default is the empty text, which is not sent"),
    ("reports link --description: default", "the default is the empty text, which is not sent"),
];

fn facts() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/facts/commands.json");
    let text = std::fs::read_to_string(path).expect("the facts are in the repository");
    serde_json::from_str(&text).expect("JSON")
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn leaf<'a>(root: &'a Command, words: &str) -> Option<&'a Command> {
    words.split(' ').try_fold(root, |command, word| command.find_subcommand(word))
}

/// Returns what is not as the facts say.
fn differences() -> Vec<String> {
    let (facts, mut root) = (facts(), tree());
    root.build();
    let mut found = Vec::new();
    for option in list(&facts, "global_options") {
        compare(&root, None, "mp", option, &mut found);
    }
    for (words, of) in facts["commands"].as_object().expect("an object") {
        let Some(command) = leaf(&root, words) else {
            found.push(words.clone());
            continue;
        };
        let operation = all().find(|row| row.command.join(" ") == *words);
        positionals(command, operation, words, of, &mut found);
        for option in list(of, "options") {
            compare(command, operation, words, option, &mut found);
        }
    }
    found
}

fn positionals(command: &Command, operation: Option<&Operation>, words: &str, of: &Value, found: &mut Vec<String>) {
    let ours: Vec<&Arg> = command.get_positionals().collect();
    if ours.len() != list(of, "arguments").count() {
        found.push(format!("{words}: {} arguments", ours.len()));
    }
    for (arg, fact) in ours.iter().zip(list(of, "arguments")) {
        let name = text(fact, "name");
        let param = param(operation, name);
        let is_many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        let is_required = param.map_or(arg.is_required_set(), |param| param.required);
        for (differs, what) in [
            (is_required != (fact["required"] == true), "required"),
            (is_many != (fact["multiple"] == true), "multiple"),
            (operation.is_some() && param.is_none(), "name"),
        ] {
            if differs {
                found.push(format!("{words} {name}: {what}"));
            }
        }
    }
}

fn param(operation: Option<&Operation>, name: &str) -> Option<&'static Param> {
    operation?.params.iter().find(|param| param.name == name)
}

fn compare(command: &Command, operation: Option<&Operation>, words: &str, fact: &Value, found: &mut Vec<String>) {
    let flags: Vec<&str> =
        list(fact, "flags").filter_map(Value::as_str).map(|flag| flag.trim_start_matches('-')).collect();
    let arg_of = |flag: &str| {
        command
            .get_arguments()
            .find(|arg| arg.get_long() == Some(flag) || arg.get_all_aliases().is_some_and(|all| all.contains(&flag)))
    };
    let missing: Vec<&str> = flags.iter().copied().filter(|flag| arg_of(flag).is_none()).collect();
    found.extend(missing.iter().map(|flag| format!("{words} --{flag}")));
    let Some(arg) = flags.first().and_then(|flag| arg_of(flag)) else { return };
    let long = arg.get_long().unwrap_or_default();
    let param = param(operation, &long.replace('-', "_"));
    let mut differs = |is: bool, what: &str| {
        if is {
            found.push(format!("{words} --{long}: {what}"));
        }
    };
    let letter = text(fact, "short").trim_start_matches('-').chars().next();
    differs(letter.is_some() && arg.get_short() != letter, "letter");
    differs(param.map_or(arg.is_required_set(), |param| param.required) != (fact["required"] == true), "required");
    let is_many = param.map_or(matches!(arg.get_action(), ArgAction::Append), |param| param.repeats);
    differs(is_many != (fact["multiple"] == true), "multiple");
    let takes_value =
        param.map_or(arg.get_action().takes_values(), |param| !matches!(param.kind, Kind::Flag | Kind::Toggle));
    differs(takes_value == (fact["type"] == "flag"), "takes a value");
    let choices: Vec<&str> = list(fact, "choices").filter_map(Value::as_str).collect();
    let of_clap: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let ours: Vec<&str> = match param {
        Some(param) => param.kind.choices().to_vec(),
        None => of_clap.iter().map(String::as_str).collect(),
    };
    differs(choices.iter().any(|word| !ours.contains(word)), "choices");
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if let Some(default) = fact["default"].as_str() {
        let of_clap = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
        let ours = param.map_or(of_clap.as_deref(), |param| param.default);
        // The format of a command that shows tables or JSON is not clap's to say.
        differs(
            long != "format" && ours != Some(default) && !help.contains(&format!("[default: {default}")),
            "default",
        );
    }
    if let Some(variable) = fact["envvar"].as_str() {
        differs(!help.contains(&format!("[env: {variable}")), "variable");
    }
}

#[test]
fn every_command_has_what_the_python_tool_has() {
    let found = differences();
    let unknown: Vec<&String> = found.iter().filter(|one| !DIFFERENCES.iter().any(|(what, _)| what == one)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    for (what, _) in DIFFERENCES {
        assert!(found.iter().any(|one| one == what), "{what} is no difference any more");
    }
}
