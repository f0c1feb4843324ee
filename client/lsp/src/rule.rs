//! What can be wrong with tracking code, and how bad that is.

/// Declares the rules, each with its word, how bad it is by default, and what it is about.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = $word:literal, $severity:ident, $about:literal;)+) => {
        /// A rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule,)+
        }

        impl Rule {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$rule),+];

            /// Returns its word, in settings and reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$rule => $word,)+ }
            }

            /// Returns how bad it is unless settings say otherwise.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$rule => Severity::$severity,)+ }
            }

            /// Returns what it is about.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$rule => $about,)+ }
            }
        }
    };
}

rules! {
    /// The project has no such event.
    UnknownEvent = "unknown-event", Error, "The project has no event of this name.";
    /// What comes in is thrown away.
    DroppedEvent = "dropped-event", Error, "Mixpanel drops this event: what is sent is lost.";
    /// Nobody sees it.
    HiddenEvent = "hidden-event", Warning, "The event is hidden in Mixpanel.";
    /// It should not be used any more.
    DeprecatedEvent = "deprecated-event", Warning, "The event is marked as deprecated.";
    /// No event of that name ever had it.
    UnknownProperty = "unknown-property", Warning, "No event of this name ever had this property.";
    /// What comes in is thrown away.
    DroppedProperty = "dropped-property", Warning, "Mixpanel drops this property: what is sent is lost.";
    /// It is declared as something else.
    WrongType = "wrong-type", Error, "The property is of another type in the lexicon.";
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is not told.
    Off,
    /// A hint.
    Hint,
    /// To know.
    Information,
    /// It may be meant.
    Warning,
    /// It is wrong.
    Error,
}

impl Severity {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Off, Self::Hint, Self::Information, Self::Warning, Self::Error];

    /// Returns its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Hint => "hint",
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Reads its word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }
}

impl Rule {
    /// Reads its word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.word() == word)
    }
}
