//! One recorded case: its files, its calls, and what was recorded of them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use mp_sandbox::home::{Done, Home};
use serde_json::Value;

use super::compare::{Marks, stdout};
use super::player::{Entries, Player};
use super::{files, login, requests};
use crate::terminal::{Transcript, Watched, watch};

/// A case as its file has it.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) group: String,
    data: Value,
}

/// What may differ between a run and its recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The exit code, which is this one instead.
    Exit(i64),
    /// Standard output.
    Stdout,
    /// The requests to Mixpanel.
    Requests,
    /// The files left behind.
    Files,
    /// How the user's side of a login went; never on purpose.
    Login,
}

/// One way in which a run is not as recorded.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) part: Part,
    pub(super) text: String,
}

/// Reads all cases.
pub(super) fn all(dir: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(dir).expect("the recordings are there") {
        let path = entry.expect("readable").path();
        // Questions have a runner of their own: no command line was recorded with them.
        if path.extension().is_none_or(|end| end != "json") || path.ends_with(super::ask::FILE) {
            continue;
        }
        // What was recorded as region `custom` went to a base URL that a variable gave.
        let text = fs::read_to_string(&path).expect("readable").replace(r#""path": "/custom/"#, r#""path": "/api/"#);
        let file: Value = serde_json::from_str(&text).expect("JSON");
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

/// Collects what `/me` answered to whom in all cases.
pub(super) fn entries(cases: &[Case]) -> Entries {
    let me = cases.iter().flat_map(Case::exchanges).filter_map(|exchange| {
        let request = &exchange["request"];
        let path = request["path"].as_str().filter(|path| path.ends_with("/app/me"))?;
        let credentials = request["headers"]["authorization"].as_str()?;
        Some(((path.to_owned(), credentials.to_owned()), exchange["response"].clone()))
    });
    me.collect()
}

/// Returns the elements of a list that may be missing.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Returns the words of a call without those that say how its answer is shown.
fn without_format(words: &[String]) -> Vec<&String> {
    let says = |word: &String| ["-f", "--format", "--jq"].contains(&word.as_str());
    let follows = |at: usize| at > 0 && says(&words[at - 1]);
    words.iter().enumerate().filter(|(at, word)| !says(word) && !follows(*at)).map(|(_, word)| word).collect()
}

impl Case {
    fn exchanges(&self) -> impl Iterator<Item = &Value> {
        list(&self.data["expected"]["steps"]).flat_map(|step| list(&step["exchanges"]))
    }

    /// Returns the recorded exchanges of each step.
    pub(super) fn steps(&self) -> Vec<Vec<Value>> {
        list(&self.data["expected"]["steps"]).map(|step| list(&step["exchanges"]).cloned().collect()).collect()
    }

    /// Returns whether the recorded client talked to Mixpanel.
    pub(super) fn has_exchanges(&self) -> bool {
        self.exchanges().next().is_some()
    }

    /// Returns whether the recorded client was sent to another base URL: its paths are not those of a region then.
    fn is_moved(&self) -> bool {
        self.exchanges().any(|it| it["request"]["path"].as_str().is_some_and(|path| path.starts_with("/api/")))
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

    /// Runs the case in a home of its own, with a server of its own; returns what is not as recorded.
    pub(super) fn run(&self, entries: &Arc<Entries>) -> Vec<Problem> {
        let home = crate::empty();
        let entries = if self.ignores_me() { Arc::clone(entries) } else { Arc::default() };
        let player = Player::start(home.path(), entries);
        let mut marks = Marks::new(home.path(), &player.url());
        files::write(&self.data["files"], &home, &marks);
        let before = files::find(&home);
        let steps: Vec<&Value> = match self.data.get("steps") {
            Some(steps) => list(steps).collect(),
            None => vec![&self.data],
        };
        let expected: Vec<&Value> = list(&self.data["expected"]["steps"]).collect();
        assert_eq!(steps.len(), expected.len(), "{}: one recording per step", self.id);
        let mut problems = Vec::new();
        for (step, expected) in steps.into_iter().zip(expected) {
            self.run_step(&home, &player, &mut marks, step, expected, &mut problems);
        }
        if self.data["compare"]["files"] != "none" {
            let found = files::compare(&self.data["expected"]["files_after"], &home, &marks, &before);
            problems.extend(found.into_iter().map(|text| Problem { part: Part::Files, text }));
        }
        problems
    }

    /// Returns whether it is one call that succeeds in talking to Mixpanel, with an answer that may be shown in any format.
    pub(super) fn is_answered(&self, command: &str) -> bool {
        let step = &self.data["expected"]["steps"][0];
        self.data["command"] == command
            && self.data.get("steps").is_none()
            && step["exit_code"] == 0
            && ["json", "jsonl", "table", "csv", "text"].contains(&step["stdout_kind"].as_str().unwrap_or_default())
            && self.has_exchanges()
    }

    /// Runs the call at a terminal of 80 columns, without its format and with other words behind its own.
    pub(super) fn shown(&self, entries: &Arc<Entries>, more: &[&str]) -> Transcript {
        let home = crate::empty();
        let player = Player::start(home.path(), Arc::clone(entries));
        let marks = Marks::new(home.path(), &player.url());
        files::write(&self.data["files"], &home, &marks);
        player.play(&self.steps()[0]);
        let words: Vec<String> =
            list(&self.data["argv"]).map(|word| marks.fill(word.as_str().expect("a text"))).collect();
        let mut command = home.command(&home.programs().mp);
        command.args(without_format(&words)).args(more).current_dir(home.at("work"));
        command.env("MPD_UPSTREAM", marks.upstream()).env_remove("COLUMNS");
        for (name, value) in self.data["env"].as_object().into_iter().flatten() {
            match value.as_str() {
                Some(value) => command.env(name, marks.fill(value)),
                None => command.env_remove(name),
            };
        }
        watch(command, Watched::Stdout)
    }

    fn ignores_me(&self) -> bool {
        self.data["ignore_me"] == true
    }

    fn run_step(
        &self,
        home: &Home,
        player: &Player,
        marks: &mut Marks,
        step: &Value,
        expected: &Value,
        problems: &mut Vec<Problem>,
    ) {
        let exchanges: Vec<Value> = list(&expected["exchanges"]).cloned().collect();
        player.play(&exchanges);
        let (done, problem) = self.call(home, marks, step);
        problems.extend(problem.map(|text| Problem { part: Part::Login, text }));
        problems.extend(self.check_exit(expected, &done));
        let output = stdout(&self.data["compare"], expected, &done.stdout, marks).err();
        problems.extend(output.map(|text| Problem { part: Part::Stdout, text }));
        if self.data["compare"]["requests"] != "none" {
            let found = requests::compare(&exchanges, &player.sent(), self.ignores_me(), marks);
            problems.extend(found.into_iter().map(|text| Problem { part: Part::Requests, text }));
        }
    }

    fn call(&self, home: &Home, marks: &mut Marks, step: &Value) -> (Done, Option<String>) {
        let words: Vec<String> = list(&step["argv"]).map(|word| marks.fill(word.as_str().expect("a text"))).collect();
        let stdin = marks.fill(self.data["stdin"].as_str().unwrap_or_default());
        let mut call = home.mp(&words).stdin(stdin);
        // The daemon's own redirection wins over a caller's base URL.
        if !self.is_moved() {
            call = call.env("MPD_UPSTREAM", marks.upstream());
        }
        for (name, value) in self.data["env"].as_object().into_iter().flatten() {
            call = match value.as_str() {
                Some(value) => call.env(name, marks.fill(value)),
                None => call.without(name),
            };
        }
        match self.data.get("oauth") {
            Some(oauth) => login::run(home, call, oauth, marks),
            None => (call.run(), None),
        }
    }

    fn check_exit(&self, expected: &Value, done: &Done) -> Option<Problem> {
        let recorded = expected["exit_code"].as_i64().expect("a number");
        let usage = expected["usage_error"] == true && [2, 3].contains(&done.code);
        let any_failure = self.data["compare"]["exit_code"] == "nonzero" && done.code != 0;
        let code = i64::from(done.code);
        (code != recorded && !usage && !any_failure).then(|| {
            let said = done.stderr.lines().next().unwrap_or_default();
            Problem { part: Part::Exit(code), text: format!("exit code {code} instead of {recorded}; it said: {said}") }
        })
    }
}
