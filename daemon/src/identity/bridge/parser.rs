//! A bridge file's text to a bridge. All problems are told together, none of them with the value that it is about.

use std::collections::BTreeMap;
use std::path::Path;

use mp_proto::failure::{Problem, Problems};
use mp_proto::ids::{AccountName, AccountType, IdError, ProjectId, WorkspaceId};
use mp_proto::secret::Secret;
use serde_json::{Map, Value};

use super::model::{Bridge, BridgeError, VERSION};
use crate::config::account::{Account, Needs, TypeRules, rules_of};
use crate::config::fields::{Field, FieldProblem, FieldValue, Wrong, check};
use crate::config::header::refusal;
use crate::identity::tokens::Tokens;

/// What a bridge file may hold.
const KNOWN: [&str; 6] = ["version", "account", "tokens", "project", "workspace", "headers"];

/// Reads a bridge file's text.
///
/// # Errors
/// With all problems of the file.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Bridge, BridgeError> {
    let mut parser = Parser { path, problems: Problems::default() };
    let invalid = |problems| BridgeError::Invalid { path: path.to_owned(), problems };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("{}:{}:{}", path.display(), error.line(), error.column());
        invalid(vec![Problem::new(at, "not valid JSON")])
    })?;
    let Value::Object(root) = value else {
        return Err(invalid(vec![Problem::new(path.display().to_string(), "a JSON object was expected")]));
    };
    let read = parser.bridge(&root);
    parser.problems.check(read).map_err(invalid)
}

/// Returns whether a text is that of a bridge file, be it one that cannot be used: it has an account, and nothing that no bridge file has.
pub fn looks_like_one(bytes: &[u8]) -> bool {
    let Ok(Value::Object(root)) = serde_json::from_slice(bytes) else { return false };
    let Some(Value::Object(account)) = root.get("account") else { return false };
    let text = |name: &str| account.get(name).and_then(Value::as_str);
    root.keys().all(|name| KNOWN.contains(&name.as_str()))
        && text("name").is_some()
        && text("type").is_some_and(|kind| AccountType::parse(kind).is_ok())
}

/// Reads values and collects what is wrong with them.
struct Parser<'a> {
    path: &'a Path,
    problems: Problems,
}

impl Parser<'_> {
    fn wrong(&mut self, field: &str, detail: impl Into<String>) {
        self.problems.add(self.at(field), detail);
    }

    fn at(&self, field: &str) -> String {
        format!("{}: {field}", self.path.display())
    }

    fn bridge(&mut self, root: &Map<String, Value>) -> Option<Bridge> {
        for name in root.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
            self.wrong(name, format!("unknown key; known are {}", KNOWN.join(", ")));
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
        let Some(Value::Object(fields)) = root.get("account") else {
            self.wrong("account", "an object is required");
            return None;
        };
        let account = self.account(fields);
        let kind = fields.get("type").and_then(Value::as_str).and_then(|kind| AccountType::parse(kind).ok());
        let tokens = kind.and_then(|kind| self.tokens(root, kind));
        let account = account?;
        Some(Bridge { path: self.path.to_owned(), account, tokens, project, workspace, headers })
    }

    fn account(&mut self, fields: &Map<String, Value>) -> Option<Account> {
        let name = self.required("account.name", fields, "name", AccountName::parse);
        let fields: Vec<_> =
            fields.iter().filter(|(key, _)| *key != "name").map(|(key, value)| field(key, value)).collect();
        match check(name.as_ref(), 0, &fields) {
            Ok(account) => Some(account),
            Err(problems) => {
                for problem in problems {
                    self.account_problem(&problem);
                }
                None
            }
        }
    }

    /// Words a problem of the account without the value that it is about. What a credential needs is said once, and as a whole.
    fn account_problem(&mut self, problem: &FieldProblem<'_>) {
        let at = format!("account.{}", problem.key);
        match (problem.credential, &problem.wrong) {
            (Some(_), _) if self.problems.has(&self.at("account")) => {}
            (Some(rules), _) => self.wrong("account", needs(rules)),
            (None, Wrong::Rule { error, .. }) => self.wrong(&at, format!("must be {}", error.expected)),
            (None, Wrong::Unknown(Some(kind))) => self.wrong(&at, format!("unknown key of a {kind} account")),
            (None, Wrong::Unknown(None)) => self.wrong(&at, "unknown key of an account"),
            (None, _) => self.wrong(&at, "a text is required"),
        }
    }

    fn tokens(&mut self, root: &Map<String, Value>, kind: AccountType) -> Option<Tokens> {
        let own = rules_of(kind);
        let tokens = match root.get("tokens").filter(|value| !value.is_null()) {
            None if own.has_tokens => Err(format!("a {} needs its tokens", own.label)),
            None => return None,
            Some(_) if !own.has_tokens => Err("only a browser account has tokens".to_owned()),
            Some(Value::Object(fields)) => Tokens::from_json(fields),
            Some(_) => Err("an object was expected".to_owned()),
        };
        tokens.map_err(|problem| self.wrong("tokens", problem)).ok()
    }

    fn headers(&mut self, root: &Map<String, Value>) -> BTreeMap<String, Secret> {
        let mut headers = BTreeMap::new();
        match root.get("headers") {
            None | Some(Value::Null) => {}
            Some(Value::Object(fields)) => {
                for (name, value) in fields {
                    if let Some(why) = refusal(name) {
                        self.wrong(&format!("headers.{}", name.escape_debug()), why);
                        continue;
                    }
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
        parse: impl Fn(&str) -> Result<T, IdError>,
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
        parse: impl Fn(&str) -> Result<T, IdError>,
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

fn field<'a>(key: &'a str, value: &'a Value) -> Field<'a> {
    let value = match value {
        Value::String(text) => FieldValue::Text(text),
        Value::Null => FieldValue::Null,
        _ => FieldValue::Other("no text"),
    };
    Field { key, value, key_at: 0, value_at: 0, line: 0 }
}

/// Returns what the credential of a type is made of.
fn needs(rules: &TypeRules) -> String {
    let what = match rules.needs {
        Needs::All => "the texts",
        Needs::One => "exactly one of",
    };
    format!("a {} needs {what} {}", rules.label, rules.names("`"))
}
