//! What a login that came to its end changes: one edit, so that no other program sees half of it.

use mp_proto::ids::{AccountName, ProjectId, Region};

use super::account::fields;
use super::arguments::Arguments;
use super::editor::Editor;
use super::error::EditError;
use crate::config::account::{Account, Credential};
use crate::config::problem::Scope;

/// An account as a login leaves it.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Its name.
    pub name: AccountName,
    /// Its region.
    pub region: Region,
    /// What it authenticates with from now on.
    pub credential: Credential,
    /// Its default project.
    pub project: LoginProjectChange,
    /// Whether the block is expected to be there. Between the start of a login and its end others may have edited the file.
    pub exists: bool,
    /// Make it the active account, and unpin the workspace, which was one of the previous account's.
    pub activate: bool,
}

/// What a login does to the default project of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginProjectChange {
    /// It stays as it is.
    Keep,
    /// This one, if there is none yet.
    IfUnset(ProjectId),
    /// This one.
    Set(ProjectId),
}

impl Editor {
    pub(super) fn log_in(&mut self, login: &LoggedIn) -> Result<(), EditError> {
        match (login.exists, self.doc.contains("accounts", login.name.as_str())) {
            (false, true) => return Err(EditError::AccountExists { name: login.name.to_string() }),
            (false, false) => self.add_logged_in(login),
            (true, _) => self.renew(login)?,
        }
        self.touched.insert(Scope::Account(login.name.to_string()));
        if login.activate {
            self.set_active(&login.name);
            self.set_workspace(None);
        }
        self.account = Some(login.name.clone());
        Ok(())
    }

    fn add_logged_in(&mut self, login: &LoggedIn) {
        let project = match &login.project {
            LoginProjectChange::Keep => None,
            LoginProjectChange::IfUnset(project) | LoginProjectChange::Set(project) => Some(project),
        };
        let kind = login.credential.account_type();
        let block = fields(kind, login.region, project, &login.credential.texts());
        self.doc.add_block("accounts", login.name.as_str(), block);
    }

    /// Changes what the login is about, if the account still is the one that it was started for.
    fn renew(&mut self, login: &LoggedIn) -> Result<(), EditError> {
        let name = login.name.as_str();
        let (project, same_token) = {
            let account = self.account(name)?;
            still_the_same(account, login)?;
            let project = match &login.project {
                LoginProjectChange::IfUnset(project) if account.default_project.is_none() => Some(project.clone()),
                LoginProjectChange::Set(project) => Some(project.clone()),
                LoginProjectChange::IfUnset(_) | LoginProjectChange::Keep => None,
            };
            (project, account.credential.is_same(&login.credential))
        };
        if !same_token {
            self.change_account(name, None, None, &login.credential.texts())?;
        }
        if let Some(project) = project {
            self.set_project(&login.name, &project);
        }
        Ok(())
    }
}

fn still_the_same(account: &Account, login: &LoggedIn) -> Result<(), EditError> {
    let mut arguments = Arguments::default();
    let changed = |at: &str, is: &str, was: &str| {
        format!("{at}: account '{}' has become {is} during this login for {was}", login.name)
    };
    let (is, was) = (account.account_type(), login.credential.account_type());
    if is != was {
        arguments.problem("type", changed("type", is.as_str(), was.as_str()));
    }
    if account.region != login.region {
        arguments.problem("region", changed("region", account.region.as_str(), login.region.as_str()));
    }
    arguments.done()
}

#[cfg(test)]
mod tests {
    use mp_proto::secret::Secret;

    use super::super::{Change, edit};
    use super::*;
    use crate::config::{Lookup, TokenSource};

    const FILE: &str = "# Mine.\n[active]\naccount = \"team\"\nworkspace = 7\n\n# Browser.\n[accounts.dana]\n\
                        type = \"oauth_browser\" # by hand\nregion = \"us\"\n\n[accounts.ci]\ntype = \"oauth_token\"\n\
                        region = \"us\"\n# rotated monthly\ntoken = \"t\"\n";

    fn login(name: &str, credential: Credential) -> LoggedIn {
        LoggedIn {
            name: AccountName::parse(name).expect("a name"),
            region: Region::Us,
            credential,
            project: LoginProjectChange::IfUnset(ProjectId::parse("10").expect("digits")),
            exists: true,
            activate: true,
        }
    }

    fn check(login: LoggedIn, expected: &str) {
        let edited = edit(FILE, &Change::LogIn(login)).expect("a good change");
        assert_eq!(edited.text, expected);
    }

    #[test]
    fn a_login_again_activates_and_unpins_and_keeps_comments() {
        let expected = FILE
            .replace("\"team\"\nworkspace = 7\n", "\"dana\"\n")
            .replace("region = \"us\"\n\n[accounts.ci]", "region = \"us\"\ndefault_project = \"10\"\n\n[accounts.ci]");
        check(login("dana", Credential::OauthBrowser), &expected);
    }

    #[test]
    fn new_tokens_alone_leave_the_active_account_and_a_chosen_project() {
        let quiet = LoggedIn { activate: false, ..login("dana", Credential::OauthBrowser) };
        let first = edit(FILE, &Change::LogIn(quiet.clone())).expect("a good change");
        assert!(first.text.contains("account = \"team\"\nworkspace = 7\n"));
        let other = LoginProjectChange::IfUnset(ProjectId::parse("9").expect("digits"));
        let second = edit(&first.text, &Change::LogIn(LoggedIn { project: other, ..quiet })).expect("a good change");
        assert_eq!(second.text, first.text);
    }

    #[test]
    fn an_inline_token_becomes_a_pointer_in_its_place() {
        let pointer = Credential::OauthToken(TokenSource::Env("CI".into()));
        let quiet = LoggedIn { activate: false, project: LoginProjectChange::Keep, ..login("ci", pointer) };
        check(quiet, &FILE.replace("token = \"t\"", "token_env = \"CI\""));
    }

    #[test]
    fn a_new_account_is_added_and_made_active_in_one_edit() {
        let credential = Credential::ServiceAccount { username: "u".into(), secret: Secret::new("s") };
        let new = LoggedIn { exists: false, ..login("acme", credential) };
        let edited = edit(FILE, &Change::LogIn(new.clone())).expect("a good change");
        assert!(matches!(edited.config.account("acme"), Lookup::Found(account) if account.default_project.is_some()));
        assert_eq!(edited.config.active.account.map(|active| active.value).as_deref(), Some("acme"));
        assert!(edited.config.active.workspace.is_none());
        let taken = edit(&edited.text, &Change::LogIn(new)).expect_err("is there");
        assert!(matches!(taken, EditError::AccountExists { .. }));
    }

    #[test]
    fn an_account_that_became_another_one_is_left_alone() {
        let moved = LoggedIn { region: Region::Eu, ..login("dana", Credential::OauthBrowser) };
        let gone = login("nobody", Credential::OauthBrowser);
        let retyped = login("ci", Credential::OauthBrowser);
        let error = |login| edit(FILE, &Change::LogIn(login)).expect_err("is refused");
        assert!(matches!(error(moved), EditError::Arguments { .. }));
        assert!(matches!(error(retyped), EditError::Arguments { .. }));
        assert!(matches!(error(gone), EditError::AccountNotFound { .. }));
    }
}
