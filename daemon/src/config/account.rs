//! The rules of an account. Config blocks and bridge files share them.

use mp_proto::ids::{AccountName, AccountType, ProjectId, Region};
use mp_proto::secret::Secret;

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
}

/// Where a bearer token is.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// In the file.
    Inline(Secret),
    /// In this variable of the caller's environment.
    Env(String),
}

impl Account {
    /// Returns how it authenticates.
    pub fn account_type(&self) -> AccountType {
        self.credential.account_type()
    }

    /// Returns whether two accounts mean the same, wherever they stand in the file. Secrets are compared here and nowhere else.
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
        }
    }

    /// Returns the user name of a service account.
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::ServiceAccount { username, .. } => Some(username),
            Self::OauthBrowser | Self::OauthToken(_) => None,
        }
    }

    /// Returns the variable that callers bring the token in.
    pub fn token_env(&self) -> Option<&str> {
        match self {
            Self::OauthToken(TokenSource::Env(variable)) => Some(variable),
            Self::OauthToken(TokenSource::Inline(_)) | Self::ServiceAccount { .. } | Self::OauthBrowser => None,
        }
    }

    /// Returns whether both hold the same secrets.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::OauthBrowser, Self::OauthBrowser) => true,
            (
                Self::ServiceAccount { username, secret },
                Self::ServiceAccount { username: other_username, secret: other_secret },
            ) => username == other_username && secret.expose() == other_secret.expose(),
            (Self::OauthToken(TokenSource::Inline(token)), Self::OauthToken(TokenSource::Inline(other))) => {
                token.expose() == other.expose()
            }
            (Self::OauthToken(TokenSource::Env(name)), Self::OauthToken(TokenSource::Env(other))) => name == other,
            _ => false,
        }
    }
}

/// A key of a block with its value: a string, or something that is none. All keys of an account hold strings.
pub(crate) struct Field<'a> {
    pub(crate) key: &'a str,
    /// The string, or what stands there instead, such as "an integer".
    pub(crate) value: Result<&'a str, &'static str>,
    /// Offset of the key.
    pub(crate) key_at: usize,
    /// Offset of the value.
    pub(crate) value_at: usize,
    /// Line of the value.
    pub(crate) line: usize,
}

/// What is wrong with a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The key.
    pub(crate) key: String,
    /// Where; none for something that is missing.
    pub(crate) at: Option<usize>,
    /// What was expected.
    pub(crate) detail: String,
}

/// Keys that an account of a type may have, in the order in which they are written. `name` is accepted when it repeats the block's key.
pub(crate) fn keys_of(kind: AccountType) -> &'static [&'static str] {
    match kind {
        AccountType::ServiceAccount => &["type", "region", "default_project", "username", "secret"],
        AccountType::OauthBrowser => &["type", "region", "default_project"],
        AccountType::OauthToken => &["type", "region", "default_project", "token", "token_env"],
    }
}

const ALL_KEYS: &[&str] = &["type", "region", "default_project", "username", "secret", "token", "token_env"];

/// Checks the fields of a block and tells everything that is wrong with them.
///
/// # Errors
/// All faults.
pub(crate) fn check(name: &AccountName, line: usize, fields: &[Field<'_>]) -> Result<Account, Vec<Fault>> {
    let mut block = Block { name, fields, faults: Vec::new() };
    let kind = block.parse("type", "one of service_account, oauth_browser, oauth_token", true, AccountType::parse);
    block.refuse_unknown(kind.as_ref().map(|(kind, _)| *kind));
    let region = block.parse("region", "one of us, eu, in", true, Region::parse);
    let project = block.parse("default_project", "a string of digits, such as \"3187654\"", false, ProjectId::parse);
    let credential = kind.and_then(|(kind, _)| block.credential(kind));
    match (region, credential) {
        (Some((region, _)), Some(credential)) if block.faults.is_empty() => {
            let default_project = project.map(|(value, line)| Located { value, line });
            Ok(Account { name: name.clone(), region, default_project, credential, line })
        }
        _ => Err(block.faults),
    }
}

struct Block<'a> {
    name: &'a AccountName,
    fields: &'a [Field<'a>],
    faults: Vec<Fault>,
}

impl<'a> Block<'a> {
    fn field(&self, key: &str) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| field.key == key)
    }

    fn fault(&mut self, key: &str, at: Option<usize>, detail: String) {
        self.faults.push(Fault { key: key.to_owned(), at, detail });
    }

    fn refuse_unknown(&mut self, kind: Option<AccountType>) {
        let allowed = kind.map_or(ALL_KEYS, keys_of);
        for field in self.fields {
            if field.key == "name" {
                if field.value != Ok(self.name.as_str()) {
                    let detail =
                        format!("name differs from the key of the block: expected \"{}\", or no name", self.name);
                    self.fault("name", Some(field.value_at), detail);
                }
            } else if !allowed.contains(&field.key) {
                let owner = kind.map_or("an account".to_owned(), |kind| format!("a {kind} account"));
                let detail = format!("unknown key {:?}: {owner} has {}", field.key, allowed.join(", "));
                self.fault(field.key, Some(field.key_at), detail);
            }
        }
    }

    /// Returns the text of a field with its line.
    fn text(&mut self, key: &str, expected: &str, required: bool) -> Option<(&'a str, usize)> {
        match self.field(key) {
            Some(Field { value: Ok(text), line, .. }) => Some((text, *line)),
            Some(Field { value: Err(found), value_at, .. }) => {
                self.fault(key, Some(*value_at), format!("{key} is {found}: expected {expected}"));
                None
            }
            None => {
                if required {
                    self.fault(key, None, format!("{key} is missing: expected {expected}"));
                }
                None
            }
        }
    }

    fn parse<T>(
        &mut self,
        key: &str,
        expected: &str,
        required: bool,
        parse: fn(&str) -> Result<T, mp_proto::ids::IdError>,
    ) -> Option<(T, usize)> {
        let (text, line) = self.text(key, expected, required)?;
        match parse(text) {
            Ok(value) => Some((value, line)),
            Err(error) => {
                let at = self.field(key).map(|field| field.value_at);
                self.fault(key, at, format!("{key} is {:?}: expected {expected}", error.value));
                None
            }
        }
    }

    fn credential(&mut self, kind: AccountType) -> Option<Credential> {
        match kind {
            AccountType::OauthBrowser => Some(Credential::OauthBrowser),
            AccountType::ServiceAccount => {
                let username = self.text("username", "the user name of a service account", true);
                let secret = self.text("secret", "the secret of the service account, a string", true);
                if let Some(("", _)) = username {
                    let at = self.field("username").map(|field| field.value_at);
                    self.fault(
                        "username",
                        at,
                        "username is empty: expected the user name of a service account".to_owned(),
                    );
                }
                let (username, secret) = (username?.0.to_owned(), Secret::new(secret?.0));
                Some(Credential::ServiceAccount { username, secret })
            }
            AccountType::OauthToken => self.token().map(Credential::OauthToken),
        }
    }

    fn token(&mut self) -> Option<TokenSource> {
        let token = self.text("token", "a bearer token, a string", false);
        let variable = self.text("token_env", "the name of a variable, a string", false);
        match (self.field("token"), self.field("token_env")) {
            (Some(_), Some(variable)) => {
                let detail = "token and token_env are both set: expected exactly one of them".to_owned();
                self.fault("token_env", Some(variable.key_at), detail);
                None
            }
            (None, None) => {
                self.fault("token", None, "token is missing: expected exactly one of token and token_env".to_owned());
                None
            }
            _ => match (token, variable) {
                (Some((token, _)), _) => Some(TokenSource::Inline(Secret::new(token))),
                (None, variable) => Some(TokenSource::Env(variable?.0.to_owned())),
            },
        }
    }
}
