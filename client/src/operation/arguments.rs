//! Parameters as clap has them, and their values as they were typed.

use clap::{Arg, ArgAction, ArgMatches};
use mp_catalog::{Kind, Operation, Param};
use mp_proto::failure::Problems;
use serde_json::{Map, Value};

use super::source::{self, Stdin};
use crate::arg::{option, positional, switch};
use crate::transport::Content;

/// Returns the arguments of a parameter: one, or two for a toggle. Whether a value is good, and whether one that is needed is there, is
/// not for clap to say: all problems are told at once.
pub(super) fn of(param: &'static Param) -> Vec<Arg> {
    let (name, help) = (long(param), help(param));
    let with_letter = |arg: Arg| match param.short {
        Some(letter) => arg.short(letter),
        None => arg,
    };
    match param.kind {
        Kind::Flag => vec![with_letter(switch(param.name, "").long(name).help(help))],
        Kind::Toggle => {
            let (yes, no) = (param.name, opposite(param));
            let yes_arg = with_letter(switch(yes, "").long(name).help(help).overrides_with(no));
            vec![yes_arg, switch(no, "").long(no).help(format!("The opposite of --{name}")).overrides_with(yes)]
        }
        _ if param.positional => {
            let arg = positional(param.name, typed(param).leak(), "").help(help).required(param.required);
            let arg = if param.repeats { arg.action(ArgAction::Append).num_args(1..) } else { arg };
            vec![arg.allow_negative_numbers(is_number(param.kind))]
        }
        _ => {
            let arg = with_letter(option(param.name, value_name(param), "").long(name).help(help));
            let arg = if let Some(also) = param.also { arg.visible_alias(also) } else { arg };
            let is_many = param.repeats || is_list(param.kind);
            let action = if is_many { ArgAction::Append } else { ArgAction::Set };
            vec![arg.action(action).allow_negative_numbers(true).allow_hyphen_values(param.kind == Kind::Date)]
        }
    }
}

const fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Ints)
}

const fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::List | Kind::Names | Kind::Ints)
}

/// Returns what stands for the value in a line of help.
pub(super) const fn value_name(param: &Param) -> &'static str {
    match param.kind {
        Kind::Int => "N",
        Kind::Ints => "N,N",
        Kind::List | Kind::Names => "TEXT,TEXT",
        Kind::Date => "DATE",
        Kind::Property => "PROPERTY",
        Kind::Json(_) => "JSON",
        Kind::OneOf(_) | Kind::AnyCase(_) => "WORD",
        Kind::JsonFile | Kind::TextFile | Kind::File | Kind::Output => "FILE",
        Kind::Str | Kind::Id | Kind::Secret | Kind::Flag | Kind::Toggle => "TEXT",
    }
}

/// Returns the help of a parameter, with the words it may be and its default.
pub(super) fn help(param: &Param) -> String {
    let mut help = param.help.to_owned();
    if matches!(param.kind, Kind::List | Kind::Names) && !param.repeats {
        help.push_str("; given several times, each is one name");
    }
    let words = param.kind.choices();
    if !words.is_empty() {
        help.push_str(&format!(": {}", words.join(", ")));
    }
    match (param.default, param.required && !param.positional) {
        (Some(default), _) => help.push_str(&format!(" [default: {default}]")),
        (None, true) => help.push_str(" [required]"),
        (None, false) => {}
    }
    help
}

/// Returns the name of a parameter as an option has it. clap wants names that live as long as the program; the few letters do.
pub(crate) fn long(param: &Param) -> &'static str {
    if param.name.contains('_') { param.name.replace('_', "-").leak() } else { param.name }
}

fn opposite(param: &Param) -> &'static str {
    format!("no-{}", long(param)).leak()
}

/// Returns a parameter as it is typed: `--name`, or `NAME` for one without a flag.
pub(super) fn typed(param: &Param) -> String {
    if param.positional { param.name.to_uppercase() } else { format!("--{}", param.name.replace('_', "-")) }
}

/// What was typed.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    /// Arguments as texts, which binding understands, and what was read of files.
    pub(crate) arguments: Map<String, Value>,
    /// A file that is sent as it is.
    pub(super) upload: Option<Content>,
    /// What could not be read.
    pub(crate) problems: Problems,
}

/// Returns what was typed. JSON may be in a file, `@FILE`, or on standard input, `-`; so may what a file is asked for.
pub(crate) fn read(operation: &Operation, matches: &ArgMatches, mut stdin: Stdin) -> Typed {
    let mut typed = Typed::default();
    for param in operation.params {
        let value = match value(param, matches) {
            Some(value) => value,
            None if stdin.is_piped() && reads_stdin(operation, param, matches) => Value::from("-"),
            None => continue,
        };
        match content(param, value, &mut stdin, &mut typed) {
            Ok(Some(value)) => drop(typed.arguments.insert(param.name.to_owned(), value)),
            Ok(None) => {}
            Err(problem) => typed.problems.add(param.name, problem),
        }
    }
    typed
}

/// Whether a parameter that was not given comes from standard input: it says so, and none was that could take its place.
fn reads_stdin(operation: &Operation, param: &Param, matches: &ArgMatches) -> bool {
    let is_given = |name: &str| {
        let other = operation.params.iter().find(|other| other.name == name);
        other.is_some_and(|other| value(other, matches).is_some())
    };
    param.or_stdin.is_some_and(|others| !others.iter().any(|name| is_given(name)))
}

/// Returns a value, or what is in the file that it names.
fn content(param: &Param, value: Value, stdin: &mut Stdin, typed: &mut Typed) -> Result<Option<Value>, String> {
    let text = value.as_str().unwrap_or_default();
    match param.kind {
        // Whoever types a line ends it.
        Kind::Secret if text == "-" => stdin.text().map(|text| Some(text.trim_end_matches(['\r', '\n']).into())),
        Kind::Json(_) if text == "-" => stdin.text().map(|text| Some(text.into())),
        Kind::Json(_) if text.starts_with('@') => source::text(&text[1..], stdin).map(|text| Some(text.into())),
        Kind::JsonFile | Kind::TextFile => source::text(text, stdin).map(|text| Some(text.into())),
        Kind::File => {
            typed.upload = Some(source::upload(text, stdin)?);
            Ok(None)
        }
        Kind::Output => Ok(None),
        _ => Ok(Some(value)),
    }
}

fn value(param: &Param, matches: &ArgMatches) -> Option<Value> {
    match param.kind {
        Kind::Flag => matches.get_flag(param.name).then_some(Value::Bool(true)),
        Kind::Toggle => match (matches.get_flag(param.name), matches.get_flag(opposite(param))) {
            (true, _) => Some(Value::Bool(true)),
            (false, true) => Some(Value::Bool(false)),
            (false, false) => None,
        },
        kind if is_list(kind) => {
            let texts = matches.get_many::<String>(param.name)?;
            Some(mp_catalog::typed(param, &texts.map(String::as_str).collect::<Vec<_>>()))
        }
        _ if param.repeats => {
            let texts = matches.get_many::<String>(param.name)?;
            Some(texts.map(|text| Value::from(text.as_str())).collect())
        }
        _ => matches.get_one::<String>(param.name).map(|text| Value::from(text.as_str())),
    }
}

/// Returns where the answer is to be written, if not to standard output.
pub(super) fn output(operation: &Operation, matches: &ArgMatches) -> Option<(&'static str, String)> {
    let param = operation.params.iter().find(|param| param.kind == Kind::Output)?;
    matches.get_one::<String>(param.name).map(|path| (param.name, path.clone()))
}

/// Returns a value that a parameter takes, for a try.
#[cfg(test)]
pub(super) fn sample(kind: Kind) -> String {
    match kind {
        Kind::Int | Kind::Ints => "1".to_owned(),
        Kind::Date => "2025-01-31".to_owned(),
        Kind::Json(of) => of.example().to_string(),
        Kind::OneOf(words) | Kind::AnyCase(words) => words[words.len() - 1].to_owned(),
        Kind::JsonFile | Kind::TextFile | Kind::File => "-".to_owned(),
        _ => "x".to_owned(),
    }
}
