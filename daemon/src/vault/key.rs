//! What a kept secret is found by.

use mp_proto::ids::AccountName;

/// Whose secret, and which.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The account.
    pub account: AccountName,
    /// Which of its secrets.
    pub kind: Kind,
}

/// Which secret of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The secret of a service account.
    Secret,
    /// A bearer token that was given once.
    Token,
    /// The tokens of a browser login, as `tokens.json` would have them.
    Grant,
}

impl Key {
    /// Returns the key of an account's secret.
    pub fn new(account: &AccountName, kind: Kind) -> Self {
        Self { account: account.clone(), kind }
    }

    /// Returns what a person sees of it in a list of all that a keyring holds.
    pub fn label(&self) -> String {
        format!("Mixpanel account {}: {}", self.account, self.kind.what())
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Secret, Self::Token, Self::Grant];

    /// Returns the word under which it is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Token => "token",
            Self::Grant => "grant",
        }
    }

    /// Returns the kind that a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Returns what it is, for people.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Secret => "service account secret",
            Self::Token => "bearer token",
            Self::Grant => "browser login",
        }
    }
}
