//! A bridge file's text to a bridge. All problems are told together, none of them with the value that it is about.

use std::collections::BTreeMap;
use std::path::Path;

use mp_proto::failure::Problem;
use mp_proto::ids::{AccountName, AccountType, ProjectId, Region, WorkspaceId};
use mp_proto::secret::Secret;
use serde_json::{Map, Value};

use super::model::{Bridge, BridgeError, VERSION};
use crate::config::account::{Account, Credential, TokenSource};
use crate::config::problem::Located;
use crate::identity::tokens::Tokens;

/// Reads a bridge file's text.
///
/// # Errors
/// With all problems of the file.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Bridge, BridgeError> {
    let mut parser = Parser { path, problems: Vec::new() };
    let invalid = |problems| BridgeError::Invalid { path: path.to_owned(), problems };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("{}:{}:{}", path.display(), error.line(), error.column());
        invalid(vec![Problem::new(at, "not valid JSON")])
    })?;
    let Value::Object(root) = value else {
        return Err(invalid(vec![Problem::new(path.display().to_string(), "a JSON object was expected")]));
    };
    let read = parser.bridge(&root);
    match read {
        Some(bridge) if parser.problems.is_empty() => Ok(bridge),
        _ => Err(invalid(parser.problems)),
    }
}

/// Reads values and collects what is wrong with them.
struct Parser<'a> {
    path: &'a Path,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn wrong(&mut self, field: &str, detail: impl Into<String>) {
        self.problems.push(Problem::new(format!("{}: {field}", self.path.display()), detail));
    }

    fn bridge(&mut self, root: &Map<String, Value>) -> Option<Bridge> {
        let known = ["version", "account", "tokens", "project", "workspace", "headers"];
        for name in root.keys().filter(|name| !known.contains(&name.as_str())) {
            self.wrong(name, format!("unknown key; known are {}", known.join(", ")));
        }
        if root.get("version").is_some_and(|version| version.as_u64() != Some(u64::from(VERSION))) {
            self.wrong("version", "must be the number 2");
        }
        let project = self.id("project", root, ProjectId::parse);
        let workspace = match root.get("workspace") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let id = value.as_i64().and_then(WorkspaceId::new);
                if id.is_none() {
                    self.wrong("workspace", "must be a positive integer");
                }
                id
            }
        };
        let headers = self.headers(root);
        let account = match root.get("account") {
            Some(Value::Object(fields)) => self.account(fields),
            _ => {
                self.wrong("account", "an object is required");
                None
            }
        };
        let account = account?;
        let tokens = self.tokens(root, account.account_type());
        Some(Bridge { path: self.path.to_owned(), account, tokens, project, workspace, headers })
    }

    fn account(&mut self, fields: &Map<String, Value>) -> Option<Account> {
        let name = self.required("account.name", fields, "name", AccountName::parse);
        let region = self.required("account.region", fields, "region", Region::parse);
        let kind = self.required("account.type", fields, "type", AccountType::parse);
        let default_project = self.id("default_project", fields, ProjectId::parse);
        let (kind, name, region) = (kind?, name?, region?);
        let own: &[&str] = match kind {
            AccountType::ServiceAccount => &["username", "secret"],
            AccountType::OauthBrowser => &[],
            AccountType::OauthToken => &["token", "token_env"],
        };
        let common = ["name", "region", "type", "default_project"];
        for key in fields.keys().filter(|key| !common.contains(&key.as_str()) && !own.contains(&key.as_str())) {
            self.wrong(&format!("account.{key}"), format!("unknown key of a {kind} account"));
        }
        let credential = self.credential(kind, fields)?;
        let default_project = default_project.map(|value| Located { value, line: 0 });
        Some(Account { name, region, default_project, credential, line: 0 })
    }

    fn credential(&mut self, kind: AccountType, fields: &Map<String, Value>) -> Option<Credential> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        match kind {
            AccountType::OauthBrowser => Some(Credential::OauthBrowser),
            AccountType::ServiceAccount => match (text("username").filter(|name| !name.is_empty()), text("secret")) {
                (Some(username), Some(secret)) => {
                    Some(Credential::ServiceAccount { username, secret: Secret::new(secret) })
                }
                _ => {
                    self.wrong("account", "a service account needs the texts `username` and `secret`");
                    None
                }
            },
            AccountType::OauthToken => match (text("token"), text("token_env")) {
                (Some(token), None) => Some(Credential::OauthToken(TokenSource::Inline(Secret::new(token)))),
                (None, Some(variable)) => Some(Credential::OauthToken(TokenSource::Env(variable))),
                _ => {
                    self.wrong("account", "a token account needs exactly one of `token` and `token_env`");
                    None
                }
            },
        }
    }

    fn tokens(&mut self, root: &Map<String, Value>, kind: AccountType) -> Option<Tokens> {
        let given = root.get("tokens").filter(|value| !value.is_null());
        match (given, kind) {
            (None, AccountType::OauthBrowser) => {
                self.wrong("tokens", "a browser account needs its tokens");
                None
            }
            (None, _) => None,
            (Some(_), AccountType::ServiceAccount | AccountType::OauthToken) => {
                self.wrong("tokens", "only a browser account has tokens");
                None
            }
            (Some(Value::Object(fields)), AccountType::OauthBrowser) => match Tokens::from_json(fields) {
                Ok(tokens) => Some(tokens),
                Err(problem) => {
                    self.wrong("tokens", problem);
                    None
                }
            },
            (Some(_), AccountType::OauthBrowser) => {
                self.wrong("tokens", "an object was expected");
                None
            }
        }
    }

    fn headers(&mut self, root: &Map<String, Value>) -> BTreeMap<String, Secret> {
        let mut headers = BTreeMap::new();
        match root.get("headers") {
            None | Some(Value::Null) => {}
            Some(Value::Object(fields)) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(value) => drop(headers.insert(name.clone(), Secret::new(value))),
                        None => self.wrong(&format!("headers.{name}"), "must be a text"),
                    }
                }
            }
            Some(_) => self.wrong("headers", "an object was expected"),
        }
        headers
    }

    fn id<T>(
        &mut self,
        name: &str,
        fields: &Map<String, Value>,
        parse: impl Fn(&str) -> Result<T, mp_proto::ids::IdError>,
    ) -> Option<T> {
        match fields.get(name) {
            None | Some(Value::Null) => None,
            Some(_) => self.required(name, fields, name, parse),
        }
    }

    fn required<T>(
        &mut self,
        shown: &str,
        fields: &Map<String, Value>,
        name: &str,
        parse: impl Fn(&str) -> Result<T, mp_proto::ids::IdError>,
    ) -> Option<T> {
        match fields.get(name).and_then(Value::as_str).map(parse) {
            Some(Ok(value)) => Some(value),
            Some(Err(error)) => {
                self.wrong(shown, format!("must be {}", error.expected));
                None
            }
            None => {
                self.wrong(shown, "a text is required");
                None
            }
        }
    }
}
