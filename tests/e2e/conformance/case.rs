//! One recorded case: its files, its calls, and what was recorded of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use mp_sandbox::home::Home;
use serde_json::{Value, json};

use super::compare::{Marks, equal, stdout};
use super::report::Difference;

/// A case as its file has it.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) group: String,
    data: Value,
}

/// Reads all cases.
pub(super) fn all(dir: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(dir).expect("the recordings are there") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let file: Value = serde_json::from_slice(&fs::read(&path).expect("readable")).expect("JSON");
        let group = file["group"].as_str().expect("a text");
        for data in file["cases"].as_array().expect("a list") {
            let id = data["id"].as_str().expect("a text").to_owned();
            cases.push(Case { id, group: group.to_owned(), data: data.clone() });
        }
    }
    assert_eq!(cases.len(), 480, "all recordings are there");
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases
}

/// Returns the elements of a list that may be missing.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Case {
    /// Returns whether the recorded client talked to Mixpanel.
    pub(super) fn has_exchanges(&self) -> bool {
        list(&self.data["expected"]["steps"]).any(|step| list(&step["exchanges"]).next().is_some())
    }

    /// Returns the command that must exist for the case to mean anything. A usage check is about the root, unless its first word
    /// is a group that other cases use.
    pub(super) fn offer(&self, all: &[Self]) -> String {
        let command = self.data["command"].as_str().expect("a text");
        if !command.is_empty() {
            return command.to_owned();
        }
        let first = list(&self.data["argv"]).filter_map(Value::as_str).find(|word| !word.starts_with('-'));
        let known = |word: &&str| {
            all.iter().any(|case| case.data["command"].as_str().unwrap_or_default().split(' ').next() == Some(word))
        };
        first.filter(known).unwrap_or_default().to_owned()
    }

    /// Runs the case in a home of its own; returns what is not as recorded.
    pub(super) fn run(&self, difference: Option<&Difference>) -> Vec<String> {
        let home = crate::empty();
        let marks = Marks::new(home.path());
        self.write_files(&home, &marks);
        let before = files(&home);
        let steps: Vec<&Value> = match self.data.get("steps") {
            Some(steps) => list(steps).collect(),
            None => vec![&self.data],
        };
        let expected: Vec<&Value> = list(&self.data["expected"]["steps"]).collect();
        assert_eq!(steps.len(), expected.len(), "{}: one recording per step", self.id);
        let mut problems = Vec::new();
        for (step, expected) in steps.into_iter().zip(expected) {
            self.run_step(&home, &marks, step, expected, difference, &mut problems);
        }
        if self.data["compare"]["files"] != "none" && !difference.is_some_and(|it| it.ignores_files) {
            self.compare_files(&home, &marks, &before, &mut problems);
        }
        problems
    }

    fn run_step(
        &self,
        home: &Home,
        marks: &Marks,
        step: &Value,
        expected: &Value,
        difference: Option<&Difference>,
        problems: &mut Vec<String>,
    ) {
        let words: Vec<String> = list(&step["argv"]).map(|word| marks.fill(word.as_str().expect("a text"))).collect();
        let mut call = home.mp(&words).stdin(marks.fill(self.data["stdin"].as_str().unwrap_or_default()));
        for (name, value) in self.data["env"].as_object().into_iter().flatten() {
            call = match value.as_str() {
                Some(value) => call.env(name, marks.fill(value)),
                None => call.without(name),
            };
        }
        let done = call.run();
        let recorded = expected["exit_code"].as_i64().expect("a number");
        let usage = expected["usage_error"] == true && [2, 3].contains(&done.code);
        let any_failure = self.data["compare"]["exit_code"] == "nonzero" && done.code != 0;
        let wanted = difference.and_then(|it| it.exit_code).unwrap_or(recorded);
        if i64::from(done.code) != wanted && !usage && !any_failure {
            let said = done.stderr.lines().next().unwrap_or_default();
            problems.push(format!("exit code {} instead of {wanted}; it said: {said}", done.code));
        }
        if !difference.is_some_and(|it| it.ignores_stdout) {
            problems.extend(stdout(&self.data["compare"], expected, &done.stdout, marks).err());
        }
    }

    fn write_files(&self, home: &Home, marks: &Marks) {
        for (path, content) in self.data["files"].as_object().into_iter().flatten() {
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

    fn compare_files(&self, home: &Home, marks: &Marks, before: &BTreeMap<String, Value>, problems: &mut Vec<String>) {
        let mut after = files(home);
        for (path, wanted) in self.data["expected"]["files_after"].as_object().into_iter().flatten() {
            let actual = after.remove(path).or_else(|| home.at(path).is_file().then(|| meaning(home, path)));
            match (wanted.is_null(), actual) {
                (true, None) => {}
                (true, Some(_)) => problems.push(format!("{path} is still there")),
                (false, None) => problems.push(format!("{path} is missing")),
                (false, Some(actual)) => {
                    if let Err(problem) = equal(wanted, &actual, marks) {
                        problems.push(format!("{path}: {problem}"));
                    }
                }
            }
        }
        let listed = |path: &String| self.data["expected"]["files_after"].get(path).is_some();
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
    }
}

/// Returns the files that count, with mode and meaning: config, tokens, bridges, and everything in the working directory.
fn files(home: &Home) -> BTreeMap<String, Value> {
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
