//! What an expression says: tests of properties, of cohorts and of what users did. Each is a filter of a query as JSON, and can be
//! written down again.

use std::fmt::{self, Display, Formatter};

use jiff::civil::Date;
use serde_json::{Map, Number, Value, json};

use super::token::{begins_word, continues_word};

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// Of the value of a property.
    Value {
        /// Whose value.
        property: Property,
        /// The entry of [`OPERATORS`].
        operator: &'static Operator,
        /// What it is held against.
        operand: Operand,
    },
    /// Of the fields of a list of objects.
    Items {
        /// The list.
        property: Property,
        /// Whether all of them must pass, and not any.
        all: bool,
        /// Of one item.
        tests: Vec<Test>,
    },
    /// Whether a user is in a saved cohort.
    Cohort {
        /// Its id.
        id: u64,
        /// Whether those that are in it are left out.
        negated: bool,
    },
    /// How often a user did something.
    Did {
        /// The event.
        event: String,
        /// The entry of [`HOW_OFTEN`].
        operator: &'static (&'static str, &'static str),
        /// How often.
        times: u64,
    },
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Property {
    /// Of an event.
    Event(String),
    /// Of the profile of a user.
    User(String),
    /// A saved custom one.
    Custom(u64),
}

/// What a property is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    /// Nothing.
    Nothing,
    /// Texts, one at least.
    Texts(Vec<String>),
    /// Numbers as JSON has them, one at least.
    Numbers(Vec<String>),
    /// A text.
    Text(String),
    /// A number.
    Number(String),
    /// From a number to another.
    Range(String, String),
    /// A day.
    Day(Date),
    /// From a day to another.
    Days(Date, Date),
    /// So many hours, days, weeks or months.
    Span(u64, &'static str),
}

/// What an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// One value or a list of some, texts or numbers.
    Values,
    Text,
    Number,
    Range,
    Day,
    Days,
    Span,
}

/// A way to test a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// As it is written: one sign, or words.
    pub(crate) words: &'static str,
    /// As the arguments of a query have it.
    pub(crate) op: &'static str,
    /// What follows.
    pub(crate) takes: Takes,
}

const fn operator(words: &'static str, op: &'static str, takes: Takes) -> Operator {
    Operator { words, op, takes }
}

/// The operators. Of several with the same words, the literal decides.
pub(crate) const OPERATORS: &[Operator] = &[
    operator("=", "equals", Takes::Values),
    operator("=", "on", Takes::Day),
    operator("!=", "not_equals", Takes::Values),
    operator("!=", "not_on", Takes::Day),
    operator("in", "equals", Takes::Values),
    operator("not in", "not_equals", Takes::Values),
    operator(">", "greater_than", Takes::Number),
    operator(">=", "at_least", Takes::Number),
    operator(">=", "since", Takes::Day),
    operator("<", "less_than", Takes::Number),
    operator("<", "before", Takes::Day),
    operator("<=", "at_most", Takes::Number),
    operator("contains", "contains", Takes::Text),
    operator("not contains", "not_contains", Takes::Text),
    operator("starts with", "starts_with", Takes::Text),
    operator("ends with", "ends_with", Takes::Text),
    operator("between", "between", Takes::Range),
    operator("between", "date_between", Takes::Days),
    operator("not between", "not_between", Takes::Range),
    operator("not between", "date_not_between", Takes::Days),
    operator("is set", "is_set", Takes::Nothing),
    operator("is not set", "is_not_set", Takes::Nothing),
    operator("is true", "is_true", Takes::Nothing),
    operator("is false", "is_false", Takes::Nothing),
    operator("on", "on", Takes::Day),
    operator("not on", "not_on", Takes::Day),
    operator("before", "before", Takes::Day),
    operator("since", "since", Takes::Day),
    operator("in last", "in_the_last", Takes::Span),
    operator("not in last", "not_in_the_last", Takes::Span),
    operator("in next", "in_the_next", Takes::Span),
];

/// How often something was done: as it is written, and as the arguments of a query have it.
pub(crate) const HOW_OFTEN: &[(&str, &str)] = &[
    (">=", "is at least"),
    ("<=", "is at most"),
    (">", "is greater than"),
    ("<", "is less than"),
    ("=", "is equal to"),
];

/// Words that begin no name, unless it stands in quotes.
pub(super) const RESERVED: [&str; 5] = ["and", "or", "not", "in", "did"];

/// What stands before the name of a property of a user.
pub(super) const USER: &str = "user.";

/// The first entry with a meaning, which stands for all others with it: two ways to write one test are one test.
pub(super) fn operator_of(op: &str, takes: Takes) -> &'static Operator {
    OPERATORS.iter().find(|one| one.op == op && one.takes == takes).expect("it is an entry of the table")
}

impl Property {
    /// Returns it as the arguments of a query have it, and the resource that it is of where that is not an event.
    pub(crate) fn json(&self) -> (Value, Option<&'static str>) {
        match self {
            Self::Event(name) => (name.as_str().into(), None),
            Self::User(name) => (name.as_str().into(), Some("people")),
            Self::Custom(id) => (json!({"custom_property": id}), None),
        }
    }
}

impl Test {
    /// Returns it as the arguments of a query have it.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Value { property, operator, operand } => {
                let mut filter = of(property);
                filter.insert("op".to_owned(), operator.op.into());
                operand.add_to(&mut filter);
                filter.into()
            }
            Self::Items { property, all, tests } => {
                let mut filter = of(property);
                filter.insert("op".to_owned(), "list_contains".into());
                filter.insert("items".to_owned(), tests.iter().map(Self::json).collect());
                filter.insert("quantifier".to_owned(), if *all { "all" } else { "any" }.into());
                filter.into()
            }
            Self::Cohort { id, negated: false } => json!({"cohort": id}),
            Self::Cohort { id, negated: true } => json!({"cohort": id, "negated": true}),
            Self::Did { event, operator, times } => {
                json!({"frequency": {"event": event, "operator": operator.1, "value": times}})
            }
        }
    }
}

fn of(property: &Property) -> Map<String, Value> {
    let (value, resource) = property.json();
    let resource = resource.map(|resource| ("resource_type".to_owned(), resource.into()));
    Map::from_iter(std::iter::once(("property".to_owned(), value)).chain(resource))
}

fn number(text: &str) -> Value {
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

impl Operand {
    fn add_to(&self, filter: &mut Map<String, Value>) {
        let value = match self {
            Self::Nothing => return,
            Self::Texts(texts) => one_or_all(texts.iter().map(|text| text.as_str().into()).collect()),
            Self::Numbers(numbers) => {
                filter.insert("type".to_owned(), "number".into());
                one_or_all(numbers.iter().map(|text| number(text)).collect())
            }
            Self::Text(text) => text.as_str().into(),
            Self::Number(text) => number(text),
            Self::Range(low, high) => json!([number(low), number(high)]),
            Self::Day(day) => day.to_string().into(),
            Self::Days(from, to) => json!([from.to_string(), to.to_string()]),
            Self::Span(count, unit) => {
                filter.insert("unit".to_owned(), (*unit).into());
                (*count).into()
            }
        };
        filter.insert("value".to_owned(), value);
    }
}

fn one_or_all(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.remove(0) } else { values.into() }
}

/// A text in quotes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let text = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(out, "\"{}\"", text.replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r"))
    }
}

impl Display for Property {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let is_word = |name: &str| name.starts_with(begins_word) && name.chars().all(continues_word);
        match self {
            Self::Event(name) if is_word(name) && !is_reserved(name) && !is_of_user(name) => out.write_str(name),
            Self::Event(name) => Quoted(name).fmt(out),
            Self::User(name) if is_word(name) => write!(out, "{USER}{name}"),
            Self::User(name) => write!(out, "{USER}{}", Quoted(name)),
            Self::Custom(id) => write!(out, "custom({id})"),
        }
    }
}

/// Whether a word begins no name.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

fn is_of_user(word: &str) -> bool {
    word.starts_with(USER)
}

impl Display for Operand {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Texts(texts) => listed(out, texts.iter().map(|text| Quoted(text))),
            Self::Numbers(numbers) => listed(out, numbers.iter()),
            Self::Text(text) => write!(out, " {}", Quoted(text)),
            Self::Number(number) => write!(out, " {number}"),
            Self::Range(low, high) => write!(out, " {low} and {high}"),
            Self::Day(day) => write!(out, " {day}"),
            Self::Days(from, to) => write!(out, " {from} and {to}"),
            Self::Span(count, unit) => write!(out, " {count} {unit}s"),
        }
    }
}

/// Writes one value, or several in parentheses.
fn listed(out: &mut Formatter<'_>, values: impl ExactSizeIterator<Item = impl Display>) -> fmt::Result {
    let is_one = values.len() == 1;
    out.write_str(if is_one { " " } else { " (" })?;
    for (at, value) in values.enumerate() {
        write!(out, "{}{value}", if at > 0 { ", " } else { "" })?;
    }
    out.write_str(if is_one { "" } else { ")" })
}

impl Display for Test {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { property, operator, operand } => {
                let is_list = matches!(operand, Operand::Texts(all) | Operand::Numbers(all) if all.len() > 1);
                let words = match operator.op {
                    "equals" if is_list => "in",
                    "not_equals" if is_list => "not in",
                    _ => operator.words,
                };
                write!(out, "{property} {words}{operand}")
            }
            Self::Items { property, all, tests } => {
                write!(out, "{property} {} (", if *all { "all" } else { "any" })?;
                for (at, test) in tests.iter().enumerate() {
                    write!(out, "{}{test}", if at > 0 { " and " } else { "" })?;
                }
                out.write_str(")")
            }
            Self::Cohort { id, negated } => write!(out, "{}in cohort {id}", if *negated { "not " } else { "" }),
            Self::Did { event, operator, times } => write!(out, "did {} {} {times}", Quoted(event), operator.0),
        }
    }
}
