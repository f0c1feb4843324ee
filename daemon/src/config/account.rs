//! Accounts, and the rules of each type of them.
//!
//! A type of account is a variant of [`Credential`], read and written here, and its row of [`TypeRules`]. Config blocks, bridge files and
//! edits go by these and name no type themselves.

use mp_proto::ids::{AccountName, AccountType, ProjectId, Region, SecretStore};
use mp_proto::secret::Secret;

use super::kept::{self, Kept};
use super::problem::Located;

/// An account without a problem.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name, the key of its block.
    pub name: AccountName,
    /// Its region.
    pub region: Region,
    /// The project it uses when nothing else is chosen.
    pub default_project: Option<Located<ProjectId>>,
    /// What it authenticates with.
    pub credential: Credential,
    /// Where its secret is kept, if that is not the file.
    pub kept: Option<SecretStore>,
    /// Line of its block; 0 in a bridge file.
    pub line: usize,
}

/// What an account authenticates with.
#[derive(Debug, Clone)]
pub enum Credential {
    /// HTTP Basic.
    ServiceAccount {
        /// User name.
        username: String,
        /// Password; it may be empty.
        secret: Secret,
    },
    /// Tokens of a browser login, in a file of their own.
    OauthBrowser,
    /// A bearer token.
    OauthToken(TokenSource),
    /// One of these whose secret is not in the file, and could not be had yet.
    Kept(Box<Kept>),
}

/// Where a bearer token is.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// In the file.
    Inline(Secret),
    /// In this variable of the caller's environment.
    Env(String),
}

/// The rules of a type of account.
#[derive(Debug)]
pub(crate) struct TypeRules {
    /// What such an account is called, in lower case and after "a".
    pub(crate) label: &'static str,
    /// The keys that hold its credential, in the order in which they are written.
    pub(crate) keys: &'static [Key],
    /// How many of them a block has.
    pub(crate) needs: Needs,
    /// The region of a new account that names none.
    pub(crate) default_region: Option<Region>,
    /// Whether its tokens come from a browser login: they are in a file of their own, and a bridge carries them beside the account.
    pub(crate) has_tokens: bool,
}

/// A key that holds a credential, or a part of one. All such keys hold strings.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is expected under it in a file.
    pub(crate) in_file: &'static str,
    /// What is expected of a call that adds an account.
    pub(crate) in_call: &'static str,
    /// Whether a file may have an empty text there.
    pub(crate) may_be_empty: bool,
}

/// How many of a type's keys a block has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// All of them.
    All,
    /// Exactly one of them.
    One,
}

/// The keys that every account has beside those of its credential, in the order in which they are written. `name` is accepted, too, when it
/// repeats the key of the block.
pub(crate) const COMMON_KEYS: [&str; 3] = ["type", "region", "default_project"];

const SERVICE_ACCOUNT: TypeRules = TypeRules {
    label: "service account",
    keys: &[
        Key {
            name: "username",
            in_file: "the user name of a service account",
            in_call: "the user name of the service account",
            may_be_empty: false,
        },
        Key {
            name: "secret",
            in_file: "the secret of the service account, a string",
            in_call: "the secret of the service account",
            may_be_empty: true,
        },
    ],
    needs: Needs::All,
    default_region: None,
    has_tokens: false,
};

const OAUTH_BROWSER: TypeRules = TypeRules {
    label: "browser account",
    keys: &[],
    needs: Needs::All,
    default_region: Some(Region::Us),
    has_tokens: true,
};

const OAUTH_TOKEN: TypeRules = TypeRules {
    label: "token account",
    keys: &[
        Key { name: "token", in_file: "a bearer token, a string", in_call: "a bearer token", may_be_empty: true },
        Key {
            name: "token_env",
            in_file: "the name of a variable, a string",
            in_call: "the name of a variable",
            may_be_empty: true,
        },
    ],
    needs: Needs::One,
    default_region: None,
    has_tokens: false,
};

/// Returns the rules of a type of account.
pub(crate) const fn rules_of(kind: AccountType) -> &'static TypeRules {
    match kind {
        AccountType::ServiceAccount => &SERVICE_ACCOUNT,
        AccountType::OauthBrowser => &OAUTH_BROWSER,
        AccountType::OauthToken => &OAUTH_TOKEN,
    }
}

impl TypeRules {
    /// Returns whether its credential has such a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|own| own.name == key)
    }

    /// Returns the names of its keys in one text, each between two of these marks.
    pub(crate) fn names(&self, mark: &str) -> String {
        self.keys.iter().map(|key| format!("{mark}{}{mark}", key.name)).collect::<Vec<_>>().join(" and ")
    }
}

impl Account {
    /// Returns how it authenticates.
    pub fn account_type(&self) -> AccountType {
        self.credential.account_type()
    }

    /// Returns whether two accounts mean the same, wherever they stand in the file.
    pub fn same_settings(&self, other: &Self) -> bool {
        let project = |account: &Self| account.default_project.as_ref().map(|project| project.value.clone());
        self.name == other.name
            && self.region == other.region
            && project(self) == project(other)
            && self.credential.is_same(&other.credential)
    }
}

impl Credential {
    /// Returns how it authenticates.
    pub fn account_type(&self) -> AccountType {
        match self {
            Self::ServiceAccount { .. } => AccountType::ServiceAccount,
            Self::OauthBrowser => AccountType::OauthBrowser,
            Self::OauthToken(_) => AccountType::OauthToken,
            Self::Kept(kept) => kept.kind,
        }
    }

    /// Returns the texts under the keys of a type as a credential of it; none if one is missing.
    pub(crate) fn of_texts<'t>(kind: AccountType, text: impl Fn(&str) -> Option<&'t str>) -> Option<Self> {
        if let Some(store) = kept::store_of(kind, &text) {
            let username = text("username").map(str::to_owned);
            return Some(Self::Kept(Box::new(Kept { kind, username, store, why: None })));
        }
        Some(match kind {
            AccountType::ServiceAccount => {
                Self::ServiceAccount { username: text("username")?.to_owned(), secret: Secret::new(text("secret")?) }
            }
            AccountType::OauthBrowser => Self::OauthBrowser,
            AccountType::OauthToken => Self::OauthToken(match text("token") {
                Some(token) => TokenSource::Inline(Secret::new(token)),
                None => TokenSource::Env(text("token_env")?.to_owned()),
            }),
        })
    }

    /// Returns what a file holds of it: keys and their texts, secrets among them.
    pub(crate) fn texts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::ServiceAccount { username, secret } => vec![("username", username), ("secret", secret.expose())],
            Self::OauthBrowser => Vec::new(),
            Self::OauthToken(TokenSource::Inline(token)) => vec![("token", token.expose())],
            Self::OauthToken(TokenSource::Env(variable)) => vec![("token_env", variable)],
            Self::Kept(kept) => kept.texts(),
        }
    }

    /// Returns whether both are the same. Secrets are compared here and nowhere else.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.account_type() == other.account_type() && self.texts() == other.texts()
    }

    /// Returns the user name of a service account.
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::ServiceAccount { username, .. } => Some(username),
            Self::Kept(kept) => kept.username.as_deref(),
            _ => None,
        }
    }

    /// Returns the secret that is known; none where there is none, or it is an empty one, which is no secret.
    pub fn secret(&self) -> Option<&Secret> {
        let secret = match self {
            Self::ServiceAccount { secret, .. } | Self::OauthToken(TokenSource::Inline(secret)) => secret,
            _ => return None,
        };
        (!secret.is_empty()).then_some(secret)
    }

    /// Returns the variable that callers bring the token in.
    pub fn token_env(&self) -> Option<&str> {
        match self {
            Self::OauthToken(TokenSource::Env(variable)) => Some(variable),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_what_its_texts_make() {
        for kind in AccountType::ALL {
            let rules = rules_of(*kind);
            for needless in rules.keys {
                let texts = |key: &str| {
                    let is_there = rules.needs == Needs::All || key != needless.name;
                    rules.keys.iter().find(|own| own.name == key && is_there).map(|own| own.name)
                };
                let credential = Credential::of_texts(*kind, texts).expect("all that it needs");
                assert_eq!(credential.account_type(), *kind);
                assert!(credential.texts().iter().all(|(key, text)| rules.has(key) && key == text));
                assert!(credential.is_same(&credential.clone()) && !credential.is_same(&Credential::OauthBrowser));
            }
        }
    }
}
