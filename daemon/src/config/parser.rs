//! Text to settings. All problems are found in one pass, each with its place, and none keeps a good block from being used.

use std::sync::Arc;

use mp_proto::ids::{AccountName, ProjectId, SecretStore, TargetName, WorkspaceId};
use mp_proto::secret::Secret;
use toml::de::{DeTable, DeValue};

use super::fields::{Field, FieldValue, check};
use super::model::{Config, CustomHeader, Target};
use super::problem::{ConfigProblem, Lines, Located, Scope};
use super::value::{Key, Value, kind, whole};
use super::{header, legacy, limits, network, notify, output, telemetry};

/// Parses the bytes of a config file, which must be UTF-8.
pub fn parse_bytes(bytes: &[u8]) -> Config {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let (line, column) = Lines::new(&good).locate(good.len());
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
            let detail = format!("byte 0x{byte:02x} is not valid here: expected UTF-8 text");
            let problem = ConfigProblem { scope: Scope::Syntax, line, column, detail };
            Config { problems: vec![problem], ..Config::default() }
        }
    }
}

/// Parses the text of a config file.
pub fn parse(text: &str) -> Config {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut parser = Parser { lines: Lines::new(text), config: Config::default(), broken: Vec::new() };
    for error in &errors {
        let at = error.span().map_or(text.len(), |span| span.start);
        parser.problem(Scope::Syntax, at, error.message().to_owned());
    }
    parser.broken = parser.config.problems.iter().map(|problem| problem.line).collect();
    parser.root(root.get_ref());
    let mut config = parser.config;
    config.problems.sort_by_key(|problem| (problem.line, problem.column));
    config
}

/// What a table was read as, and what is wrong in it, each with its place.
type Read<T> = (T, Vec<(usize, String)>);

struct Parser<'t> {
    lines: Lines<'t>,
    config: Config,
    /// Lines with a syntax error. What the parser made up there says nothing about the rest.
    broken: Vec<usize>,
}

impl Parser<'_> {
    fn problem(&mut self, scope: Scope, at: usize, detail: impl Into<String>) {
        let (line, column) = self.lines.locate(at);
        if scope == Scope::Syntax || !self.broken.contains(&line) {
            self.config.problems.push(ConfigProblem { scope, line, column, detail: detail.into() });
        }
    }

    /// Tells that something is missing, unless it may be one of the things that could not be read.
    fn missing(&mut self, scope: Scope, at: usize, detail: impl Into<String>) {
        if self.broken.is_empty() {
            self.problem(scope, at, detail);
        }
    }

    fn line(&self, at: usize) -> usize {
        self.lines.locate(at).0
    }

    /// Unknown keys and tables are another program's, or a later release's.
    fn root(&mut self, root: &DeTable<'_>) {
        for (key, value) in root.iter() {
            let name = key.get_ref().as_ref();
            match name {
                "accounts" | "targets" => self.blocks(name, value),
                "active" => self.active(value),
                "settings" => self.settings(value),
                _ if legacy::ROOT_KEYS.contains(&name) => {
                    self.problem(Scope::Legacy, key.span().start, legacy::detail(name));
                }
                _ => {}
            }
        }
    }

    fn blocks(&mut self, name: &str, value: &Value<'_>) {
        let DeValue::Table(blocks) = value.get_ref() else {
            let detail = format!("{name} is {}: expected a table with one block per name", kind(value));
            return self.problem(Scope::Root, value.span().start, detail);
        };
        for (key, block) in blocks.iter() {
            if name == "accounts" { self.account(key, block) } else { self.target(key, block) }
        }
    }

    fn account(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let (text, at) = (key.get_ref().as_ref(), key.span().start);
        let scope = Scope::Account(text.to_owned());
        let name = AccountName::parse(text);
        if let Err(error) = &name {
            self.problem(scope.clone(), at, error.to_string());
        }
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("accounts.{text} is {}: expected a table", kind(value));
            return self.problem(scope, value.span().start, detail);
        };
        if let Some((old, _)) = block.get_key_value("project_id") {
            let detail = legacy::detail("project_id in an account");
            self.problem(Scope::Legacy, old.span().start, detail);
        }
        let fields: Vec<_> = block.iter().filter(|(key, _)| key.get_ref() != "project_id").collect();
        let fields: Vec<_> = fields.into_iter().map(|(key, value)| self.field(key, value)).collect();
        match check(name.as_ref().ok(), self.line(at), &fields) {
            Ok(account) if block.get("project_id").is_none() => {
                self.config.accounts.insert(account.name.clone(), Arc::new(account));
            }
            Ok(_) => {}
            Err(problems) => {
                for problem in problems {
                    match problem.at {
                        Some(at) => self.problem(scope.clone(), at, problem.in_config()),
                        None => self.missing(scope.clone(), at, problem.in_config()),
                    }
                }
            }
        }
    }

    fn field<'a>(&self, key: &'a Key<'_>, value: &'a Value<'_>) -> Field<'a> {
        let text = match value.get_ref() {
            DeValue::String(text) => FieldValue::Text(text.as_ref()),
            _ => FieldValue::Other(kind(value)),
        };
        let (key_at, value_at) = (key.span().start, value.span().start);
        Field { key: key.get_ref().as_ref(), value: text, key_at, value_at, line: self.line(value_at) }
    }

    fn target(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let (text, at) = (key.get_ref().as_ref(), key.span().start);
        let scope = Scope::Target(text.to_owned());
        let name = TargetName::parse(text).map_err(|error| self.problem(scope.clone(), at, error.to_string())).ok();
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("targets.{text} is {}: expected a table", kind(value));
            return self.problem(scope, value.span().start, detail);
        };
        self.refuse_unknown(&scope, block, "a target", &["account", "project", "workspace"]);
        let account = self.text(&scope, at, block, "account", "the name of an account");
        let project = self.project(&scope, at, block);
        let workspace = block.get("workspace").map(|value| self.workspace(&scope, value));
        if let (Some(name), Some(account), Some(project), None | Some(Some(_))) = (name, account, project, workspace) {
            let line = self.line(at);
            let target = Target { name: name.clone(), account, project, workspace: workspace.flatten(), line };
            if self.config.problems_for(&scope).is_empty() {
                self.config.targets.insert(name, target);
            }
        }
    }

    fn active(&mut self, value: &Value<'_>) {
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("active is {}: expected a table", kind(value));
            return self.problem(Scope::Active, value.span().start, detail);
        };
        if let Some((old, _)) = block.get_key_value("project") {
            let detail = legacy::detail("project in [active]");
            self.problem(Scope::Legacy, old.span().start, detail);
        }
        self.refuse_unknown(&Scope::Active, block, "[active]", &["account", "workspace", "project"]);
        if let Some(value) = block.get("account") {
            let line = self.line(value.span().start);
            let text = self.text(&Scope::Active, 0, block, "account", "the name of an account");
            self.config.active.account = text.map(|value| Located { value, line });
        }
        if let Some(value) = block.get("workspace") {
            let line = self.line(value.span().start);
            let workspace = self.workspace(&Scope::Active, value);
            self.config.active.workspace = workspace.map(|value| Located { value, line });
        }
    }

    fn settings(&mut self, value: &Value<'_>) {
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("settings is {}: expected a table", kind(value));
            return self.problem(Scope::Settings, value.span().start, detail);
        };
        if let Some(value) = block.get("secret_store") {
            self.secret_store(value);
        }
        if let Some(limits) = self.part(block, "limits", limits::read) {
            self.config.limits = limits;
        }
        if let Some(value) = block.get("network") {
            self.network(value);
        }
        if let Some(output) = self.part(block, "output", output::read) {
            self.config.output = output;
        }
        if let Some(notify) = self.part(block, "notify", notify::read) {
            self.config.notify = notify;
        }
        if let Some(telemetry) = self.part(block, "telemetry", telemetry::read) {
            self.config.telemetry = telemetry;
        }
        if let Some((key, value)) = block.get_key_value("custom_header") {
            self.custom_header(key, value);
        }
    }

    fn secret_store(&mut self, value: &Value<'_>) {
        let (found, store) = match value.get_ref() {
            DeValue::String(text) => (format!("{text:?}"), SecretStore::parse(text).ok()),
            _ => (kind(value).to_owned(), None),
        };
        self.config.secret_store = store.unwrap_or_default();
        if store.is_none() {
            let detail = format!("secret_store is {found}: expected {}", SecretStore::EXPECTED);
            self.problem(Scope::Settings, value.span().start, detail);
        }
    }

    /// Reads a table of the settings, if it is there.
    fn part<T>(&mut self, settings: &DeTable<'_>, name: &str, read: fn(&DeTable<'_>) -> Read<T>) -> Option<T> {
        let value = settings.get(name)?;
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("{name} is {}: expected a table", kind(value));
            self.problem(Scope::Settings, value.span().start, detail);
            return None;
        };
        let (read, problems) = read(block);
        for (at, detail) in problems {
            self.problem(Scope::Settings, at, detail);
        }
        Some(read)
    }

    fn network(&mut self, value: &Value<'_>) {
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("network is {}: expected a table", kind(value));
            self.config.network.problem = Some(format!("[settings] {detail}"));
            return self.problem(Scope::Settings, value.span().start, detail);
        };
        let (network, problems) = network::read(block);
        self.config.network = network;
        for (at, detail) in problems {
            self.problem(Scope::Settings, at, detail);
        }
    }

    fn custom_header(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let at = key.span().start;
        let DeValue::Table(block) = value.get_ref() else {
            let detail = format!("custom_header is {}: expected a table with name and value", kind(value));
            return self.problem(Scope::Header, value.span().start, detail);
        };
        let name = self.text(&Scope::Header, at, block, "name", "the name of a header");
        let text = self.text(&Scope::Header, at, block, "value", "the value of the header");
        if let Some(name) = &name
            && let Some(why) = header::refusal(name)
        {
            let name_at = block.get("name").map_or(at, |value| value.span().start);
            return self.problem(Scope::Header, name_at, format!("custom_header.name is {name:?}: {why}"));
        }
        if let (Some(name), Some(text)) = (name, text) {
            let value = CustomHeader { name, value: Secret::new(text) };
            self.config.custom_header = Some(Located { value, line: self.line(at) });
        }
    }

    fn refuse_unknown(&mut self, scope: &Scope, block: &DeTable<'_>, owner: &str, allowed: &[&str]) {
        for (key, _) in block.iter().filter(|(key, _)| !allowed.contains(&key.get_ref().as_ref())) {
            let known: Vec<_> =
                allowed.iter().copied().filter(|key| owner != "[active]" || *key != "project").collect();
            let detail = format!("unknown key {:?}: {owner} has {}", key.get_ref(), known.join(", "));
            self.problem(scope.clone(), key.span().start, detail);
        }
    }

    fn text(&mut self, scope: &Scope, at: usize, block: &DeTable<'_>, key: &str, expected: &str) -> Option<String> {
        match block.get(key).map(|value| (value.get_ref(), value)) {
            Some((DeValue::String(text), _)) => Some(text.to_string()),
            Some((_, value)) => {
                let detail = format!("{key} is {}: expected {expected}, a string", kind(value));
                self.problem(scope.clone(), value.span().start, detail);
                None
            }
            None => {
                self.missing(scope.clone(), at, format!("{key} is missing: expected {expected}"));
                None
            }
        }
    }

    fn project(&mut self, scope: &Scope, at: usize, block: &DeTable<'_>) -> Option<ProjectId> {
        let expected = "a project id in quotes, such as \"3187654\"";
        let text = self.text(scope, at, block, "project", expected)?;
        let value_at = block.get("project").map_or(at, |value| value.span().start);
        let detail = |error: mp_proto::ids::IdError| format!("project is {:?}: expected {expected}", error.value);
        ProjectId::parse(&text).map_err(|error| self.problem(scope.clone(), value_at, detail(error))).ok()
    }

    /// Reads a workspace. The Python tool takes whole floats and strings of digits for integers, so such files exist.
    fn workspace(&mut self, scope: &Scope, value: &Value<'_>) -> Option<WorkspaceId> {
        let (found, id) = match value.get_ref() {
            DeValue::Integer(number) => (
                number.to_string(),
                i64::from_str_radix(number.as_str(), number.radix()).ok().and_then(WorkspaceId::new),
            ),
            DeValue::Float(number) => (number.to_string(), number.as_str().parse().ok().and_then(whole)),
            DeValue::String(text) => (format!("{text:?}"), WorkspaceId::parse(text).ok()),
            _ => (kind(value).to_owned(), None),
        };
        if id.is_none() {
            let detail = format!("workspace is {found}: expected a positive integer");
            self.problem(scope.clone(), value.span().start, detail);
        }
        id
    }
}

#[cfg(test)]
mod tests;
