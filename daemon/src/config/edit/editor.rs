//! A config under edit: its text, its meaning before the change, and what the change touched.

use std::collections::BTreeSet;

use mp_proto::ids::{AccountName, ProjectId, WorkspaceId};

use super::document::{Document, string};
use super::error::EditError;
use crate::config::account::Account;
use crate::config::model::{Config, Lookup};
use crate::config::parser;
use crate::config::problem::{ConfigProblem, Scope};

pub(super) struct Editor {
    pub(super) doc: Document,
    /// The meaning before the change.
    pub(super) config: Config,
    pub(super) touched: BTreeSet<Scope>,
    pub(super) account: Option<AccountName>,
    pub(super) promoted: bool,
    pub(super) orphaned: Vec<String>,
}

impl Editor {
    pub(super) fn open(text: &str) -> Result<Self, EditError> {
        let config = parser::parse(text);
        let blocking: Vec<_> = config.blocking_problems().into_iter().cloned().collect();
        if !blocking.is_empty() {
            return Err(EditError::Config { problems: blocking });
        }
        let doc = Document::parse(text).map_err(|error| unparsable(error.message()))?;
        Ok(Self { doc, config, touched: BTreeSet::new(), account: None, promoted: false, orphaned: Vec::new() })
    }

    /// Checks the result: what was touched must be good, and nothing else may have become worse.
    pub(super) fn finish(self) -> Result<Edited, EditError> {
        let text = self.doc.into_text();
        let config = parser::parse(&text);
        let bad = |problem: &&ConfigProblem| problem.scope.is_blocking() || self.touched.contains(&problem.scope);
        let problems: Vec<_> = config.problems.iter().filter(bad).cloned().collect();
        if !problems.is_empty() {
            return Err(EditError::Config { problems });
        }
        let Self { account, promoted, orphaned: orphaned_targets, .. } = self;
        Ok(Edited { text, config, account, promoted, orphaned_targets, notes: Vec::new() })
    }

    /// Returns a good account.
    pub(super) fn account(&self, name: &str) -> Result<&Account, EditError> {
        match self.config.account(name) {
            Lookup::Found(account) => Ok(account),
            Lookup::Invalid(problems) => Err(EditError::Config { problems: problems.into_iter().cloned().collect() }),
            Lookup::Missing => Err(self.account_not_found(name)),
        }
    }

    pub(super) fn account_not_found(&self, name: &str) -> EditError {
        let known = self.doc.blocks("accounts").map(|(name, _)| name.to_owned()).collect();
        EditError::AccountNotFound { name: name.to_owned(), known }
    }

    /// Returns a good account, by name or the active one.
    pub(super) fn chosen_account(&self, name: Option<&str>) -> Result<AccountName, EditError> {
        let active = self.config.active.account.as_ref().map(|account| account.value.as_str());
        let name = name.or(active).ok_or(EditError::NeedsAccount)?;
        self.account(name).map(|account| account.name.clone())
    }

    pub(super) fn set_active(&mut self, account: &AccountName) {
        self.doc.ensure_table("active");
        self.doc.set(&["active"], "account", string(account.as_str()));
        self.touched.insert(Scope::Active);
        self.account = Some(account.clone());
    }

    pub(super) fn set_workspace(&mut self, workspace: Option<WorkspaceId>) {
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

    pub(super) fn set_project(&mut self, account: &AccountName, project: &ProjectId) {
        self.doc.set(&["accounts", account.as_str()], "default_project", string(project.as_str()));
        self.touched.insert(Scope::Account(account.to_string()));
        self.account = Some(account.clone());
    }
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
    /// What to tell whoever asked for it.
    pub notes: Vec<String>,
}

impl Edited {
    /// Returns the result of an edit that changes nothing.
    pub fn unchanged(text: &str, config: Config) -> Self {
        let (account, orphaned_targets, notes) = (None, Vec::new(), Vec::new());
        Self { text: text.to_owned(), config, account, promoted: false, orphaned_targets, notes }
    }
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

fn unparsable(message: &str) -> EditError {
    let problem = ConfigProblem { scope: Scope::Syntax, line: 1, column: 1, detail: message.to_owned() };
    EditError::Config { problems: vec![problem] }
}
