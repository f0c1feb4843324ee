//! What was found, as a value from which all formats are made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::files::{Files, Found};
use crate::code::Subject;
use crate::judge::{Finding, findings};
use crate::knowledge::{Knowledge, Owner};
use crate::rule::Severity;
use crate::text::{Encoding, Place};

/// Something that is wrong, and where in which file.
#[derive(Debug)]
pub struct Row {
    /// The file.
    pub path: PathBuf,
    /// Where it begins, from 0.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// What it is.
    pub finding: Finding,
    /// What was meant, and where that would have to be written.
    pub fix: Option<(String, Place, Place)>,
}

/// Where an event is named, and whether a project has it.
pub type Named = (Vec<(PathBuf, u32)>, bool);

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong, by file and place.
    pub rows: Vec<Row>,
    /// Projects that the code was held against.
    pub owners: Vec<Owner>,
    /// What could not be checked, and why.
    pub unchecked: Vec<(String, String)>,
    /// The events of the code, each with where it is named and whether a project has it.
    pub events: BTreeMap<String, Named>,
    /// Events of the projects that the code does not name.
    pub unused: BTreeSet<String>,
    /// How many files were read.
    pub files: usize,
    /// Files that were not read.
    pub skipped: Vec<PathBuf>,
    /// How many calls were found.
    pub uses: usize,
}

impl Report {
    /// Begins one about some files.
    pub fn new(files: &Files) -> Self {
        Self {
            files: files.read,
            skipped: files.skipped.clone(),
            uses: files.found.iter().map(|found| found.uses.len()).sum(),
            ..Self::default()
        }
    }

    /// Adds what is wrong in a file, by what is known of its project.
    pub fn add(&mut self, found: &Found, knowledge: &Knowledge) {
        let place = |offset: usize| found.text.place(offset, Encoding::Utf32);
        for finding in findings(&found.uses, knowledge, &found.scope.rules) {
            let fix = finding.meant.as_ref().map(|(name, at)| (name.clone(), place(at.start), place(at.end)));
            let (from, to) = (place(finding.at.start), place(finding.at.end));
            self.rows.push(Row { path: found.path.clone(), from, to, finding, fix });
        }
        for one in found.uses.iter().filter(|one| one.subject == Subject::Event) {
            match &one.event {
                Some(event) => {
                    let is_known = knowledge.event(&event.text).is_some();
                    let line = place(event.at.start).line + 1;
                    let entry = self.events.entry(event.text.clone()).or_default();
                    entry.0.push((found.path.clone(), line));
                    entry.1 |= is_known;
                }
                None => {
                    let at = place(one.method.start);
                    let what = format!("{}:{}", found.path.display(), at.line + 1);
                    self.unchecked.push((what, "the name of the event is computed".to_owned()));
                }
            }
        }
    }

    /// Adds the events of a project that the code does not name.
    pub fn add_unused(&mut self, knowledge: &Knowledge) {
        let names = knowledge.events.iter().map(|event| event.name.to_string());
        self.unused.extend(names.filter(|name| !self.events.contains_key(name) && !crate::judge::is_reserved(name)));
    }

    /// Puts rows into the order in which they are read.
    pub fn sort(&mut self) {
        self.rows.sort_by(|one, other| (&one.path, one.from).cmp(&(&other.path, other.from)));
    }

    /// Returns how many there are that are so bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.rows.iter().filter(|row| row.finding.severity == severity).count()
    }

    /// Returns lines for people and for the error formats of editors.
    pub fn text(&self, with_inventory: bool) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let finding = &row.finding;
            text.push_str(&format!(
                "{}:{}:{}: {}: {} [{}]\n",
                row.path.display(),
                row.from.line + 1,
                row.from.column + 1,
                finding.severity.word(),
                finding.message,
                finding.rule.word()
            ));
        }
        if with_inventory {
            text.push_str("\nEvents of the code:\n");
            for (name, (places, is_known)) in &self.events {
                let known = if *is_known { "" } else { ", not in the project" };
                let first = places.first().map_or(String::new(), |(path, line)| format!("{}:{line}", path.display()));
                text.push_str(&format!("  {name}  ({} calls, first {first}{known})\n", places.len()));
            }
            text.push_str("\nEvents of the project that the code does not name:\n");
            self.unused.iter().for_each(|name| text.push_str(&format!("  {name}\n")));
        }
        text
    }

    /// Returns the sentence about all of it.
    pub fn summary(&self) -> String {
        let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let mut parts =
            vec![counted(self.count(Severity::Error), "error"), counted(self.count(Severity::Warning), "warning")];
        let others = self.rows.len() - self.count(Severity::Error) - self.count(Severity::Warning);
        if others > 0 {
            parts.push(counted(others, "hint"));
        }
        let mut summary =
            format!("{} in {} of {}", parts.join(", "), counted(self.uses, "call"), counted(self.files, "file"));
        let computed = self.unchecked.len();
        if computed > 0 {
            summary.push_str(&format!("; {computed} could not be checked (-f json lists them)"));
        }
        if !self.skipped.is_empty() {
            summary.push_str(&format!("; {} not read", counted(self.skipped.len(), "file")));
        }
        summary
    }

    /// Returns all of it for programs.
    pub fn json(&self) -> Value {
        let path = |path: &Path| path.display().to_string();
        let row = |row: &Row| {
            let finding = &row.finding;
            json!({
                "file": path(&row.path),
                "line": row.from.line + 1, "column": row.from.column + 1,
                "end_line": row.to.line + 1, "end_column": row.to.column + 1,
                "rule": finding.rule.word(), "severity": finding.severity.word(), "message": finding.message,
                "event": finding.event, "property": finding.property,
                "suggestion": row.fix.as_ref().map(|(name, ..)| name),
            })
        };
        let event = |(name, (places, is_known)): (&String, &Named)| {
            let places: Vec<Value> =
                places.iter().map(|(file, line)| json!({"file": path(file), "line": line})).collect();
            json!({"event": name, "in_project": is_known, "places": places})
        };
        let owner =
            |owner: &Owner| json!({"account": owner.account, "project": owner.project, "name": owner.project_name});
        json!({
            "version": 1,
            "projects": self.owners.iter().map(owner).collect::<Vec<_>>(),
            "findings": self.rows.iter().map(row).collect::<Vec<_>>(),
            "events": self.events.iter().map(event).collect::<Vec<_>>(),
            "unused": self.unused,
            "unchecked": self.unchecked.iter().map(|(what, why)| json!({"what": what, "why": why})).collect::<Vec<_>>(),
            "skipped": self.skipped.iter().map(|file| path(file)).collect::<Vec<_>>(),
            "summary": {
                "files": self.files, "calls": self.uses,
                "errors": self.count(Severity::Error), "warnings": self.count(Severity::Warning),
            },
        })
    }
}
