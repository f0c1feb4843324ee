//! The config as it was read at one moment. It never changes; a changed file makes a new one.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind, Problem, chain};
use mp_proto::ids::{AccountName, AccountType, ProjectId, SecretStore, WorkspaceId};
use mp_proto::secret::Secret;

use super::account::{Account, Credential};
use super::model::{Config, Lookup, Target};
use super::problem::{ConfigProblem, unusable};
use super::{parser, steps};
use crate::files::read::ReadError;

/// What there was to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A file, good or bad: [`Config::problems`] tells.
    Read,
    /// No file, which means the same as an empty one.
    Missing,
    /// A file that was not read.
    Unreadable {
        /// Why.
        reason: String,
        /// The command that would make it readable.
        hint: Option<String>,
    },
}

/// What a config persists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persisted {
    /// The active account. It need not exist.
    pub account: Option<String>,
    /// Its default project.
    pub project: Option<ProjectId>,
    /// The pinned workspace.
    pub workspace: Option<WorkspaceId>,
}

/// A config with its text and revision.
#[derive(Clone)]
pub struct Snapshot {
    /// Counts the contents seen since the start of the daemon.
    pub revision: u64,
    /// The file.
    pub path: PathBuf,
    /// What it means.
    pub config: Config,
    /// The text as it was, for the next edit. It holds secrets.
    pub text: Arc<str>,
    /// What there was to read.
    pub state: State,
    /// What of it was kept elsewhere.
    pub secrets: Secrets,
}

/// Which of the secrets that are kept elsewhere a snapshot has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secrets {
    /// The number of the vault when they were read.
    pub stamp: u64,
    /// Whether all could be had.
    pub is_complete: bool,
}

impl Snapshot {
    /// Returns the snapshot of a file that was read, or could not be.
    pub fn new(revision: u64, path: PathBuf, read: Result<Option<&[u8]>, &ReadError>) -> Self {
        let (bytes, state) = match read {
            Ok(Some(bytes)) => (bytes, State::Read),
            Ok(None) => (&b""[..], State::Missing),
            Err(error) => (&b""[..], State::Unreadable { reason: chain(error), hint: error.hint() }),
        };
        let config = parser::parse_bytes(bytes);
        let text = std::str::from_utf8(bytes).unwrap_or_default().into();
        let secrets = Secrets { stamp: 0, is_complete: true };
        Self { revision, path, config, text, state, secrets }
    }

    /// Returns the snapshot with the secrets that are kept elsewhere.
    #[must_use]
    pub fn filled(
        mut self,
        stamp: u64,
        get: impl Fn(SecretStore, &AccountName, AccountType) -> Result<Secret, Failure>,
    ) -> Self {
        self.secrets = Secrets { stamp, is_complete: self.config.fill(get) };
        self
    }

    /// Returns whether anything of the file can be used: it was read, or is missing, and has no problem of the whole file.
    pub fn is_usable(&self) -> bool {
        !matches!(self.state, State::Unreadable { .. })
            && !self.config.problems.iter().any(|one| one.scope.is_blocking())
    }

    /// Returns everything that is wrong with the file.
    pub fn problems(&self) -> Vec<Problem> {
        match &self.state {
            State::Unreadable { reason, .. } => vec![Problem::new(self.path.display().to_string(), reason.clone())],
            State::Read | State::Missing => {
                self.config.problems.iter().map(|problem| problem.to_problem(&self.path)).collect()
            }
        }
    }

    /// Returns whether both were made of the same content.
    pub fn same_content(&self, other: &Self) -> bool {
        self.text == other.text
            && self.state == other.state
            && self.config.problems == other.config.problems
            && self.secrets == other.secrets
            && self.unread().eq(other.unread())
    }

    /// Returns why secrets that are kept elsewhere could not be had.
    fn unread(&self) -> impl Iterator<Item = Option<&Failure>> {
        self.config.accounts.values().filter_map(|account| match &account.credential {
            Credential::Kept(kept) => Some(kept.why.as_ref()),
            _ => None,
        })
    }

    /// Returns the account that is persisted as active, its default project and the pinned workspace.
    pub fn persisted(&self) -> Persisted {
        let account = self.config.active.account.as_ref().map(|active| active.value.clone());
        let known = account.as_deref().and_then(|name| self.config.accounts.get(name));
        Persisted {
            project: known.and_then(|account| Some(account.default_project.as_ref()?.value.clone())),
            account,
            workspace: self.config.active.workspace.as_ref().map(|pin| pin.value),
        }
    }

    /// Returns whether the file was read, or is missing, and has no problem.
    pub fn is_good(&self) -> bool {
        !matches!(self.state, State::Unreadable { .. }) && self.config.problems.is_empty()
    }
}

impl Snapshot {
    /// Checks that the file can be used at all.
    ///
    /// # Errors
    /// When it could not be read, or nothing of it can be used.
    pub fn check(&self) -> Result<(), Failure> {
        if let State::Unreadable { reason, hint } = &self.state {
            let failure = Failure::new(FailureKind::UnsafeFile, reason.clone());
            return Err(match hint.clone() {
                Some(command) => failure.next(command, "let only its owner read it"),
                None => failure,
            });
        }
        unusable(&self.path, &self.config.blocking_problems()).map_or(Ok(()), Err)
    }

    /// Checks that nothing is wrong with the file, as a listing needs: a missing row would look like a missing account.
    ///
    /// # Errors
    /// When it has any problem.
    pub fn check_all(&self) -> Result<(), Failure> {
        unusable(&self.path, &self.config.problems.iter().collect::<Vec<_>>()).map_or(Ok(()), Err)
    }

    /// Returns a usable account.
    ///
    /// # Errors
    /// When there is none of that name, or its block is wrong.
    pub fn account(&self, name: &str) -> Result<&Arc<Account>, Failure> {
        self.account_if_any(name)?.ok_or_else(|| self.no_account(name))
    }

    /// Returns a usable account, or none.
    ///
    /// # Errors
    /// When its block is wrong.
    pub fn account_if_any(&self, name: &str) -> Result<Option<&Arc<Account>>, Failure> {
        match self.config.account(name) {
            Lookup::Found(account) => Ok(Some(account)),
            Lookup::Invalid(problems) => Err(self.invalid("account", name, &problems).account(name)),
            Lookup::Missing => Ok(None),
        }
    }

    /// Returns a usable target.
    ///
    /// # Errors
    /// When there is none of that name, or its block is wrong.
    pub fn target(&self, name: &str) -> Result<&Target, Failure> {
        match self.config.target(name) {
            Lookup::Found(target) => Ok(target),
            Lookup::Invalid(problems) => Err(self.invalid("target", name, &problems)),
            Lookup::Missing => Err(self.no_target(name)),
        }
    }

    /// There is no such account.
    pub fn no_account(&self, name: &str) -> Failure {
        let detail = format!("account '{}' is not configured in {}", name.escape_debug(), self.path.display());
        Failure::new(FailureKind::AccountNotFound, detail).account(name).next("mp account list", "see the accounts")
    }

    /// There is no such target.
    pub fn no_target(&self, name: &str) -> Failure {
        let detail = format!("target '{}' is not configured in {}", name.escape_debug(), self.path.display());
        Failure::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
    }

    /// The account that a session means is defined nowhere.
    pub fn no_active_account(&self, name: &str) -> Failure {
        let detail =
            format!("the active account '{}' is not configured in {}", name.escape_debug(), self.path.display());
        let mut failure = Failure::new(FailureKind::NeedsAccount, detail).account(name);
        failure.next = steps::add_account();
        failure
    }

    fn invalid(&self, what: &str, name: &str, problems: &[&ConfigProblem]) -> Failure {
        let detail = format!("{what} '{name}' is not usable as it stands in {}", self.path.display());
        Failure::new(FailureKind::ConfigInvalid, detail).errors(self.config.tell(problems, &self.path))
    }
}

impl fmt::Debug for Snapshot {
    /// Leaves the text out, for it holds secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("revision", &self.revision)
            .field("path", &self.path)
            .field("config", &self.config)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_an_empty_one_and_an_unreadable_one_is_neither() {
        let missing = Snapshot::new(1, "/c".into(), Ok(None));
        assert!(missing.is_good() && missing.config.accounts.is_empty());
        let error = ReadError::Io { path: "/c".into(), source: std::io::ErrorKind::PermissionDenied.into() };
        let unreadable = Snapshot::new(2, "/c".into(), Err(&error));
        let reason = "could not read /c: permission denied".to_owned();
        assert_eq!(unreadable.state, State::Unreadable { reason, hint: None });
        assert!(!unreadable.is_good());
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = "[accounts.a]\ntype = \"service_account\"\nregion = \"us\"\nusername = \"u\"\nsecret = \"hush\"\n\
                    [accounts.b]\ntype = \"oauth_token\"\nregion = \"us\"\ntoken = \"hush\"\n\
                    [settings.custom_header]\nname = \"X\"\nvalue = \"hush\"\n";
        let snapshot = Snapshot::new(1, "/c".into(), Ok(Some(text.as_bytes())));
        assert_eq!((snapshot.is_good(), snapshot.config.accounts.len(), &*snapshot.text), (true, 2, text));
        assert!(!format!("{snapshot:?}").contains("hush"));
    }
}
