//! The files of a case: written before it, compared after it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use mp_sandbox::home::Home;
use serde_json::{Value, json};

use super::compare::{Marks, equal};

/// Files by their path below the home, with mode and meaning.
pub(super) type Found = BTreeMap<String, Value>;

/// Writes the files that a case begins with.
pub(super) fn write(files: &Value, home: &Home, marks: &Marks) {
    for (path, content) in files.as_object().into_iter().flatten() {
        let wrapped = ["text", "json", "symlink"].iter().any(|key| content.get(key).is_some());
        let (content, mode) = match (wrapped, content.get("mode")) {
            (true, Some(mode)) => (content, mode.as_str().expect("octal text")),
            (_, _) => (content, "600"),
        };
        let mode = u32::from_str_radix(mode, 8).expect("octal text");
        if let Some(target) = content.get("symlink").filter(|_| wrapped) {
            let path = home.at(path);
            fs::create_dir_all(path.parent().expect("below the home")).expect("writable");
            std::os::unix::fs::symlink(marks.fill(target.as_str().expect("a text")), path).expect("writable");
            continue;
        }
        let text = match content {
            Value::String(text) => marks.fill(text),
            _ if wrapped && content.get("text").is_some() => marks.fill(content["text"].as_str().expect("a text")),
            _ if wrapped => marks.fill(&content["json"].to_string()),
            _ => marks.fill(&content.to_string()),
        };
        home.write_mode(path, &text, mode);
    }
}

/// Compares the files that a case ends with: `changed` are the recorded changes since `before`.
pub(super) fn compare(changed: &Value, home: &Home, marks: &Marks, before: &Found) -> Vec<String> {
    let mut problems = Vec::new();
    let mut after = find(home);
    for (path, wanted) in changed.as_object().into_iter().flatten() {
        let actual = after.remove(path).or_else(|| home.at(path).is_file().then(|| meaning(home, path)));
        match (wanted.is_null(), actual) {
            (true, None) => {}
            (true, Some(_)) => problems.push(format!("{path} is still there")),
            (false, None) => problems.push(format!("{path} is missing")),
            (false, Some(actual)) => {
                let actual = without_client(path, wanted, actual);
                if let Err(problem) = equal(wanted, &actual, marks) {
                    problems.push(format!("{path}: {problem}"));
                }
            }
        }
    }
    let listed = |path: &String| changed.get(path).is_some();
    for path in before.keys().filter(|path| !listed(path) && !after.contains_key(*path)) {
        problems.push(format!("{path} is gone"));
    }
    for (path, actual) in &after {
        match before.get(path) {
            Some(old) if old == actual => {}
            Some(_) => problems.push(format!("{path} has changed")),
            None => problems.push(format!("{path} is new")),
        }
    }
    problems
}

/// Leaves out the client id that minted a grant and that we keep with it, which the Python tool does not.
fn without_client(path: &str, wanted: &Value, mut actual: Value) -> Value {
    if path.ends_with("/tokens.json") && wanted["json"].get("client_id").is_none() {
        actual["json"].as_object_mut().and_then(|tokens| tokens.remove("client_id"));
    }
    actual
}

/// Returns the files that count, with mode and meaning: config, tokens, bridges, and everything in the working directory.
pub(super) fn find(home: &Home) -> Found {
    let mut found = BTreeMap::new();
    let mut open = vec![home.path().to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("readable") {
            let path = entry.expect("readable").path();
            let name = path.strip_prefix(home.path()).expect("below it").to_str().expect("ASCII").to_owned();
            let counts = name.starts_with("work/")
                || name.ends_with("/tokens.json")
                || [".mp/config.toml", ".claude/mixpanel/auth.json"].contains(&name.as_str());
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if counts && path.is_file() {
                found.insert(name.clone(), meaning(home, &name));
            }
        }
    }
    found
}

/// Returns mode and parsed content, in the form of `files_after`.
fn meaning(home: &Home, name: &str) -> Value {
    let path = home.at(name);
    let mode = format!("{:o}", fs::metadata(&path).expect("it is there").permissions().mode() & 0o777);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let table: Option<toml::Table> = name.ends_with(".toml").then(|| text.parse().ok()).flatten();
    if let Some(table) = table {
        return json!({"mode": mode, "toml": serde_json::to_value(table).expect("plain values")});
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(value) if name.ends_with(".json") => json!({"mode": mode, "json": value}),
        _ => json!({"mode": mode, "text": text}),
    }
}

#[test]
fn only_the_client_id_of_a_grant_is_left_out() {
    let tokens = |value: Value| json!({"mode": "600", "json": value});
    let check = |wanted: Value, actual: Value| without_client("a/tokens.json", &tokens(wanted), tokens(actual));
    assert_eq!(check(json!({"a": 1}), json!({"a": 1, "client_id": "c"})), tokens(json!({"a": 1})));
    assert_eq!(check(json!({"client_id": "c"}), json!({"client_id": "d"})), tokens(json!({"client_id": "d"})));
    assert_eq!(check(json!({}), json!({"b": 1})), tokens(json!({"b": 1})));
}
