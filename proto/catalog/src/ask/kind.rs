//! How arguments are declared: their names, what JSON they take, and what they are when they are left out.

use super::fault::Code;

/// The JSON that an argument takes.
#[derive(Clone, Copy)]
pub(in crate::ask) enum Kind {
    /// A text, a number, a boolean, or a list of those.
    Plain,
    /// A text.
    Text,
    /// A day, as `YYYY-MM-DD`.
    Date,
    /// A day or seconds since 1970.
    Moment,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list.
    List(&'static Kind),
    /// One, or a list.
    Many(&'static Kind),
    /// An object with known keys.
    Object(&'static Shape),
    /// An object whose keys are free, and whose values are all of one shape.
    Map(&'static Shape),
    /// An object that is sent as it is.
    Free,
    /// One of several, told apart by their JSON type or by a key.
    Choice(&'static Choice),
    /// Known, but never taken: the problem says why.
    Refused,
}

/// What an argument is when it is left out.
#[derive(Clone, Copy)]
pub(in crate::ask) enum Preset {
    None,
    Text(&'static str),
    Int(i64),
    Bool(bool),
}

/// An argument, or a key of an object.
#[derive(Clone, Copy)]
pub(in crate::ask) struct Field {
    pub(in crate::ask) name: &'static str,
    pub(in crate::ask) kind: Kind,
    pub(in crate::ask) about: &'static str,
    pub(in crate::ask) preset: Preset,
    pub(in crate::ask) is_needed: bool,
    /// The code for a needed value that is left out; `ASK_MISSING` when there is none.
    pub(in crate::ask) absent: Option<Code>,
    /// The code for a value that is of another type, or no word of the list; `ASK_TYPE` and `ASK_WORD` when there is none.
    pub(in crate::ask) wrong: Option<Code>,
    /// Whether `null` means something else than leaving it out.
    pub(in crate::ask) takes_null: bool,
}

/// Declares an argument that may be left out.
pub(in crate::ask) const fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, about, preset: Preset::None, is_needed: false, absent: None, wrong: None, takes_null: false }
}

impl Field {
    pub(in crate::ask) const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    pub(in crate::ask) const fn needed_or(mut self, code: Code) -> Self {
        self.is_needed = true;
        self.absent = Some(code);
        self
    }

    pub(in crate::ask) const fn preset(mut self, preset: Preset) -> Self {
        self.preset = preset;
        self
    }

    pub(in crate::ask) const fn word(self, preset: &'static str) -> Self {
        self.preset(Preset::Text(preset))
    }

    pub(in crate::ask) const fn wrong(mut self, code: Code) -> Self {
        self.wrong = Some(code);
        self
    }

    pub(in crate::ask) const fn nullable(mut self) -> Self {
        self.takes_null = true;
        self
    }
}

/// A kind of object.
pub(in crate::ask) struct Shape {
    /// Its name in the schema.
    pub(in crate::ask) name: &'static str,
    pub(in crate::ask) about: &'static str,
    /// The key that only it has; empty where it is the only one, or the one that is left.
    pub(in crate::ask) key: &'static str,
    pub(in crate::ask) fields: &'static [&'static [Field]],
}

impl Shape {
    pub(in crate::ask) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().copied().flatten()
    }

    pub(in crate::ask) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }
}

/// Several kinds of values in one place.
pub(in crate::ask) struct Choice {
    /// Its name in the schema.
    pub(in crate::ask) name: &'static str,
    pub(in crate::ask) about: &'static str,
    /// What is taken beside objects.
    pub(in crate::ask) plain: &'static [Kind],
    /// The objects; the first whose key is there is meant.
    pub(in crate::ask) shapes: &'static [&'static Shape],
    /// The code for another JSON type; the one of the argument, or `ASK_TYPE`, when there is none.
    pub(in crate::ask) wrong: Option<Code>,
}

impl Choice {
    /// Returns the kind of object that the keys of one tell.
    pub(in crate::ask) fn shape(&self, has: impl Fn(&str) -> bool) -> Option<&'static Shape> {
        self.shapes.iter().copied().find(|shape| shape.key.is_empty() || has(shape.key))
    }
}
