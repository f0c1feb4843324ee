//! What an operation takes.

use serde_json::Value;

use super::model::Of;
use super::text::{Least, Text};

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Str,
    /// A text that others should not see. Every process can read command lines, so there it may also be `-`, for standard input.
    Secret,
    /// An id: a text that is not empty, or an integer.
    Id,
    /// An integer.
    Int,
    /// Integers: a list, or a text with commas between them.
    Ints,
    /// Texts: a list, or one text with commas between them. In a query they are the JSON text of the list. If it may be given more than
    /// once, each that is given so is a text as a whole, and there may be none.
    List,
    /// The same, but empty ones do not count.
    Names,
    /// Given or not. On a command line a switch; false is the same as not given.
    Flag,
    /// Yes or no. On a command line two switches, `--name` and `--no-name`.
    Toggle,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A property's bare name, or an expression; a name becomes the expression `properties["name"]`.
    Property,
    /// JSON, or its text. On a command line also `@file`, or `-` for standard input.
    Json(Of),
    /// A JSON object. On a command line the path of a file that holds it, or `-` for standard input.
    JsonFile,
    /// A text. On a command line the path of a file that holds it, or `-` for standard input.
    TextFile,
    /// Bytes of any number: the body of the call, which is streamed. On a command line the path of a file, or `-` for standard input.
    File,
    /// On a command line, the path of what the answer is written to. The daemon knows nothing of it.
    Output,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, in any case; Mixpanel gets it in lower case.
    AnyCase(&'static [&'static str]),
}

impl Kind {
    /// Returns the word for it in a list of operations.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Str | Self::Id => "str",
            Self::Secret => "secret",
            Self::Int => "int",
            Self::Ints => "ints",
            Self::List => "list",
            Self::Flag => "flag",
            Self::Toggle => "toggle",
            Self::Date => "date",
            Self::Property => "property",
            Self::Names => "names",
            Self::Json(_) => "json",
            Self::JsonFile => "json_file",
            Self::TextFile => "text_file",
            Self::File => "file",
            Self::Output => "output",
            Self::OneOf(_) | Self::AnyCase(_) => "one_of",
        }
    }

    /// Returns the words that are allowed; none where they are not limited.
    pub const fn choices(self) -> &'static [&'static str] {
        match self {
            Self::OneOf(words) | Self::AnyCase(words) => words,
            _ => &[],
        }
    }
}

/// Where in the request a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Into the path, as one segment.
    Path,
    /// Into the query.
    Query,
    /// Into the body; a wire name with dots names a field inside of another.
    Body,
    /// Its fields become fields of the body.
    Spread,
    /// Nowhere: only code reads it.
    Local,
}

/// Turns a checked value into what is sent, or refuses it: the error is the end of a sentence that begins with the name of the parameter.
/// Pure.
pub type Through = fn(Value) -> Result<Value, String>;

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name as an argument; with dashes for underscores, that of its option.
    pub name: &'static str,
    /// Its name at Mixpanel.
    pub wire: &'static str,
    /// The letter of its option.
    pub short: Option<char>,
    /// What its value must be.
    pub kind: Kind,
    /// Where the value goes.
    pub slot: Slot,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it may be given more than once. As an argument that is a list.
    pub repeats: bool,
    /// Whether it stands on the command line without a flag.
    pub positional: bool,
    /// The value of one that was not given.
    pub default: Option<&'static str>,
    /// On a command line it comes from standard input when neither it is given nor one of these, which could take its place.
    pub or_stdin: Option<&'static [&'static str]>,
    /// Another name of its option.
    pub also: Option<&'static str>,
    /// What a text must be beside that.
    pub text: Text,
    /// Whether a list may be given that is empty: it means that there are none from now on.
    pub empty: bool,
    /// Whether each part of a text with commas must be something.
    pub strict: bool,
    /// Whether an empty text is the same as none.
    pub empty_is_none: bool,
    /// What is sent in place of the value itself.
    pub through: Option<Through>,
    /// One line.
    pub help: &'static str,
}

impl Param {
    const fn new(name: &'static str, kind: Kind, slot: Slot, help: &'static str) -> Self {
        Self {
            name,
            wire: name,
            short: None,
            kind,
            slot,
            required: false,
            repeats: false,
            positional: false,
            default: None,
            or_stdin: None,
            also: None,
            text: Text::ANY,
            empty: false,
            strict: false,
            empty_is_none: false,
            through: None,
            help,
        }
    }

    /// Whether each of several values is one of its kind. A list that may be given more than once is one list.
    pub const fn is_many(&self) -> bool {
        self.repeats && !matches!(self.kind, Kind::List)
    }

    /// Returns a part of the path, which must be given and stands without a flag.
    pub const fn path(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(name, kind, Slot::Path, help).positional()
    }

    /// Returns a query parameter, which may be left out.
    pub const fn query(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(name, kind, Slot::Query, help)
    }

    /// Returns a field of the body, which may be left out.
    pub const fn body(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(name, kind, Slot::Body, help)
    }

    /// Returns an object whose fields become fields of the body; it may be left out.
    pub const fn spread(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(name, kind, Slot::Spread, help)
    }

    /// Returns one that is not sent by itself, and may be left out.
    pub const fn local(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self::new(name, kind, Slot::Local, help)
    }

    /// It must be given.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It stands without a flag, and must be given.
    pub const fn positional(mut self) -> Self {
        self.positional = true;
        self.required()
    }

    /// It may be left out, though it stands without a flag.
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// It comes from standard input when neither it is given nor one of these.
    pub const fn or_stdin(mut self, others: &'static [&'static str]) -> Self {
        self.or_stdin = Some(others);
        self
    }

    /// Its option has another name, too.
    pub const fn also(mut self, name: &'static str) -> Self {
        self.also = Some(name);
        self
    }

    /// Its text has at most so many characters.
    pub const fn at_most(mut self, characters: usize) -> Self {
        self.text.most = Some(characters);
        self
    }

    /// Its text is not empty.
    pub const fn filled(mut self) -> Self {
        self.text.least = Least::Something;
        self
    }

    /// Its text has more in it than white space.
    pub const fn not_blank(mut self) -> Self {
        self.text.least = Least::Seen;
        self
    }

    /// White space around its text is taken off.
    pub const fn trimmed(mut self) -> Self {
        self.text.trimmed = true;
        self
    }

    /// An empty list of it means none from now on.
    pub const fn or_none(mut self) -> Self {
        self.empty = true;
        self
    }

    /// Nothing may be missing between the commas of its text.
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// An empty text is the same as none.
    pub const fn unless_empty(mut self) -> Self {
        self.empty_is_none = true;
        self
    }

    /// Something is made of its value before it is sent.
    pub const fn through(mut self, through: Through) -> Self {
        self.through = Some(through);
        self
    }

    /// It has a flag, though it is a part of the path.
    pub const fn option(mut self) -> Self {
        self.positional = false;
        self
    }

    /// It may be given more than once.
    pub const fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// It has a letter.
    pub const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    /// Mixpanel has another name for it.
    pub const fn wire(mut self, name: &'static str) -> Self {
        self.wire = name;
        self
    }

    /// It has a value also when it is not given.
    pub const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }
}
