//! What can be changed, and which edit each change is.

use mp_proto::ids::ProjectId;
use mp_proto::wire::{AccountAdd, AccountUpdate, SessionPatch, TargetAdd};

use super::arguments::Arguments;
use super::editor::Editor;
use super::error::EditError;
use super::login::LoggedIn;

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

impl Editor {
    pub(super) fn apply(&mut self, change: &Change) -> Result<(), EditError> {
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
}
