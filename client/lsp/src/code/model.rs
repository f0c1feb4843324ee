//! What tracking code says, and where.

use std::ops::Range;

/// A call that tells Mixpanel something.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// What it is about.
    pub subject: Subject,
    /// Whether the event is sent by it, not only named.
    pub sends: bool,
    /// The name of the method, in the text.
    pub method: Range<usize>,
    /// The event, if it says which.
    pub event: Option<Named>,
    /// Where the event stands or would stand, in the text.
    pub event_at: Option<Range<usize>>,
    /// The properties that it names.
    pub properties: Vec<Entry>,
    /// Where more of them may stand: what is between the brackets.
    pub rooms: Vec<Range<usize>>,
}

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An event and its properties.
    Event,
    /// Properties that all events get.
    Super,
    /// Properties of users.
    User,
    /// Properties of a group.
    Group,
}

/// A name that the code uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub text: String,
    /// Where it is used: the inside of the quotes, or the constant.
    pub at: Range<usize>,
    /// Where it is written, without its quotes; none where it cannot be changed, such as a bare key.
    pub written: Option<Range<usize>>,
    /// Whether it has been written to its end.
    pub is_whole: bool,
}

/// A property with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: Named,
    /// Its value.
    pub value: Value,
    /// Where the value stands.
    pub value_at: Range<usize>,
}

/// What is known of a value without running the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// This text; where it stands without its quotes.
    Text(String, Range<usize>),
    /// Some text.
    SomeText,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    List,
    /// An object.
    Object,
    /// No value.
    Nothing,
    /// Who knows.
    Computed,
}
