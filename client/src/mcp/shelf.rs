//! Answers that are too long to be returned at once: the beginning goes out, all of it is kept for a while, and the rest is returned
//! when it is asked for.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

/// So many bytes of an answer are returned at once: a few thousand tokens.
pub(super) const PAGE: usize = 20_000;

/// So many bytes are kept altogether; the oldest answer goes first. The last one always stays.
const KEPT: usize = 64 * 1024 * 1024;

/// The answers that were not returned whole.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<Answers>);

#[derive(Debug, Default)]
struct Answers {
    /// How many were put here so far; the number of the last one.
    count: u64,
    texts: VecDeque<(u64, Arc<str>)>,
}

impl Shelf {
    /// Returns what is returned of an answer: all of it if it is short.
    pub(super) fn show(&self, text: String) -> String {
        if text.len() <= PAGE {
            return text;
        }
        let text: Arc<str> = text.into();
        let number = {
            let mut answers = self.0.lock();
            answers.count += 1;
            let number = answers.count;
            answers.texts.push_back((number, Arc::clone(&text)));
            while answers.texts.len() > 1 && answers.texts.iter().map(|(_, text)| text.len()).sum::<usize>() > KEPT {
                answers.texts.pop_front();
            }
            number
        };
        page(number, &text, 0)
    }

    /// Returns a page of an answer that was kept; none when it is not there any more.
    pub(super) fn more(&self, number: u64, from: usize) -> Option<String> {
        let answers = self.0.lock();
        let text = answers.texts.iter().find(|(known, _)| *known == number).map(|(_, text)| Arc::clone(text))?;
        drop(answers);
        Some(page(number, &text, from))
    }
}

/// Returns a page of a text, which ends at the end of a line if there is one, and how to get the next.
fn page(number: u64, text: &str, from: usize) -> String {
    let begin = text.floor_char_boundary(from);
    let longest = text.floor_char_boundary(begin.saturating_add(PAGE));
    let part = &text[begin..longest];
    let is_last = longest == text.len();
    // A line that fills half of the page is worth more than its end.
    let end = if is_last {
        longest
    } else {
        part.rfind('\n').filter(|at| *at > PAGE / 2).map_or(longest, |at| begin + at + 1)
    };
    let shown = &text[begin..end];
    if is_last {
        return shown.to_owned();
    }
    let total = text.len();
    format!(
        "{shown}\n[bytes {begin} to {end} of {total}; the rest: read_more {{\"result\": {number}, \"offset\": {end}}}]"
    )
}

/// Returns a value as text. Of a list each entry is a line, so that a page ends between two.
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

    fn offset(page: &str) -> usize {
        let at = page.rfind("\"offset\": ").expect("there is more") + "\"offset\": ".len();
        page[at..].trim_end_matches("}]").parse().expect("a number")
    }

    #[test]
    fn a_long_answer_is_had_page_by_page_and_whole() {
        let shelf = Shelf::default();
        let rows: Value = (0..3000).map(|n| json!({"n": n, "name": "ünï"})).collect();
        let whole = text(&rows);
        let mut page = shelf.show(whole.clone());
        let mut read = String::new();
        while let Some(end) = page.rfind("\n[bytes ") {
            assert!(end <= PAGE + 1, "{end}");
            read.push_str(&page[..end]);
            assert!(read.ends_with(",\n"), "a page ends between two rows");
            page = shelf.more(1, offset(&page)).expect("it is kept");
        }
        read.push_str(&page);
        assert_eq!(read, whole);
        assert_eq!(serde_json::from_str::<Value>(&read).expect("JSON"), rows);
    }

    #[test]
    fn short_answers_stay_as_they_are_and_odd_offsets_do_no_harm() {
        let shelf = Shelf::default();
        assert_eq!(shelf.show("{}".to_owned()), "{}");
        assert_eq!(shelf.more(1, 0), None);
        let line = "ü".repeat(PAGE);
        assert!(shelf.show(line).contains("[bytes 0 to 20000 of 40000"));
        assert!(shelf.more(1, 1).is_some_and(|page| page.starts_with('ü')));
        assert_eq!(shelf.more(1, usize::MAX).as_deref(), Some(""));
    }

    #[test]
    fn the_oldest_answers_go_when_there_are_too_many() {
        let shelf = Shelf::default();
        for _ in 0..3 {
            shelf.show("x".repeat(KEPT / 2));
        }
        assert!(shelf.more(1, 0).is_none() && shelf.more(2, 0).is_some() && shelf.more(3, 0).is_some());
        shelf.show("x".repeat(KEPT * 2));
        assert!(shelf.more(3, 0).is_none() && shelf.more(4, 0).is_some());
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
