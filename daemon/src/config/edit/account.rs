//! Changes of accounts.

use mp_proto::ids::{AccountName, AccountType, ProjectId, Region};
use mp_proto::secret::Secret;
use mp_proto::wire::{AccountAdd, AccountUpdate};
use toml_edit::{TableLike, Value};

use super::arguments::Arguments;
use super::document::string;
use super::editor::Editor;
use super::error::EditError;
use crate::config::account::{Key, Needs, rules_of};
use crate::config::problem::Scope;

/// A key of a credential and the text that is to stand there, which may be a secret.
pub(super) type KeyText<'a> = (&'static str, &'a str);

impl Editor {
    pub(super) fn add_account(&mut self, add: &AccountAdd) -> Result<(), EditError> {
        let mut arguments = Arguments::default();
        let name = arguments.value("name", AccountName::parse(add.name.as_deref().unwrap_or_default()));
        let kind = arguments.choice("type", AccountType::parse(&add.r#type));
        let region = match (&add.region, kind.and_then(|kind| rules_of(kind).default_region)) {
            (Some(region), _) => arguments.choice("region", Region::parse(region)),
            (None, None) => {
                arguments.misuse("region", format!("region is missing: expected {}", Region::EXPECTED));
                None
            }
            (None, default) => default,
        };
        let project = add.default_project.as_deref().map(ProjectId::parse);
        let project = project.and_then(|project| arguments.value("default_project", project));
        let credential = given(&add.username, &add.secret, &add.token, &add.token_env);
        if let Some(kind) = kind {
            check_new(&mut arguments, kind, &credential);
        }
        // What is none here has its problem.
        let (Some(name), Some(kind), Some(region)) = (name, kind, region) else { return arguments.done() };
        arguments.done()?;
        if self.doc.contains("accounts", name.as_str()) {
            return Err(EditError::AccountExists { name: name.to_string() });
        }
        let is_first = self.doc.blocks("accounts").next().is_none();
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
        let credential = given(&update.username, &update.secret, &update.token, &update.token_env);
        self.change_account(name, update.region.as_deref(), update.default_project.as_deref(), &credential)
    }

    /// Replaces what is given, and leaves the rest as it is.
    pub(super) fn change_account(
        &mut self,
        name: &str,
        region: Option<&str>,
        project: Option<&str>,
        credential: &[KeyText<'_>],
    ) -> Result<(), EditError> {
        if !self.doc.contains("accounts", name) {
            return Err(self.account_not_found(name));
        }
        let mut arguments = Arguments::default();
        let region = region.and_then(|region| arguments.choice("region", Region::parse(region)));
        let project = project.and_then(|project| arguments.value("default_project", ProjectId::parse(project)));
        // A block may be bad in the very key that is updated; only its type must be known.
        let kind = self.doc.text(&["accounts", name, "type"]).and_then(|kind| AccountType::parse(kind).ok());
        if let Some(kind) = kind {
            check_given(&mut arguments, kind, credential);
        }
        arguments.done()?;
        let common =
            [("region", region.map(Region::as_str)), ("default_project", project.as_ref().map(ProjectId::as_str))];
        for (key, value) in common {
            if let Some(value) = value {
                self.doc.set(&["accounts", name], key, string(value));
            }
        }
        for (key, text) in credential {
            self.set_credential(name, kind, key, text);
        }
        self.touched.insert(Scope::Account(name.to_owned()));
        self.account = AccountName::parse(name).ok();
        Ok(())
    }

    /// Sets a key of a credential, in the place of the one that it excludes, if that is there.
    pub(super) fn set_credential(&mut self, name: &str, kind: Option<AccountType>, key: &'static str, text: &str) {
        let path = ["accounts", name];
        let rivals = kind.map(rules_of).filter(|own| own.needs == Needs::One).map_or(&[][..], |own| own.keys);
        let mut rivals = rivals.iter().map(|rival| rival.name).filter(|rival| *rival != key);
        match rivals.next() {
            Some(rival) => self.doc.replace_key(&path, rival, key, string(text)),
            None => self.doc.set(&path, key, string(text)),
        }
        rivals.for_each(|rival| self.doc.remove(&path, rival));
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

/// Returns the keys of a credential that are given.
fn given<'a>(
    username: &'a Option<String>,
    secret: &'a Option<Secret>,
    token: &'a Option<Secret>,
    token_env: &'a Option<String>,
) -> Vec<KeyText<'a>> {
    let all = [
        ("username", username.as_deref()),
        ("secret", secret.as_ref().map(Secret::expose)),
        ("token", token.as_ref().map(Secret::expose)),
        ("token_env", token_env.as_deref()),
    ];
    all.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
}

/// Refuses what is empty, and what belongs to another type: whether that is wrong depends on the file.
fn check_given(arguments: &mut Arguments, kind: AccountType, given: &[KeyText<'_>]) {
    for (key, text) in given {
        if !rules_of(kind).has(key) {
            let owner = AccountType::ALL.iter().find(|owner| rules_of(**owner).has(key));
            let owner = owner.map_or("other", |owner| owner.as_str());
            let detail = format!("{key} is for {owner} accounts, and this is a {kind} account");
            arguments.problem(key, detail);
        } else if text.is_empty() {
            arguments.misuse(key, format!("{key} is empty"));
        }
    }
    for type_of_one in AccountType::ALL.iter().map(|kind| rules_of(*kind)).filter(|own| own.needs == Needs::One) {
        let mut own = given.iter().filter(|(key, _)| type_of_one.has(key));
        if let (Some(_), Some((key, _))) = (own.next(), own.next()) {
            arguments.misuse(key, format!("{} are both given: expected one of them", type_of_one.names("")));
        }
    }
}

/// Checks the credential of a new account. What belongs to another type is a wrong call here, whatever the file holds.
fn check_new(arguments: &mut Arguments, kind: AccountType, given: &[KeyText<'_>]) {
    check_given(arguments, kind, given);
    let own = rules_of(kind);
    arguments.usage |= given.iter().any(|(key, _)| !own.has(key));
    let is_given = |key: &Key| given.iter().any(|(given, _)| *given == key.name);
    match own.needs {
        Needs::All => {
            for key in own.keys.iter().filter(|key| !is_given(key)) {
                arguments.misuse(key.name, format!("{} is missing: expected {}", key.name, key.in_call));
            }
        }
        Needs::One if own.keys.iter().any(is_given) => {}
        Needs::One => {
            for first in own.keys.iter().take(1) {
                arguments.misuse(first.name, format!("{} is missing: expected one of {}", first.name, own.names("")));
            }
        }
    }
}

/// Returns the keys of a new block, in the order in which the Python tool writes them.
pub(super) fn fields(
    kind: AccountType,
    region: Region,
    project: Option<&ProjectId>,
    credential: &[KeyText<'_>],
) -> Vec<(&'static str, Value)> {
    let common = [
        ("type", Some(kind.as_str())),
        ("region", Some(region.as_str())),
        ("default_project", project.map(ProjectId::as_str)),
    ];
    let common = common.into_iter().filter_map(|(key, value)| Some((key, value?)));
    common.chain(credential.iter().copied()).map(|(key, value)| (key, string(value))).collect()
}
