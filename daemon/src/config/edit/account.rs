//! Changes of accounts.

use mp_proto::ids::{AccountName, AccountType, ProjectId, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::{AccountAdd, AccountUpdate};
use toml_edit::{TableLike, Value};

use super::arguments::Arguments;
use super::document::string;
use super::editor::Editor;
use super::error::EditError;
use crate::config::problem::Scope;

impl Editor {
    pub(super) fn add_account(&mut self, add: &AccountAdd) -> Result<(), EditError> {
        let mut arguments = Arguments::default();
        let name = arguments.value("name", AccountName::parse(add.name.as_deref().unwrap_or_default()));
        let kind = arguments.choice("type", AccountType::parse(&add.r#type));
        let region = match (&add.region, kind) {
            (Some(region), _) => arguments.choice("region", Region::parse(region)),
            (None, Some(AccountType::OauthBrowser)) => Some(Region::Us),
            (None, _) => {
                arguments.misuse("region", "region is missing: expected one of us, eu, in");
                None
            }
        };
        let project = add.default_project.as_deref().map(ProjectId::parse);
        let project = project.and_then(|project| arguments.value("default_project", project));
        if let Some(kind) = kind {
            check_credential(&mut arguments, kind, &Given::of_add(add));
        }
        // What is none here has its problem.
        let (Some(name), Some(kind), Some(region)) = (name, kind, region) else { return arguments.done() };
        arguments.done()?;
        if self.doc.contains("accounts", name.as_str()) {
            return Err(EditError::AccountExists { name: name.to_string() });
        }
        let is_first = self.doc.blocks("accounts").next().is_none();
        let credential = AccountUpdate {
            username: add.username.clone(),
            secret: add.secret.clone(),
            token: add.token.clone(),
            token_env: add.token_env.clone(),
            ..AccountUpdate::default()
        };
        self.doc.add_block("accounts", name.as_str(), fields(kind, region, project.as_ref(), &credential));
        self.touched.insert(Scope::Account(name.to_string()));
        if is_first {
            self.set_active(&name);
            self.promoted = true;
        }
        self.account = Some(name);
        Ok(())
    }

    pub(super) fn update_account(&mut self, name: &str, update: &AccountUpdate) -> Result<(), EditError> {
        if !self.doc.contains("accounts", name) {
            return Err(self.account_not_found(name));
        }
        let mut arguments = Arguments::default();
        let region = update.region.as_deref().map(Region::parse);
        let region = region.and_then(|region| arguments.choice("region", region));
        let project = update.default_project.as_deref().map(ProjectId::parse);
        let project = project.and_then(|project| arguments.value("default_project", project));
        let path = ["accounts", name];
        // A block may be bad in the very key that is updated; only its type must be known.
        if let Some(kind) = self.doc.text(&["accounts", name, "type"]).and_then(|kind| AccountType::parse(kind).ok()) {
            check_update(&mut arguments, kind, &Given::of_update(update));
        }
        arguments.done()?;
        let secret = update.secret.as_ref().map(Secret::expose);
        let settings = [
            ("region", region.map(Region::as_str)),
            ("default_project", project.as_ref().map(ProjectId::as_str)),
            ("username", update.username.as_deref()),
            ("secret", secret),
        ];
        for (key, value) in settings {
            if let Some(value) = value {
                self.doc.set(&path, key, string(value));
            }
        }
        if let Some(token) = &update.token {
            self.doc.replace_key(&path, "token_env", "token", string(token.expose()));
        } else if let Some(variable) = &update.token_env {
            self.doc.replace_key(&path, "token", "token_env", string(variable));
        }
        self.touched.insert(Scope::Account(name.to_owned()));
        self.account = AccountName::parse(name).ok();
        Ok(())
    }

    pub(super) fn remove_account(&mut self, name: &str, force: bool) -> Result<(), EditError> {
        if !self.doc.contains("accounts", name) {
            return Err(self.account_not_found(name));
        }
        let uses = |table: &dyn TableLike| table.get("account").and_then(|account| account.as_str()) == Some(name);
        let targets = self.doc.blocks("targets").filter(|(_, table)| uses(*table));
        let targets: Vec<_> = targets.map(|(target, _)| target.to_owned()).collect();
        if !targets.is_empty() && !force {
            return Err(EditError::AccountInUse { name: name.to_owned(), targets });
        }
        self.orphaned = targets;
        self.doc.remove_block("accounts", name);
        if self.doc.text(&["active", "account"]) == Some(name) {
            self.doc.remove(&["active"], "account");
            self.set_workspace(None);
        }
        self.account = AccountName::parse(name).ok();
        Ok(())
    }
}

/// The credential of an add or update, as it was given.
struct Given<'a> {
    username: Option<&'a str>,
    secret: Option<&'a Secret>,
    token: Option<&'a Secret>,
    token_env: Option<&'a str>,
}

impl<'a> Given<'a> {
    fn of_add(add: &'a AccountAdd) -> Self {
        Self {
            username: add.username.as_deref(),
            secret: add.secret.as_ref(),
            token: add.token.as_ref(),
            token_env: add.token_env.as_deref(),
        }
    }

    fn of_update(update: &'a AccountUpdate) -> Self {
        Self {
            username: update.username.as_deref(),
            secret: update.secret.as_ref(),
            token: update.token.as_ref(),
            token_env: update.token_env.as_deref(),
        }
    }

    /// Returns each field with its type and whether it is given, and given empty.
    fn fields(&self) -> [(&'static str, AccountType, bool, bool); 4] {
        let secret = |secret: Option<&Secret>| (secret.is_some(), secret.is_some_and(Secret::is_empty));
        let text = |text: Option<&str>| (text.is_some(), text == Some(""));
        let row = |key, kind, (is_given, is_empty)| (key, kind, is_given, is_empty);
        [
            row("username", AccountType::ServiceAccount, text(self.username)),
            row("secret", AccountType::ServiceAccount, secret(self.secret)),
            row("token", AccountType::OauthToken, secret(self.token)),
            row("token_env", AccountType::OauthToken, text(self.token_env)),
        ]
    }
}

/// Refuses what is empty, and what belongs to another type. For a new account that is a wrong call; for one that exists it depends
/// on the file.
fn check_update(arguments: &mut Arguments, kind: AccountType, given: &Given<'_>) {
    for (key, owner, is_given, is_empty) in given.fields() {
        if is_given && owner != kind {
            let detail = format!("{key} is for {owner} accounts, and this is a {kind} account");
            arguments.problems.push(mp_proto::failure::Problem::new(key, detail));
        } else if is_empty {
            arguments.misuse(key, format!("{key} is empty"));
        }
    }
    if given.token.is_some() && given.token_env.is_some() {
        arguments.misuse("token_env", "token and token_env are both given: expected one of them");
    }
}

fn check_credential(arguments: &mut Arguments, kind: AccountType, given: &Given<'_>) {
    check_update(arguments, kind, given);
    let is_foreign = given.fields().iter().any(|(_, owner, is_given, _)| *is_given && *owner != kind);
    arguments.usage |= is_foreign;
    match kind {
        AccountType::ServiceAccount => {
            if given.username.is_none() {
                arguments.misuse("username", "username is missing: expected the user name of the service account");
            }
            if given.secret.is_none() {
                arguments.misuse("secret", "secret is missing: expected the secret of the service account");
            }
        }
        AccountType::OauthToken if given.token.is_none() && given.token_env.is_none() => {
            arguments.misuse("token", "token is missing: expected one of token and token_env");
        }
        AccountType::OauthToken | AccountType::OauthBrowser => {}
    }
}

/// Returns the keys of a new block, in the order in which the Python tool writes them.
pub(super) fn fields(
    kind: AccountType,
    region: Region,
    project: Option<&ProjectId>,
    credential: &AccountUpdate,
) -> Vec<(&'static str, Value)> {
    let all = [
        ("type", Some(kind.as_str())),
        ("region", Some(region.as_str())),
        ("default_project", project.map(ProjectId::as_str)),
        ("username", credential.username.as_deref()),
        ("secret", credential.secret.as_ref().map(Secret::expose)),
        ("token", credential.token.as_ref().map(Secret::expose)),
        ("token_env", credential.token_env.as_deref()),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, string(value?)))).collect()
}
