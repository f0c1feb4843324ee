//! The report as SARIF 2.1.0, which code hosts show beside the lines.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::report::{Report, Row};
use crate::rule::{Rule, Severity};
use crate::text::Place;

/// The schema that the format has.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What stands for itself in an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Report {
    /// Returns all of it as SARIF. Files are told relative to a directory where they are below it.
    pub fn sarif(&self, directory: &Path) -> Value {
        let rule = |rule: &Rule| {
            json!({
                "id": rule.word(),
                "shortDescription": {"text": rule.about()},
                "defaultConfiguration": {"level": level(rule.severity())},
            })
        };
        let base = format!("file://{}/", utf8_percent_encode(directory.to_string_lossy().trim_end_matches('/'), PLAIN));
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "mp lint",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": Rule::ALL.iter().map(rule).collect::<Vec<_>>(),
                }},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SRCROOT": {"uri": base}},
                "results": self.rows.iter().map(|row| result(row, directory)).collect::<Vec<_>>(),
            }],
        })
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information | Severity::Hint => "note",
        Severity::Off => "none",
    }
}

fn region(from: Place, to: Place) -> Value {
    json!({"startLine": from.line + 1, "startColumn": from.column + 1, "endLine": to.line + 1, "endColumn": to.column + 1})
}

fn result(row: &Row, directory: &Path) -> Value {
    let finding = &row.finding;
    let location = location(&row.path, directory);
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule).unwrap_or_default();
    let mut result = json!({
        "ruleId": finding.rule.word(),
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": region(row.from, row.to)}}],
        "properties": {"event": finding.event, "property": finding.property},
    });
    if let Some((name, from, to)) = &row.fix {
        let replacement = json!({"deletedRegion": region(*from, *to), "insertedContent": {"text": name}});
        result["fixes"] = json!([{
            "description": {"text": format!("Change to '{name}'")},
            "artifactChanges": [{"artifactLocation": location, "replacements": [replacement]}],
        }]);
    }
    result
}

fn location(path: &Path, directory: &Path) -> Value {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match absolute.strip_prefix(directory) {
        Ok(inside) => {
            json!({"uri": utf8_percent_encode(&inside.to_string_lossy(), PLAIN).to_string(), "uriBaseId": "SRCROOT"})
        }
        Err(_) => json!({"uri": format!("file://{}", utf8_percent_encode(&absolute.to_string_lossy(), PLAIN))}),
    }
}
