//! Parameters as clap has them, and their values as they were typed.

use clap::{Arg, ArgAction, ArgMatches};
use mp_proto::catalog::{Kind, Operation, Param};
use serde_json::{Map, Value};

use crate::tree::{option, positional, switch};

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
            let arg = positional(param.name, value_name(param), "").help(help);
            vec![arg.allow_negative_numbers(is_number(param.kind))]
        }
        _ => {
            let arg = with_letter(option(param.name, value_name(param), "").long(name).help(help));
            let action = if param.repeats { ArgAction::Append } else { ArgAction::Set };
            vec![arg.action(action).allow_negative_numbers(is_number(param.kind))]
        }
    }
}

const fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Ints)
}

/// Returns what stands for the value in a line of help.
pub(super) const fn value_name(param: &Param) -> &'static str {
    match param.kind {
        Kind::Int => "N",
        Kind::Ints => "N,N",
        Kind::List => "TEXT,TEXT",
        Kind::Date => "DATE",
        Kind::Property => "PROPERTY",
        Kind::JsonObject => "JSON",
        Kind::OneOf(_) => "WORD",
        Kind::Str | Kind::Flag | Kind::Toggle => "TEXT",
    }
}

/// Returns the help of a parameter, with the words it may be and its default.
pub(super) fn help(param: &Param) -> String {
    let mut help = param.help.to_owned();
    if let Kind::OneOf(words) = param.kind {
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
fn long(param: &Param) -> &'static str {
    if param.name.contains('_') { param.name.replace('_', "-").leak() } else { param.name }
}

fn opposite(param: &Param) -> &'static str {
    format!("no-{}", long(param)).leak()
}

/// Returns a parameter as it is typed: `--name`, or `NAME` for one without a flag.
pub(super) fn typed(param: &Param) -> String {
    if param.positional { param.name.to_uppercase() } else { format!("--{}", param.name.replace('_', "-")) }
}

/// Returns the arguments as they were typed; binding understands texts.
pub(super) fn given(operation: &Operation, matches: &ArgMatches) -> Map<String, Value> {
    let one = |param: &Param| Some((param.name.to_owned(), value(param, matches)?));
    operation.params.iter().filter_map(one).collect()
}

fn value(param: &Param, matches: &ArgMatches) -> Option<Value> {
    match param.kind {
        Kind::Flag => matches.get_flag(param.name).then_some(Value::Bool(true)),
        Kind::Toggle => match (matches.get_flag(param.name), matches.get_flag(opposite(param))) {
            (true, _) => Some(Value::Bool(true)),
            (false, true) => Some(Value::Bool(false)),
            (false, false) => None,
        },
        _ if param.repeats => {
            let texts = matches.get_many::<String>(param.name)?;
            Some(texts.map(|text| Value::from(text.as_str())).collect())
        }
        _ => matches.get_one::<String>(param.name).map(|text| Value::from(text.as_str())),
    }
}
