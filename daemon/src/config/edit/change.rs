//! What can be changed, and which edit each change is.

use mp_proto::context::target_stands_alone;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::{AccountName, SecretStore};
use mp_proto::wire::{AccountAdd, AccountUpdate, SessionPatch, TargetAdd};

use super::editor::Editor;
use super::error::EditError;
use super::login::LoggedIn;
use super::secrets::SecretPlace;

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
    /// Several of the above at once, of one account.
    Choose {
        /// Account to make the active one.
        account: Option<String>,
        /// Default project of that account, or of the active one.
        project: Option<String>,
        /// Workspace to pin.
        workspace: Option<i64>,
    },
    /// Adds or renews the account of a login.
    LogIn(LoggedIn),
    /// Sets what stands in the file for the secrets of accounts.
    PlaceSecrets(Vec<(AccountName, SecretPlace)>),
    /// Sets where new secrets go.
    SetSecretStore(SecretStore),
}

impl Change {
    /// Returns the change that a patch of the session means, for a caller who chose `account` for the call.
    ///
    /// # Errors
    /// When a target comes with what it decides, or the patch is empty.
    pub fn of_patch(patch: SessionPatch, chosen: Option<String>) -> Result<Self, Failure> {
        let invalid = |detail: &str| Failure::new(FailureKind::InvalidArgument, detail);
        let SessionPatch { account, project, workspace, target } = patch;
        if !target_stands_alone(&target, &account, &project, &workspace) {
            return Err(invalid("`target` stands alone: it brings its own account, project and workspace"));
        }
        Ok(match (target, account, project, workspace) {
            (Some(name), ..) => Self::UseTarget { name },
            (None, None, None, None) => {
                return Err(invalid("nothing to persist: give `account`, `project`, `workspace` or `target`"));
            }
            // `mp -a team project use 5` means team's project, without making team the active account.
            (None, None, Some(project), None) => Self::UseProject { account: chosen, project },
            (None, None, None, Some(workspace)) => Self::PinWorkspace { workspace },
            (None, Some(name), None, None) => Self::UseAccount { name },
            (None, account, project, workspace) => Self::Choose { account, project, workspace },
        })
    }
}

impl Editor {
    /// Makes a change.
    pub(super) fn apply(&mut self, change: &Change) -> Result<(), EditError> {
        match change {
            Change::AddAccount(add) => self.add_account(add),
            Change::UpdateAccount { name, update } => self.update_account(name, update),
            Change::RemoveAccount { name, force } => self.remove_account(name, *force),
            Change::AddTarget(add) => self.add_target(add),
            Change::RemoveTarget { name } => self.remove_target(name),
            Change::UseAccount { name } => self.choose(Some(name), None, None),
            Change::UseProject { account, project } => self.use_project(account.as_deref(), project),
            Change::PinWorkspace { workspace } => self.choose(None, None, Some(*workspace)),
            Change::UseTarget { name } => self.use_target(name),
            Change::Choose { account, project, workspace } => {
                self.choose(account.as_deref(), project.as_deref(), *workspace)
            }
            Change::LogIn(login) => self.log_in(login),
            Change::PlaceSecrets(places) => {
                self.place_secrets(places);
                Ok(())
            }
            Change::SetSecretStore(store) => self.set_secret_store(*store),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(patch: SessionPatch) -> String {
        let change = Change::of_patch(patch, Some("team".to_owned()));
        change.map_or_else(|failure| failure.detail, |change| format!("{change:?}"))
    }

    #[test]
    fn a_patch_is_the_smallest_change_that_it_can_be() {
        let text = |text: &str| Some(text.to_owned());
        let (account, project, workspace) = (text("a"), text("1"), Some(2));
        let none = SessionPatch::default();
        let of = |part: SessionPatch| changed(part);
        assert_eq!(of(SessionPatch { account: account.clone(), ..none.clone() }), r#"UseAccount { name: "a" }"#);
        assert_eq!(of(SessionPatch { workspace, ..none.clone() }), "PinWorkspace { workspace: 2 }");
        assert_eq!(of(SessionPatch { target: text("t"), ..none.clone() }), r#"UseTarget { name: "t" }"#);
        let alone = of(SessionPatch { project: project.clone(), ..none.clone() });
        assert_eq!(alone, r#"UseProject { account: Some("team"), project: "1" }"#);
        let both = of(SessionPatch { account: account.clone(), project, ..none.clone() });
        assert_eq!(both, r#"Choose { account: Some("a"), project: Some("1"), workspace: None }"#);
        assert!(of(none.clone()).starts_with("nothing to persist"));
        assert!(of(SessionPatch { account, target: text("t"), ..none }).starts_with("`target` stands alone"));
    }
}
