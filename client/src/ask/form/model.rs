//! What a family of queries is on a command line.

use crate::ask::flag::Flag;

/// A family of queries.
pub(crate) struct Form {
    /// Its word.
    pub(crate) name: &'static str,
    /// One line about it.
    pub(crate) about: &'static str,
    /// Arguments without a flag, in their order.
    pub(crate) words: &'static [Flag],
    /// Its flags.
    pub(crate) flags: &'static [&'static [Flag]],
    /// Flags that make it a query for profiles, if nothing else says what it is for.
    pub(crate) of_profiles: &'static [Flag],
    /// Whether a report can be made of it, which has a link.
    pub(crate) has_link: bool,
    /// What the help ends with: worked examples first.
    pub(crate) more: &'static str,
}

impl Form {
    /// Returns all that it takes.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'static Flag> {
        self.words.iter().chain(self.flags.iter().copied().flatten())
    }
}
