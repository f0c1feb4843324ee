//! What a flag of `mp ask` is: a row that says how it is written, which argument of the query it sets, and how its value is read.

use serde_json::Value;

use crate::command::Values;

/// A flag, or an argument without one.
pub(crate) struct Flag {
    /// Its name: `--name`, or for an argument without a flag what it is called.
    pub(crate) name: &'static str,
    /// Its letter.
    pub(crate) letter: Option<char>,
    /// What stands for its value in the help.
    pub(crate) value: &'static str,
    /// A line about it.
    pub(crate) help: &'static str,
    /// The argument of the query that it sets.
    pub(crate) argument: &'static str,
    /// How its value is read.
    pub(crate) takes: Takes,
    /// What a shell is offered for it.
    pub(crate) names: Option<Values>,
}

/// The arguments that a value sets, and what there is to say of it.
pub(crate) type Made = (Vec<(&'static str, Value)>, Option<String>);

/// How a value is read.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    /// None: it stands for this word.
    Says(&'static str),
    /// None: it means yes.
    Yes,
    /// None: it means no limit.
    Null,
    /// A text.
    Text,
    /// A text, as often as wanted.
    Texts,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Whole numbers with commas.
    Wholes,
    /// Texts with commas.
    Names,
    /// A day, or a word for one; whether it is the last of a range.
    Day(bool),
    /// What a function makes of it, which may be several arguments.
    Made(fn(&str) -> Result<Made, String>),
    /// What a function makes of it, as often as wanted: members of a list.
    Each(fn(&str) -> Result<Value, String>),
    /// Tests of the language of filters, as often as wanted: all of them must pass.
    Tests,
    /// A number and a name: this many words.
    Pair(fn(&str, &str) -> Result<Made, String>),
    /// Nothing, or `=N`.
    Maybe(fn(&str) -> Result<Made, String>),
}

impl Flag {
    /// Returns an option.
    pub(crate) const fn new(
        name: &'static str,
        value: &'static str,
        argument: &'static str,
        takes: Takes,
        help: &'static str,
    ) -> Self {
        Self { name, letter: None, value, help, argument, takes, names: None }
    }

    /// Returns a switch.
    pub(crate) const fn switch(name: &'static str, argument: &'static str, takes: Takes, help: &'static str) -> Self {
        Self::new(name, "", argument, takes, help)
    }

    /// Gives it a letter.
    pub(crate) const fn letter(self, letter: char) -> Self {
        Self { letter: Some(letter), ..self }
    }

    /// Says what a shell is offered for it.
    pub(crate) const fn names(self, names: Values) -> Self {
        Self { names: Some(names), ..self }
    }

    /// Returns whether it may be given more than once.
    pub(crate) const fn repeats(&self) -> bool {
        matches!(self.takes, Takes::Texts | Takes::Each(_) | Takes::Tests | Takes::Names | Takes::Wholes)
    }

    /// Returns whether it has no value.
    pub(crate) const fn is_switch(&self) -> bool {
        matches!(self.takes, Takes::Says(_) | Takes::Yes | Takes::Null)
    }
}
