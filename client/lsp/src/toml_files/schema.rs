//! What the JSON Schemas say.

use std::sync::OnceLock;

use serde_json::Value;

use super::cursor::{Cursor, What};

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What is shown and looked for.
    pub label: String,
    /// What is written.
    pub insert: String,
    /// What it is about.
    pub about: Option<String>,
}

/// A file with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// The config of the daemon.
    Config,
    /// A project's file.
    Project,
}

/// Names that may stand in such a file.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Accounts.
    pub accounts: Vec<String>,
    /// Targets.
    pub targets: Vec<String>,
}

const CONFIG: &str = include_str!("../../packaged/config.schema.json");

const PROJECT: &str = include_str!("../../packaged/mixpanel.schema.json");

impl Schema {
    fn root(self) -> &'static Value {
        static ROOTS: [OnceLock<Value>; 2] = [OnceLock::new(), OnceLock::new()];
        let (at, text) = match self {
            Self::Config => (0, CONFIG),
            Self::Project => (1, PROJECT),
        };
        ROOTS[at].get_or_init(|| serde_json::from_str(text).unwrap_or_default())
    }

    /// Follows references.
    fn follow(self, node: &'static Value) -> &'static Value {
        let name = node.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
        name.and_then(|pointer| self.root().pointer(pointer)).unwrap_or(node)
    }

    /// Returns what a node has below a key: in each of its variants that fit what is there.
    fn below(self, node: &'static Value, key: &str) -> Vec<&'static Value> {
        self.variants(node, &[])
            .into_iter()
            .filter_map(|node| {
                let own = node.get("properties").and_then(|all| all.get(key));
                own.or_else(|| node.get("additionalProperties")).filter(|found| found.is_object())
            })
            .map(|found| self.follow(found))
            .collect()
    }

    /// Returns a node and its variants that fit the keys of a block.
    fn variants(self, node: &'static Value, keys: &[(String, Option<String>)]) -> Vec<&'static Value> {
        let fits = |variant: &&'static Value| {
            keys.iter().all(|(key, value)| {
                let wanted = variant.pointer(&format!("/properties/{key}/const")).and_then(Value::as_str);
                wanted.is_none() || value.is_none() || wanted == value.as_deref()
            })
        };
        let inner = node.get("oneOf").and_then(Value::as_array).into_iter().flatten().filter(fits);
        std::iter::once(node).chain(inner).collect()
    }

    fn node(self, path: &[String]) -> Vec<&'static Value> {
        let mut nodes = vec![self.root()];
        for key in path {
            nodes = nodes.into_iter().flat_map(|node| self.below(node, key)).collect();
        }
        nodes
    }

    /// Returns what is told about a key.
    pub(super) fn about(self, path: &[String]) -> Option<String> {
        let nodes = self.node(path);
        let text = |key: &str| nodes.iter().find_map(|node| node.get(key)?.as_str());
        let described = text("description").or_else(|| text("title"));
        let mut lines: Vec<String> = described.map(str::to_owned).into_iter().collect();
        let choices = choices(&nodes);
        if !choices.is_empty() {
            lines.push(format!("One of {}.", choices.join(", ")));
        }
        lines.extend(nodes.iter().find_map(|node| node.get("default")).map(|default| format!("Default: {default}")));
        (!lines.is_empty()).then(|| lines.join("\n\n"))
    }

    /// Returns what may be written at a place.
    pub(super) fn words(self, cursor: &Cursor, names: &Names) -> Vec<Word> {
        match &cursor.what {
            What::Table => self.tables(),
            What::Key(has_value) => {
                let mut words: Vec<Word> = Vec::new();
                let nodes = self.node(&cursor.table).into_iter().flat_map(|node| self.variants(node, &cursor.keys));
                for (key, node) in nodes.flat_map(properties) {
                    let is_there = cursor.keys.iter().any(|(other, _)| other == key)
                        || words.iter().any(|word| word.label == *key);
                    if is_there || !node.is_object() {
                        continue;
                    }
                    let insert = if *has_value { key.clone() } else { format!("{key} = ") };
                    words.push(Word { label: key.clone(), insert, about: description(self.follow(node)) });
                }
                words
            }
            What::Value(key, is_quoted) => self.values(cursor, key, *is_quoted, names),
        }
    }

    fn values(self, cursor: &Cursor, key: &str, is_quoted: bool, names: &Names) -> Vec<Word> {
        let nodes: Vec<&Value> = self.node(&cursor.table).into_iter().flat_map(|node| self.below(node, key)).collect();
        let named = nodes.iter().find_map(|node| node.get("x-names")?.as_str());
        let texts = match named {
            Some("accounts") => names.accounts.clone(),
            Some("targets") => names.targets.clone(),
            _ => choices(&nodes),
        };
        let word = |text: String| Word {
            insert: if is_quoted { text.clone() } else { format!("\"{text}\"") },
            label: text,
            about: None,
        };
        let mut words: Vec<Word> = texts.into_iter().map(word).collect();
        if !is_quoted && nodes.iter().any(|node| node.get("type").is_some_and(|kind| kind == "boolean")) {
            words.extend(["true", "false"].map(|text| Word { label: text.into(), insert: text.into(), about: None }));
        }
        words
    }

    /// Returns the names of tables, two deep at most.
    fn tables(self) -> Vec<Word> {
        let mut words = Vec::new();
        for (key, node) in properties(self.root()).filter(|(_, node)| is_table(node)) {
            let node = self.follow(node);
            words.push(Word { label: key.clone(), insert: key.clone(), about: description(node) });
            for (inner, node) in properties(node).filter(|(_, node)| is_table(node)) {
                let name = format!("{key}.{inner}");
                words.push(Word { label: name.clone(), insert: name, about: description(self.follow(node)) });
            }
        }
        words
    }
}

fn properties(node: &'static Value) -> impl Iterator<Item = (&'static String, &'static Value)> {
    node.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn is_table(node: &Value) -> bool {
    node.get("type").is_some_and(|kind| kind == "object")
}

fn description(node: &Value) -> Option<String> {
    node.get("description")?.as_str().map(str::to_owned)
}

/// Returns the texts that a value may be.
fn choices(nodes: &[&'static Value]) -> Vec<String> {
    let listed = |node: &&'static Value| node.get("enum").and_then(Value::as_array).into_iter().flatten();
    let all = nodes.iter().flat_map(|node| listed(node).chain(node.get("const")));
    let mut found: Vec<String> = Vec::new();
    for text in all.filter_map(Value::as_str) {
        if !found.iter().any(|other| other == text) {
            found.push(text.to_owned());
        }
    }
    found
}
