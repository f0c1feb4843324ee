//! An entry: what a host is told of the server.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::hosts::Shape;

/// The server, as it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// The program.
    pub(crate) command: String,
    /// Its arguments; the first is `mcp`.
    pub(crate) arguments: Vec<String>,
    /// Variables that it gets.
    pub(crate) variables: Vec<(String, String)>,
}

impl Server {
    /// Returns the entry in the shape of a host.
    pub(super) fn entry(&self, shape: Shape) -> Value {
        let variables: Map<String, Value> =
            self.variables.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        let mut entry = match shape {
            Shape::Plain => json!({"command": self.command, "args": self.arguments}),
            Shape::Typed => json!({"type": "stdio", "command": self.command, "args": self.arguments}),
            Shape::Copilot => {
                json!({"type": "local", "command": self.command, "args": self.arguments, "tools": ["*"]})
            }
            Shape::List => {
                let words: Vec<&String> = std::iter::once(&self.command).chain(&self.arguments).collect();
                json!({"type": "local", "command": words, "enabled": true})
            }
        };
        if !variables.is_empty() {
            let key = if shape == Shape::List { "environment" } else { "env" };
            entry[key] = Value::Object(variables);
        }
        entry
    }
}

/// Returns whether a file has all that an entry says. What a person or the host has added to it stays theirs.
pub(super) fn has_all(found: &Value, entry: &Value) -> bool {
    match (found, entry) {
        (Value::Object(found), Value::Object(entry)) => {
            entry.iter().all(|(key, value)| found.get(key).is_some_and(|found| found == value))
                && ["env", "environment"].iter().all(|key| is_empty(found.get(*key)) || entry.contains_key(*key))
        }
        _ => false,
    }
}

fn is_empty(variables: Option<&Value>) -> bool {
    variables.is_none_or(|variables| variables.as_object().is_some_and(Map::is_empty))
}

/// Returns whether an entry is one of ours: it runs a program of our name, as a server.
pub(super) fn is_ours(found: &Value, command: &str) -> bool {
    let texts = |value: &Value| -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    let words: Vec<String> = [&found["command"], &found["args"]].into_iter().flat_map(texts).collect();
    let (Some(program), Some("mcp")) = (words.first(), words.get(1).map(String::as_str)) else { return false };
    program == command || Path::new(program).file_name().is_some_and(|name| name == "mp")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(variables: &[(&str, &str)]) -> Server {
        Server {
            command: "/bin/mp".to_owned(),
            arguments: vec!["mcp".to_owned(), "--read-only".to_owned()],
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    #[test]
    fn each_shape_says_the_same() {
        for shape in [Shape::Plain, Shape::Typed, Shape::List, Shape::Copilot] {
            for variables in [&[][..], &[("MP_STORAGE_DIR", "/s")]] {
                let entry = server(variables).entry(shape);
                assert!(has_all(&entry, &entry) && is_ours(&entry, ""), "{entry}");
                assert_eq!(entry.to_string().contains("/s"), !variables.is_empty());
            }
        }
        assert_eq!(
            server(&[]).entry(Shape::List),
            json!({"type": "local", "command": ["/bin/mp", "mcp", "--read-only"], "enabled": true})
        );
    }

    #[test]
    fn what_others_added_is_no_other_entry_and_what_they_changed_is() {
        let entry = server(&[]).entry(Shape::Plain);
        let mut found = entry.clone();
        found["disabled"] = json!(true);
        found["env"] = json!({});
        assert!(has_all(&found, &entry));
        found["env"] = json!({"A": "b"});
        assert!(!has_all(&found, &entry), "it runs with something else");
        found["env"] = json!({});
        found["args"] = json!(["mcp"]);
        assert!(!has_all(&found, &entry) && is_ours(&found, ""));
        assert!(!has_all(&json!("mp"), &entry));
    }

    #[test]
    fn ours_is_what_runs_mp_as_a_server() {
        for (found, expected) in [
            (json!({"command": "mp", "args": ["mcp"]}), true),
            (json!({"command": "/opt/other", "args": ["mcp"]}), true),
            (json!({"command": "npx", "args": ["-y", "mcp-remote"]}), false),
            (json!({"command": "/x/mp", "args": ["session"]}), false),
            (json!({"url": "https://mcp.mixpanel.com/mcp"}), false),
            (json!(["mp", "mcp"]), false),
        ] {
            assert_eq!(is_ours(&found, "/opt/other"), expected, "{found}");
        }
    }
}
