//! What a project's `.mixpanel.toml` says. The file comes with a checkout, so it is not trusted: it chooses among what the user has by
//! name, says which files are looked at and what is not told, and can do nothing else.

use std::collections::BTreeMap;
use std::ops::Range;

use mp_client::{AccountName, ProjectId, Switch, TargetName};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::code::Wrapper;
use crate::rule::{Rule, Severity};

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// Account, project, workspace or target; none of what is left to the session.
    pub choice: Switch,
    /// Globs of the files that are looked at; all if there are none.
    pub include: Vec<String>,
    /// Globs of those that are not.
    pub exclude: Vec<String>,
    /// Functions that pass on what they get.
    pub wrappers: Vec<Wrapper>,
    /// Events that are not judged; `*` stands for anything.
    pub events: Vec<String>,
    /// Properties that are not judged.
    pub properties: Vec<String>,
    /// How bad what is.
    pub severities: BTreeMap<Rule, Severity>,
}

/// Something wrong in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in the text.
    pub at: Range<usize>,
    /// What, and what was expected.
    pub detail: String,
}

type Value<'i> = Spanned<DeValue<'i>>;

/// The keys at the root of the file.
pub const ROOT: [&str; 8] = ["account", "target", "project", "workspace", "files", "wrappers", "ignore", "severity"];

/// The keys of a wrapper.
pub const WRAPPER: [&str; 3] = ["name", "event", "properties"];

impl Rules {
    /// Reads the file. All that is wrong is told, and what is right counts.
    pub fn parse(text: &str) -> (Self, Vec<Mistake>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader { rules: Self::default(), mistakes: Vec::new() };
        for error in &errors {
            let at = error.span().unwrap_or(text.len()..text.len());
            reader.mistakes.push(Mistake { at, detail: error.message().to_owned() });
        }
        if errors.is_empty() {
            reader.root(root.get_ref());
        }
        reader.mistakes.sort_by_key(|mistake| mistake.at.start);
        (reader.rules, reader.mistakes)
    }

    /// Returns how bad something is.
    pub fn severity(&self, rule: Rule) -> Severity {
        self.severities.get(&rule).copied().unwrap_or_else(|| rule.severity())
    }

    /// Whether an event is not judged.
    pub fn ignores_event(&self, name: &str) -> bool {
        self.events.iter().any(|pattern| fits(pattern, name))
    }

    /// Whether a property is not judged.
    pub fn ignores_property(&self, name: &str) -> bool {
        self.properties.iter().any(|pattern| fits(pattern, name))
    }
}

/// Whether a name is one that a pattern means, in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(tail)
}

struct Reader {
    rules: Rules,
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn wrong(&mut self, at: Range<usize>, detail: String) {
        self.mistakes.push(Mistake { at, detail });
    }

    fn root(&mut self, root: &DeTable<'_>) {
        for (key, value) in root.iter() {
            match key.get_ref().as_ref() {
                "account" => {
                    self.rules.choice.account =
                        self.named(value, "account", |text| AccountName::parse(text).is_ok(), "the name of an account");
                }
                "target" => {
                    self.rules.choice.target =
                        self.named(value, "target", |text| TargetName::parse(text).is_ok(), "the name of a target");
                }
                "project" => {
                    let expected = "a project id in quotes, such as \"3187654\"";
                    self.rules.choice.project =
                        self.named(value, "project", |text| ProjectId::parse(text).is_ok(), expected);
                }
                "workspace" => self.rules.choice.workspace = self.workspace(value),
                "files" => self.files(value),
                "wrappers" => self.wrappers(value),
                "ignore" => self.ignore(value),
                "severity" => self.severity(value),
                other => self.wrong(key.span(), format!("unknown key {other:?}: expected one of {}", ROOT.join(", "))),
            }
        }
        let choice = &self.rules.choice;
        if choice.target.is_some()
            && (choice.account.is_some() || choice.project.is_some() || choice.workspace.is_some())
        {
            let at = root.get_key_value("target").map_or(0..0, |(key, _)| key.span());
            self.wrong(
                at,
                "a target brings its own account, project and workspace: expected a target, or the others".to_owned(),
            );
            self.rules.choice.target = None;
        }
    }

    fn text<'v>(&mut self, value: &'v Value<'_>, key: &str, expected: &str) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            _ => {
                self.wrong(value.span(), format!("{key} is {}: expected {expected}, a string", kind(value)));
                None
            }
        }
    }

    fn named(&mut self, value: &Value<'_>, key: &str, is_good: fn(&str) -> bool, expected: &str) -> Option<String> {
        let text = self.text(value, key, expected)?;
        if !is_good(text) {
            self.wrong(value.span(), format!("{key} is {text:?}: expected {expected}"));
            return None;
        }
        Some(text.to_owned())
    }

    fn workspace(&mut self, value: &Value<'_>) -> Option<i64> {
        let id = whole(value).filter(|id| *id > 0);
        if id.is_none() {
            self.wrong(
                value.span(),
                format!("workspace is {}: expected the id of a workspace, a positive integer", kind(value)),
            );
        }
        id
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>, key: &str) -> Option<&'v DeTable<'i>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.wrong(value.span(), format!("{key} is {}: expected a table", kind(value)));
                None
            }
        }
    }

    fn texts(&mut self, value: &Value<'_>, key: &str, is_good: impl Fn(&str) -> Result<(), String>) -> Vec<String> {
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong(value.span(), format!("{key} is {}: expected a list of strings", kind(value)));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for entry in list.iter() {
            let Some(text) = self.text(entry, &format!("an entry of {key}"), "a name") else { continue };
            match is_good(text) {
                Ok(()) => texts.push(text.to_owned()),
                Err(why) => self.wrong(entry.span(), why),
            }
        }
        texts
    }

    fn files(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value, "files") else { return };
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "include" => self.rules.include = self.texts(value, "files.include", is_glob),
                "exclude" => self.rules.exclude = self.texts(value, "files.exclude", is_glob),
                other => self.wrong(key.span(), format!("unknown key {other:?}: [files] has include, exclude")),
            }
        }
    }

    fn ignore(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value, "ignore") else { return };
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "events" => self.rules.events = self.texts(value, "ignore.events", |_| Ok(())),
                "properties" => self.rules.properties = self.texts(value, "ignore.properties", |_| Ok(())),
                other => self.wrong(key.span(), format!("unknown key {other:?}: [ignore] has events, properties")),
            }
        }
    }

    fn severity(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value, "severity") else { return };
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            let Some(rule) = Rule::of(name) else {
                let all: Vec<&str> = Rule::ALL.iter().map(|rule| rule.word()).collect();
                self.wrong(key.span(), format!("unknown rule {name:?}: expected one of {}", all.join(", ")));
                continue;
            };
            let all = Severity::ALL.map(Severity::word).join(", ");
            let Some(text) = self.text(value, name, &format!("one of {all}")) else { continue };
            match Severity::of(text) {
                Some(severity) => drop(self.rules.severities.insert(rule, severity)),
                None => self.wrong(value.span(), format!("{name} is {text:?}: expected one of {all}")),
            }
        }
    }

    fn wrappers(&mut self, value: &Value<'_>) {
        let DeValue::Array(list) = value.get_ref() else {
            return self
                .wrong(value.span(), format!("wrappers is {}: expected a list of names or tables", kind(value)));
        };
        for entry in list.iter() {
            let made = match entry.get_ref() {
                DeValue::String(name) => Wrapper::new(name, 0, Some(1)),
                DeValue::Table(table) => match self.wrapper(entry, table) {
                    Some(made) => made,
                    None => continue,
                },
                _ => Err(format!(
                    "a wrapper is {}: expected a name, or a table with {}",
                    kind(entry),
                    WRAPPER.join(", ")
                )),
            };
            match made {
                Ok(wrapper) => self.rules.wrappers.push(wrapper),
                Err(why) => self.wrong(entry.span(), why),
            }
        }
    }

    /// Reads a wrapper; none where what is wrong has been told.
    fn wrapper(&mut self, entry: &Value<'_>, table: &DeTable<'_>) -> Option<Result<Wrapper, String>> {
        let before = self.mistakes.len();
        let (mut name, mut event, mut properties) = (None, 0, Some(1));
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "name" => name = self.text(value, "name", "the name of a function").map(str::to_owned),
                "event" => event = self.place(value, "event").unwrap_or(0),
                "properties" if matches!(value.get_ref(), DeValue::Boolean(false)) => properties = None,
                "properties" => properties = self.place(value, "properties"),
                other => self.wrong(key.span(), format!("unknown key {other:?}: a wrapper has {}", WRAPPER.join(", "))),
            }
        }
        if self.mistakes.len() > before {
            return None;
        }
        let Some(name) = name else {
            self.wrong(entry.span(), "name is missing: expected the name of a function".to_owned());
            return None;
        };
        Some(Wrapper::new(&name, event, properties))
    }

    fn place(&mut self, value: &Value<'_>, key: &str) -> Option<usize> {
        let place = whole(value).and_then(|place| usize::try_from(place).ok()).filter(|place| *place < 16);
        if place.is_none() {
            self.wrong(
                value.span(),
                format!("{key} is {}: expected the place of an argument, from 0 to 15", kind(value)),
            );
        }
        place
    }
}

fn whole(value: &Value<'_>) -> Option<i64> {
    match value.get_ref() {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
        // The same number, as JSON Schema has it.
        DeValue::Float(number) => {
            let number: f64 = number.as_str().replace('_', "").parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
        }
        _ => None,
    }
}

fn kind(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("{:?}", text.chars().take(80).collect::<String>()),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(_) => "a float".to_owned(),
        DeValue::Boolean(is_true) => is_true.to_string(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// Whether a text is a glob that stays where the file is.
fn is_glob(text: &str) -> Result<(), String> {
    let leaves = text.starts_with(['/', '~']) || text.split('/').any(|part| part == "..") || text.contains('\\');
    if leaves || text.is_empty() {
        return Err(format!(
            "{text:?} is no glob below the directory of this file: expected one such as \"src/**/*.ts\""
        ));
    }
    Ok(())
}
