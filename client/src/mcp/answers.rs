//! Answers that are too long to be returned at once: a digest goes out, all of it is kept for a while, and rows of it are returned when
//! they are asked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mp_catalog::Operation;
use mp_proto::failure::{Failure, FailureKind};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::digest::{digest, fitting, rows};

/// So many bytes of an answer are returned at once: a few thousand tokens.
pub(super) const PAGE: usize = 20_000;

/// So many bytes are kept altogether; the oldest answer goes first. The last one always stays.
const KEPT: usize = 64 * 1024 * 1024;

/// So long an answer is kept.
const LIFE: Duration = Duration::from_secs(60 * 60);

/// What the addresses of answers begin with.
pub(super) const ADDRESS: &str = "mixpanel://answers/";

/// Arguments of `read_answer`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) id: String,
    #[serde(default)]
    pub(super) from: usize,
    pub(super) count: Option<usize>,
    #[serde(default)]
    pub(super) columns: Vec<String>,
    pub(super) contains: Option<String>,
}

/// An answer that is kept.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) id: String,
    /// What it is: the operation, or the tool.
    pub(super) of: String,
    operation: Option<&'static Operation>,
    text: Arc<str>,
    since: Instant,
}

/// The answers that were not returned whole.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<Shelf>);

#[derive(Debug)]
struct Shelf {
    /// So many bytes are kept.
    most: usize,
    /// How many were put here so far; the number of the last one.
    count: u64,
    kept: VecDeque<Kept>,
}

impl Answers {
    /// Keeps an answer, and returns it with its digest.
    pub(super) fn keep(&self, operation: Option<&'static Operation>, of: &str, value: &Value) -> (Kept, Value) {
        let told = digest(operation, value);
        let text: Arc<str> = value.to_string().into();
        let kept = {
            let mut shelf = self.0.lock();
            shelf.count += 1;
            let id = format!("a{}", shelf.count);
            let kept = Kept { id, of: of.to_owned(), operation, text, since: Instant::now() };
            shelf.kept.push_back(kept.clone());
            shelf.clear(Instant::now());
            kept
        };
        let mut shown = json!({"id": kept.id, "of": of, "uri": kept.uri(), "bytes": kept.text.len()});
        if let (Some(shown), Value::Object(told)) = (shown.as_object_mut(), told) {
            shown.extend(told);
        }
        shown["kept"] = "for an hour, or until 64 MB of later answers".into();
        shown["next"] = format!(
            "read_answer {{\"id\": \"{}\", \"from\": 0, \"count\": 100}}; columns and contains choose",
            kept.id
        )
        .into();
        (kept, json!({"answer": shown}))
    }

    /// Returns the answers that are there, the last one first.
    pub(super) fn list(&self) -> Vec<Kept> {
        let mut shelf = self.0.lock();
        shelf.clear(Instant::now());
        shelf.kept.iter().rev().cloned().collect()
    }

    /// Returns an answer.
    ///
    /// # Errors
    /// When it is not there any more.
    pub(super) fn get(&self, id: &str) -> Result<Kept, Failure> {
        let mut shelf = self.0.lock();
        shelf.clear(Instant::now());
        shelf.kept.iter().find(|kept| kept.id == id).cloned().ok_or_else(|| {
            let detail = format!(
                "answer '{}' is not kept any more (an answer is kept for an hour, or until 64 MB of later ones): repeat the call that \
                 it came from",
                id.escape_debug()
            );
            Failure::new(FailureKind::InvalidArgument, detail)
        })
    }

    /// Returns some rows of an answer: as many as are wanted, and fit.
    ///
    /// # Errors
    /// When it is not there any more.
    pub(super) fn read(&self, part: &Part) -> Result<Value, Failure> {
        Ok(self.get(&part.id)?.part(part))
    }
}

impl Default for Shelf {
    fn default() -> Self {
        Self { most: KEPT, count: 0, kept: VecDeque::new() }
    }
}

impl Shelf {
    fn clear(&mut self, now: Instant) {
        self.kept.retain(|kept| now.saturating_duration_since(kept.since) < LIFE);
        while self.kept.len() > 1 && self.kept.iter().map(|kept| kept.text.len()).sum::<usize>() > self.most {
            self.kept.pop_front();
        }
    }
}

impl Kept {
    /// Returns its address.
    pub(super) fn uri(&self) -> String {
        format!("{ADDRESS}{}", self.id)
    }

    /// Returns the whole of it, as JSON.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns some of its rows.
    pub(super) fn part(&self, part: &Part) -> Value {
        let value: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let wanted: Vec<Value> = rows(self.operation, &value)
            .rows
            .into_iter()
            .filter(|row| part.contains.as_ref().is_none_or(|text| holds(row, &text.to_lowercase())))
            .map(|row| projected(row, &part.columns))
            .collect();
        let total = wanted.len();
        let rest = wanted.iter().skip(part.from);
        let (shown, count) = fitting(rest, PAGE, part.count.unwrap_or(usize::MAX));
        let end = part.from.saturating_add(count);
        let mut answer = json!({"id": self.id, "from": part.from, "count": count, "total": total, "rows": shown});
        if end < total {
            answer["next_from"] = end.into();
        }
        answer
    }
}

/// Returns whether a row holds a text, in any of its fields.
fn holds(row: &Value, text: &str) -> bool {
    row.to_string().to_lowercase().contains(text)
}

fn projected(row: Value, columns: &[String]) -> Value {
    match row {
        Value::Object(mut fields) if !columns.is_empty() => {
            let chosen = columns.iter().filter_map(|name| Some((name.clone(), fields.get_mut(name)?.take())));
            chosen.collect::<Map<String, Value>>().into()
        }
        row => row,
    }
}

/// Returns a value as text. Of a list each entry is a line.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Array(entries) if !entries.is_empty() => {
            let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
            format!("[{}]", lines.join(",\n"))
        }
        Value::Object(fields) if fields.values().any(|value| value.as_array().is_some_and(|list| list.len() > 1)) => {
            let lines: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}: {}", json!(name), text(value))).collect();
            format!("{{{}}}", lines.join(",\n"))
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(id: &str) -> Part {
        Part { id: id.to_owned(), ..Part::default() }
    }

    #[test]
    fn a_long_answer_is_read_part_by_part_and_whole() {
        let answers = Answers::default();
        let list: Value = (0..3000).map(|n| json!({"n": n, "name": "ünï"})).collect();
        let (kept, digest) = answers.keep(None, "dashboards.list", &list);
        assert_eq!(
            (&digest["answer"]["rows"], &digest["answer"]["uri"]),
            (&json!(3000), &json!("mixpanel://answers/a1"))
        );
        let (mut seen, mut from) = (Vec::new(), Some(0));
        while let Some(begin) = from {
            let read = answers.read(&Part { from: begin, ..part(&kept.id) }).expect("it is kept");
            assert!(read.to_string().len() < PAGE + 200);
            seen.extend(read["rows"].as_array().cloned().unwrap_or_default());
            from = read["next_from"].as_u64().and_then(|next| usize::try_from(next).ok());
        }
        assert_eq!(Value::Array(seen), list);
    }

    #[test]
    fn rows_are_chosen_by_place_text_and_column() {
        let answers = Answers::default();
        let list = json!([{"n": 1, "name": "Sign Up"}, {"n": 2, "name": "Login"}, {"n": 3, "name": "sign off"}]);
        answers.keep(None, "x", &list);
        let chosen = Part { contains: Some("SIGN".into()), columns: vec!["n".into(), "none".into()], ..part("a1") };
        let read = answers.read(&chosen).expect("it is kept");
        assert_eq!((&read["rows"], &read["total"]), (&json!([{"n": 1}, {"n": 3}]), &json!(2)));
        let beyond = answers.read(&Part { from: usize::MAX, count: Some(5), ..part("a1") }).expect("it is kept");
        assert_eq!((&beyond["rows"], beyond.get("next_from")), (&json!([]), None));
        let none = answers.read(&Part { count: Some(0), ..part("a1") }).expect("it is kept");
        assert_eq!(none["next_from"], 0);
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many_or_they_are_old() {
        const MOST: usize = 10_000;
        let answers = Answers(Mutex::new(Shelf { most: MOST, ..Shelf::default() }));
        for _ in 0..3 {
            answers.keep(None, "x", &json!("x".repeat(MOST / 2 - 10)));
        }
        let kept: Vec<String> = answers.list().into_iter().map(|kept| kept.id).collect();
        assert_eq!(kept, ["a3", "a2"]);
        answers.keep(None, "x", &json!("x".repeat(MOST * 2)));
        assert!(
            answers.get("a3").is_err_and(|failure| failure.detail.contains("an hour")) && answers.get("a4").is_ok()
        );
        answers.0.lock().clear(Instant::now() + LIFE);
        assert!(answers.list().is_empty());
    }

    #[test]
    fn text_is_the_value() {
        for value in
            [json!([]), json!(7), json!({"a": [1, 2], "b": {"c": [{"d": 1}, {"e": []}]}}), json!([[1], {"x": "y\n"}])]
        {
            assert_eq!(serde_json::from_str::<Value>(&text(&value)).expect("JSON"), value);
        }
    }
}
