//! From a command line to the arguments of a query. All problems are found at once.

use clap::ArgMatches;
use jiff::civil::Date;
use mp_catalog::dates::{self, End};
use mp_proto::failure::{Failure, FailureKind, Problem, Problems};
use serde_json::{Map, Value};

use super::expression;
use super::flag::{Flag, Made, Takes};
use super::form::Form;
use super::values;
use crate::operation::source::{self, Stdin};

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The arguments of the query.
    pub(super) arguments: Map<String, Value>,
    /// Which flag has set which of them, as it is written.
    pub(super) by: Vec<(&'static str, String)>,
    /// What there is to say of it.
    pub(super) notes: Vec<String>,
    problems: Problems,
}

/// A value that a flag has made, and how it is joined with others of the same argument.
enum Part {
    /// It is the argument.
    Whole(Value),
    /// It is a member of a list, at this place of the command line.
    Member(usize, Value),
}

/// Returns a flag as it is written.
pub(super) fn written(flag: &Flag, form: &Form) -> String {
    let is_word = form.words.iter().any(|word| word.name == flag.name);
    if is_word { flag.name.to_owned() } else { format!("--{}", flag.name) }
}

/// Reads a command line. Days in words are seen from `today`.
///
/// # Errors
/// When something in it is wrong: all of it is told.
pub(super) fn read(form: &Form, matches: &ArgMatches, mut stdin: Stdin, today: Date) -> Result<Asked, Failure> {
    let mut asked = Asked::default();
    asked.whole(matches, &mut stdin);
    let mut members: Vec<(&'static str, usize, Value)> = Vec::new();
    for flag in form.all() {
        let typed = written(flag, form);
        let is_list = matches!(flag.takes, Takes::Each(_) | Takes::Texts | Takes::Tests);
        match made(flag, matches, today) {
            Ok(None) => {}
            Ok(Some((values, note))) => {
                asked.notes.extend(note);
                for (argument, value) in values {
                    match value {
                        Part::Whole(value) => asked.set(argument, value, &typed),
                        Part::Member(at, value) => members.push((argument, at, value)),
                    }
                }
                if is_list {
                    asked.claim(flag.argument, &typed, true);
                }
            }
            Err(problems) => problems.into_iter().for_each(|problem| asked.problems.add(typed.clone(), problem)),
        }
    }
    asked.join(members);
    asked.imply(form);
    asked.checked(form)
}

/// Returns what a flag makes of what was given for it; none when nothing was.
fn made(flag: &Flag, matches: &ArgMatches, today: Date) -> Result<Option<MadeHere>, Vec<String>> {
    if flag.is_switch() {
        let value = match flag.takes {
            Takes::Says(word) => word.into(),
            Takes::Null => Value::Null,
            _ => true.into(),
        };
        return Ok(matches.get_flag(flag.name).then(|| (vec![(flag.argument, Part::Whole(value))], None)));
    }
    let Some(texts) = matches.get_many::<String>(flag.name) else { return Ok(None) };
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    let places: Vec<usize> = matches.indices_of(flag.name).into_iter().flatten().collect();
    let first = texts.first().copied().unwrap_or_default();
    let one = |value: Result<Value, String>| value.map(|value| (vec![(flag.argument, value)], None));
    let whole = |made: Result<Made, String>| {
        let (values, note) = made.map_err(|problem| vec![problem])?;
        let values = values.into_iter().map(|(argument, value)| (argument, Part::Whole(value))).collect();
        Ok(Some((values, note)))
    };
    match flag.takes {
        Takes::Each(read) => listed(flag, &texts, &places, |text| read(text).map(|value| vec![value])),
        Takes::Texts => listed(flag, &texts, &places, |text| Ok(vec![text.into()])),
        Takes::Tests => listed(flag, &texts, &places, tests),
        Takes::Names => whole(one(Ok(parts(&texts).map(Value::from).collect()))),
        Takes::Wholes => whole(one(parts(&texts).map(values::whole).collect())),
        Takes::Whole => whole(one(values::whole(first))),
        Takes::Number => whole(one(values::number(first))),
        Takes::Day(is_last) => whole(one(Ok(day(first, is_last, today)))),
        Takes::Made(read) | Takes::Maybe(read) => whole(read(first)),
        Takes::Pair(read) => whole(read(first, texts.get(1).copied().unwrap_or_default())),
        Takes::Text | Takes::Word(_) | Takes::Says(_) | Takes::Yes | Takes::Null => whole(one(Ok(first.into()))),
    }
}

type MadeHere = (Vec<(&'static str, Part)>, Option<String>);

/// Reads each of several texts. What is wrong with any of them is told.
fn listed(
    flag: &Flag,
    texts: &[&str],
    places: &[usize],
    read: impl Fn(&str) -> Result<Vec<Value>, String>,
) -> Result<Option<MadeHere>, Vec<String>> {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for (at, text) in texts.iter().enumerate() {
        let place = places.get(at).copied().unwrap_or(at);
        match read(text) {
            Ok(members) => values.extend(members.into_iter().map(|value| (flag.argument, Part::Member(place, value)))),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(Some((values, None))) } else { Err(problems) }
}

/// Reads the tests of an expression.
///
/// # Errors
/// When it is none: the text, and where it goes wrong.
pub(crate) fn tests(text: &str) -> Result<Vec<Value>, String> {
    let tests = expression::parse(text).map_err(|mistake| mistake.shown(text))?;
    Ok(tests.iter().map(expression::Test::json).collect())
}

/// Returns the parts of lists with commas.
fn parts<'a>(texts: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|part| !part.is_empty())
}

fn day(text: &str, is_last: bool, today: Date) -> Value {
    let end = if is_last { End::To } else { End::From };
    dates::day(text, end, today).map_or_else(|| text.into(), |day| day.to_string().into())
}

impl Asked {
    /// Takes what was given as a whole: arguments, or the body of the query.
    fn whole(&mut self, matches: &ArgMatches, stdin: &mut Stdin) {
        let mut json = |id: &str| {
            let text = matches.get_one::<String>(id)?;
            let read = object(text, stdin).map_err(|problem| self.problems.add(format!("--{id}"), problem));
            read.ok()
        };
        let (arguments, params) = (json("args"), json("params"));
        if let Some(arguments) = arguments {
            self.arguments = arguments;
        }
        if let Some(params) = params {
            self.set("params", params.into(), "--params");
        }
    }

    fn set(&mut self, argument: &'static str, value: Value, by: &str) {
        if self.claim(argument, by, false) {
            self.arguments.insert(argument.to_owned(), value);
        }
    }

    /// Notes that a flag sets an argument. Two that set the same contradict each other, unless both add to a list.
    fn claim(&mut self, argument: &'static str, by: &str, is_list: bool) -> bool {
        let other = self.by.iter().find(|(known, _)| *known == argument).map(|(_, other)| other.clone());
        let is_joined = is_list && argument == "events";
        if let Some(other) = other.filter(|other| other != by && !is_joined) {
            self.problems.add(by, format!("cannot go with {other}"));
            return false;
        }
        self.by.push((argument, by.to_owned()));
        true
    }

    /// Makes lists of their members, in the order in which they were typed.
    fn join(&mut self, mut members: Vec<(&'static str, usize, Value)>) {
        members.sort_by_key(|(_, at, _)| *at);
        let mut lists: Vec<(&'static str, Vec<Value>)> = Vec::new();
        for (argument, _, value) in members {
            match lists.iter_mut().find(|(known, _)| *known == argument) {
                Some((_, list)) => list.push(value),
                None => lists.push((argument, vec![value])),
            }
        }
        for (argument, list) in lists {
            self.arguments.insert(argument.to_owned(), list.into());
        }
    }

    /// Says that a query is for profiles, where only its flags say so.
    fn imply(&mut self, form: &Form) {
        let is_given = |argument: &str| self.by.iter().any(|(known, _)| *known == argument);
        let has = |argument: &str| self.arguments.contains_key(argument);
        let says = ["mode", "aggregate", "segment_by", "params"].into_iter().any(has);
        if !says && form.of_profiles.iter().any(|flag| is_given(flag.argument)) {
            self.arguments.insert("mode".to_owned(), "profiles".into());
        }
    }

    fn checked(self, form: &Form) -> Result<Self, Failure> {
        let problems = self.problems.clone();
        problems.check(Some(self)).map_err(|problems| refused(form, problems))
    }
}

/// Reads an object: JSON, a file `@FILE`, or standard input.
fn object(text: &str, stdin: &mut Stdin) -> Result<Map<String, Value>, String> {
    let text = match text.strip_prefix('@') {
        Some(path) => source::text(path, stdin)?,
        None if text == "-" => source::text("-", stdin)?,
        None => text.to_owned(),
    };
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("must be a JSON object".to_owned()),
        Err(error) => Err(format!("must be a JSON object, @FILE or -: {error}")),
    }
}

/// Returns the failure of problems. Where one has lines of its own, all stand below each other.
pub(super) fn refused(form: &Form, problems: Vec<Problem>) -> Failure {
    let command = format!("ask {}", form.name);
    let said = |problem: &Problem| format!("{}: {}", problem.at, problem.detail);
    let failure = match problems.as_slice() {
        [one] => Failure::new(FailureKind::InvalidArgument, said(one)),
        all if all.iter().any(|one| one.detail.contains('\n')) => {
            let lines: Vec<String> = all.iter().map(said).collect();
            Failure::new(
                FailureKind::InvalidArgument,
                format!("mp {command} cannot be run like this\n{}", lines.join("\n")),
            )
        }
        _ => {
            Failure::new(FailureKind::InvalidArgument, format!("mp {command} cannot be run like this")).errors(problems)
        }
    };
    failure.next(format!("mp {command} --help"), "see what it takes")
}
