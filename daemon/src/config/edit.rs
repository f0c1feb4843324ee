//! Old text and a change to new text. Pure, so that an edit can be redone when another program was faster.
//!
//! An edit touches the blocks it is about and nothing else: comments, order and the problems of other blocks stay. What it touched
//! must be without a problem afterwards. Several changes are made one after the other on the text.

use std::collections::BTreeSet;
use std::path::Path;

use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::ids::{AccountName, ProjectId, WorkspaceId};
use mp_proto::wire::{AccountAdd, AccountUpdate, SessionPatch, TargetAdd};

use super::problem::unusable;
use super::{Account, Config, ConfigProblem, Lookup, Scope, parse, steps};
use document::Document;

mod account;
mod document;
mod login;
mod target;

pub use login::{LoggedIn, LoginProjectChange};

/// A change of the config file.
#[derive(Debug, Clone)]
pub enum Change {
    /// Adds an account; the first one becomes the active one.
    AddAccount(AccountAdd),
    /// Replaces settings of an account.
    UpdateAccount {
        /// Which.
        name: String,
        /// What is given replaces.
        update: AccountUpdate,
    },
    /// Removes an account, and makes none active if it was the active one.
    RemoveAccount {
        /// Which.
        name: String,
        /// Also when targets use it.
        force: bool,
    },
    /// Makes an account the active one, and unpins the workspace, which was one of the previous account's.
    UseAccount {
        /// Which.
        name: String,
    },
    /// Sets the default project of an account. The pinned workspace stays, as it does with the Python tool.
    UseProject {
        /// Which; the active one when left out.
        account: Option<String>,
        /// Digits.
        project: String,
    },
    /// Pins a workspace.
    PinWorkspace {
        /// A positive number.
        workspace: i64,
    },
    /// Adds a target.
    AddTarget(TargetAdd),
    /// Removes a target.
    RemoveTarget {
        /// Which.
        name: String,
    },
    /// Makes account, project and workspace of a target the persisted ones.
    UseTarget {
        /// Which.
        name: String,
    },
    /// Several of the above at once.
    Patch(SessionPatch),
    /// Adds or renews the account of a login.
    LogIn(LoggedIn),
}

/// The result of an edit.
#[derive(Clone)]
pub struct Edited {
    /// The new text. It holds secrets.
    pub text: String,
    /// What it means.
    pub config: Config,
    /// The account that the change was about.
    pub account: Option<AccountName>,
    /// The account became the active one because it is the first.
    pub promoted: bool,
    /// Targets that name the removed account.
    pub orphaned_targets: Vec<String>,
}

impl std::fmt::Debug for Edited {
    /// Leaves the text out, for it holds secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edited")
            .field("account", &self.account)
            .field("promoted", &self.promoted)
            .field("orphaned_targets", &self.orphaned_targets)
            .finish_non_exhaustive()
    }
}

/// Why a change was refused. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file, or a block that the change needs, has problems.
    #[error("the config has problems: {}", join(problems))]
    Config {
        /// The problems.
        problems: Vec<ConfigProblem>,
    },
    /// The change itself is wrong.
    #[error("{}", problems.iter().map(|problem| problem.detail.as_str()).collect::<Vec<_>>().join("; "))]
    Arguments {
        /// Some of it is wrong whatever the file holds, such as an unknown region or a missing secret.
        usage: bool,
        /// All that is wrong with it.
        problems: Vec<Problem>,
    },
    /// There is no such account.
    #[error("account '{}' is not configured", name.escape_debug())]
    AccountNotFound {
        /// Its name.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// There is an account of that name.
    #[error("account '{name}' already exists")]
    AccountExists {
        /// Its name.
        name: String,
    },
    /// Targets use the account.
    #[error("account '{}' is used by {}", name.escape_debug(), targets.join(", "))]
    AccountInUse {
        /// Its name.
        name: String,
        /// The targets.
        targets: Vec<String>,
    },
    /// There is no such target.
    #[error("target '{}' is not configured", name.escape_debug())]
    TargetNotFound {
        /// Its name.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// There is a target of that name.
    #[error("target '{name}' already exists")]
    TargetExists {
        /// Its name.
        name: String,
    },
    /// The change is about the active account, and there is none.
    #[error("no account is active")]
    NeedsAccount,
}

fn join(problems: &[ConfigProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Applies a change to the text of a config file.
///
/// # Errors
/// When the file cannot be edited, or the change is refused; the text stays as it is.
pub fn edit(text: &str, change: &Change) -> Result<Edited, EditError> {
    let mut editor = Editor::open(text)?;
    editor.apply(change)?;
    editor.finish()
}

struct Editor {
    doc: Document,
    /// The meaning before the change.
    config: Config,
    touched: BTreeSet<Scope>,
    account: Option<AccountName>,
    promoted: bool,
    orphaned: Vec<String>,
}

impl Editor {
    fn open(text: &str) -> Result<Self, EditError> {
        let config = parse::parse(text);
        let blocking: Vec<_> = config.blocking_problems().into_iter().cloned().collect();
        if !blocking.is_empty() {
            return Err(EditError::Config { problems: blocking });
        }
        let doc = Document::parse(text).map_err(|error| unparsable(error.message()))?;
        Ok(Self { doc, config, touched: BTreeSet::new(), account: None, promoted: false, orphaned: Vec::new() })
    }

    fn apply(&mut self, change: &Change) -> Result<(), EditError> {
        match change {
            Change::AddAccount(add) => self.add_account(add),
            Change::UpdateAccount { name, update } => self.update_account(name, update),
            Change::RemoveAccount { name, force } => self.remove_account(name, *force),
            Change::AddTarget(add) => self.add_target(add),
            Change::RemoveTarget { name } => self.remove_target(name),
            Change::UseAccount { name } => {
                self.patch(&SessionPatch { account: Some(name.clone()), ..Default::default() })
            }
            Change::UseProject { account, project } => {
                let mut arguments = Arguments::default();
                let Some(project) = arguments.value("project", ProjectId::parse(project)) else {
                    return arguments.done();
                };
                let account = self.chosen_account(account.as_deref())?;
                self.set_project(&account, &project);
                Ok(())
            }
            Change::PinWorkspace { workspace } => {
                self.patch(&SessionPatch { workspace: Some(*workspace), ..Default::default() })
            }
            Change::UseTarget { name } => {
                self.patch(&SessionPatch { target: Some(name.clone()), ..Default::default() })
            }
            Change::Patch(patch) => self.patch(patch),
            Change::LogIn(login) => self.log_in(login),
        }
    }

    /// Checks the result: what was touched must be good, and nothing else may have become worse.
    fn finish(self) -> Result<Edited, EditError> {
        let text = self.doc.into_text();
        let config = parse::parse(&text);
        let bad = |problem: &&ConfigProblem| problem.scope.is_blocking() || self.touched.contains(&problem.scope);
        let problems: Vec<_> = config.problems.iter().filter(bad).cloned().collect();
        if !problems.is_empty() {
            return Err(EditError::Config { problems });
        }
        let Self { account, promoted, orphaned: orphaned_targets, .. } = self;
        Ok(Edited { text, config, account, promoted, orphaned_targets })
    }

    /// Returns a good account.
    fn account(&self, name: &str) -> Result<&Account, EditError> {
        match self.config.account(name) {
            Lookup::Found(account) => Ok(account),
            Lookup::Invalid(problems) => Err(EditError::Config { problems: problems.into_iter().cloned().collect() }),
            Lookup::Missing => Err(self.account_not_found(name)),
        }
    }

    fn account_not_found(&self, name: &str) -> EditError {
        let known = self.doc.blocks("accounts").map(|(name, _)| name.to_owned()).collect();
        EditError::AccountNotFound { name: name.to_owned(), known }
    }

    /// Returns a good account, by name or the active one.
    fn chosen_account(&self, name: Option<&str>) -> Result<AccountName, EditError> {
        let active = self.config.active.account.as_ref().map(|account| account.value.as_str());
        let name = name.or(active).ok_or(EditError::NeedsAccount)?;
        self.account(name).map(|account| account.name.clone())
    }

    fn set_active(&mut self, account: &AccountName) {
        self.doc.ensure_table("active");
        self.doc.set(&["active"], "account", document::string(account.as_str()));
        self.touched.insert(Scope::Active);
        self.account = Some(account.clone());
    }

    fn set_workspace(&mut self, workspace: Option<WorkspaceId>) {
        self.touched.insert(Scope::Active);
        match workspace.and_then(|id| i64::try_from(id.get()).ok()) {
            Some(id) => {
                self.doc.ensure_table("active");
                self.doc.set(&["active"], "workspace", id);
            }
            None => {
                self.doc.remove(&["active"], "workspace");
                self.doc.remove_if_empty("active");
            }
        }
    }

    fn set_project(&mut self, account: &AccountName, project: &ProjectId) {
        self.doc.set(&["accounts", account.as_str()], "default_project", document::string(project.as_str()));
        self.touched.insert(Scope::Account(account.to_string()));
        self.account = Some(account.clone());
    }
}

fn unparsable(message: &str) -> EditError {
    let problem = ConfigProblem { scope: Scope::Syntax, line: 1, column: 1, detail: message.to_owned() };
    EditError::Config { problems: vec![problem] }
}

/// The problems of a change, collected.
#[derive(Default)]
struct Arguments {
    usage: bool,
    problems: Vec<Problem>,
}

impl Arguments {
    /// Takes a value that would be stored.
    fn value<T>(&mut self, at: &str, parsed: Result<T, mp_proto::ids::IdError>) -> Option<T> {
        parsed.map_err(|error| self.problems.push(Problem::new(at, format!("{at}: {error}")))).ok()
    }

    /// Takes a choice of few words.
    fn choice<T>(&mut self, at: &str, parsed: Result<T, mp_proto::ids::IdError>) -> Option<T> {
        self.usage |= parsed.is_err();
        self.value(at, parsed)
    }

    /// Adds a problem that no file could make right.
    fn misuse(&mut self, at: &str, detail: impl Into<String>) {
        self.usage = true;
        self.problems.push(Problem::new(at, detail));
    }

    fn workspace(&mut self, workspace: Option<i64>) -> Option<WorkspaceId> {
        let given = workspace?;
        let id = WorkspaceId::new(given);
        if id.is_none() {
            let detail = format!("workspace: {given} is not a workspace id (a positive integer)");
            self.problems.push(Problem::new("workspace", detail));
        }
        id
    }

    fn done(self) -> Result<(), EditError> {
        let Self { usage, problems } = self;
        if problems.is_empty() { Ok(()) } else { Err(EditError::Arguments { usage, problems }) }
    }
}

#[cfg(test)]
mod properties;
impl EditError {
    /// Returns the failure that a caller gets. It needs the path of the file, which the pure edit does not know.
    pub fn into_failure(self, path: &Path) -> Failure {
        let detail = self.to_string();
        match self {
            Self::Config { problems } => {
                let problems: Vec<&ConfigProblem> = problems.iter().collect();
                unusable(path, &problems).unwrap_or_else(|| Failure::new(FailureKind::ConfigInvalid, detail))
            }
            Self::Arguments { usage, problems } => {
                let kind = if usage { FailureKind::InvalidArgument } else { FailureKind::InvalidValue };
                match problems.as_slice() {
                    [_] => Failure::new(kind, detail),
                    _ => Failure::new(kind, "the change was refused").errors(problems),
                }
            }
            Self::AccountNotFound { name, .. } => Failure::new(FailureKind::AccountNotFound, detail)
                .account(name)
                .next("mp account list", "see the accounts"),
            Self::AccountExists { name } => Failure::new(FailureKind::AccountExists, detail)
                .next(format!("mp account update {name}"), "change it")
                .account(name),
            Self::AccountInUse { name, .. } => Failure::new(FailureKind::AccountInUse, detail)
                .next(format!("mp account remove {name} --force"), "remove it all the same")
                .account(name),
            Self::TargetNotFound { .. } => {
                Failure::new(FailureKind::TargetNotFound, detail).next("mp target list", "see the targets")
            }
            Self::TargetExists { .. } => {
                Failure::new(FailureKind::TargetExists, detail).next("mp target list", "see the targets")
            }
            // 4 and not 1, as the Python tool has it for this one: the account that the change is about was not found.
            Self::NeedsAccount => {
                let mut failure = Failure::new(FailureKind::AccountNotFound, detail);
                failure.next = steps::add_account();
                failure
            }
        }
    }
}

#[cfg(test)]
mod tests;
