//! What counts as equal, by the rules of the recordings' README.

use std::path::Path;
use std::time::UNIX_EPOCH;

use serde_json::Value;

const DAY: i64 = 86_400;

/// The marks that may stand inside a longer text. `<NOW>` and `<IGNORED>` stand alone.
const MARKS: [&str; 6] = ["<HOME>", "<UPSTREAM>", "<CALLBACK>", "<RANDOM>", "<SLUG>", "<TODAY"];

/// What the placeholders stand for in one run.
pub(super) struct Marks {
    home: String,
    upstream: String,
    now: i64,
    /// The redirect address of the login that this run has seen; before one, any of the addresses that a login may use.
    pub(super) callback: Option<String>,
}

impl Marks {
    pub(super) fn new(home: &Path, upstream: &str) -> Self {
        let now = UNIX_EPOCH.elapsed().expect("the clock is past 1970").as_secs();
        Self {
            home: home.to_str().expect("ASCII").to_owned(),
            upstream: upstream.to_owned(),
            now: i64::try_from(now).expect("not that far"),
            callback: None,
        }
    }

    /// Fills the placeholders of an input.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut text = text.replace("{{HOME}}", &self.home).replace("{{UPSTREAM}}", &self.upstream);
        while let Some(start) = text.find("{{NOW") {
            let end = start + text[start..].find("}}").expect("a placeholder ends");
            let offset: i64 = match &text[start + 5..end] {
                "" => 0,
                offset => offset.parse().expect("+n or -n"),
            };
            text.replace_range(start..end + 2, &(self.now + offset).to_string());
        }
        text
    }

    /// Fills the days of an input: `{{TODAY}}`, and `{{TODAY-7}}` for a day before it.
    pub(super) fn days(&self, text: &str) -> String {
        let mut text = text.to_owned();
        while let Some(start) = text.find("{{TODAY") {
            let end = start + text[start..].find("}}").expect("a placeholder ends");
            let offset: i64 = match &text[start + "{{TODAY".len()..end] {
                "" => 0,
                offset => offset.parse().expect("+n or -n"),
            };
            text.replace_range(start..end + 2, &date_of(self.now / DAY + offset));
        }
        text
    }

    /// Returns the base URL of the server.
    pub(super) fn upstream(&self) -> &str {
        &self.upstream
    }

    /// Returns whether a text is as recorded.
    pub(super) fn text(&self, expected: &str, actual: &str) -> bool {
        match expected {
            "<IGNORED>" => true,
            "<NOW>" => day_of(actual).is_some_and(|day| (day - self.now / DAY).abs() <= 2),
            _ => self.fits(expected, actual),
        }
    }

    /// Returns whether each mark of a text stands for something that it may stand for, and the rest is equal.
    fn fits(&self, expected: &str, actual: &str) -> bool {
        let first = MARKS.iter().filter_map(|mark| expected.find(mark)).min();
        let Some((before, rest)) = first.map(|at| expected.split_at(at)) else { return expected == actual };
        let Some(actual) = actual.strip_prefix(before) else { return false };
        let (mark, rest) = rest.split_at(rest.find('>').map_or(rest.len(), |end| end + 1));
        let ends = (0..=actual.len()).filter(|end| actual.is_char_boundary(*end));
        ends.map(|end| actual.split_at(end))
            .any(|(found, after)| self.stands_for(mark, found) && self.fits(rest, after))
    }

    fn stands_for(&self, mark: &str, found: &str) -> bool {
        let letters = |more: &str| found.chars().all(|one| one.is_ascii_alphanumeric() || more.contains(one));
        match mark {
            "<HOME>" => found == self.home,
            "<UPSTREAM>" => found == self.upstream,
            "<CALLBACK>" => match &self.callback {
                Some(callback) => found == callback,
                None => (19284..=19287).any(|port| found == format!("http://localhost:{port}/callback")),
            },
            // 128 bits in base64url, the least that a state or a verifier may have.
            "<RANDOM>" => found.len() >= 22 && letters("-._~"),
            "<SLUG>" => !found.is_empty() && letters("-_"),
            _ => {
                let Some(back) = mark.strip_prefix("<TODAY").and_then(|mark| mark.strip_suffix('>')) else {
                    return false;
                };
                let offset: i64 = if back.is_empty() { 0 } else { back.parse().expect("a number of days") };
                // The day may change during a run.
                found.len() == 10 && day_of(found).is_some_and(|day| [0, 1].contains(&(day - offset - self.now / DAY)))
            }
        }
    }
}

/// Returns the day since 1970 of an ISO date at the start of a text.
fn day_of(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Days from civil, with years that begin in March: https://howardhinnant.github.io/date_algorithms.html
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// Returns the ISO date of a day since 1970.
fn date_of(day: i64) -> String {
    let day = jiff::Timestamp::from_second(day * DAY).expect("a day of this century");
    day.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Compares two JSON values.
///
/// # Errors
/// Says where they differ. Values are left out: some are secrets.
pub(super) fn equal(expected: &Value, actual: &Value, marks: &Marks) -> Result<(), String> {
    match (expected, actual) {
        (Value::String(expected), Value::String(actual)) if marks.text(expected, actual) => Ok(()),
        (Value::String(expected), _) if expected == "<IGNORED>" => Ok(()),
        (Value::String(expected), Value::Number(actual)) if expected == "<NOW>" => {
            let near = actual.as_f64().is_some_and(|time| (time - marks.now as f64).abs() < 2.0 * DAY as f64);
            if near { Ok(()) } else { Err("not a time near now".to_owned()) }
        }
        (Value::Number(a), Value::Number(b)) if a == b || a.as_f64() == b.as_f64() => Ok(()),
        (Value::Array(expected), Value::Array(actual)) => {
            if expected.len() != actual.len() {
                return Err(format!("{} elements instead of {}", actual.len(), expected.len()));
            }
            let mut pairs = expected.iter().zip(actual).enumerate();
            pairs.try_for_each(|(at, (a, b))| equal(a, b, marks).map_err(|problem| format!("[{at}] {problem}")))
        }
        (Value::Object(expected), Value::Object(actual)) => {
            if let Some(key) = actual.keys().find(|key| !expected.contains_key(*key)) {
                return Err(format!(".{key} was not recorded"));
            }
            expected.iter().try_for_each(|(key, wanted)| match actual.get(key) {
                Some(found) => equal(wanted, found, marks).map_err(|problem| format!(".{key} {problem}")),
                None => Err(format!(".{key} is missing")),
            })
        }
        _ if expected == actual => Ok(()),
        _ => Err("differs".to_owned()),
    }
}

/// Compares standard output by its kind.
///
/// # Errors
/// Says what differs.
pub(super) fn stdout(compare: &Value, expected: &Value, actual: &str, marks: &Marks) -> Result<(), String> {
    let kind = expected["stdout_kind"].as_str().expect("a text");
    match (compare["stdout"].as_str(), kind) {
        (Some("none"), _) | (_, "ignored") => return Ok(()),
        (_, "empty") if actual.trim().is_empty() => return Ok(()),
        (_, "empty") => return Err("stdout is not empty".to_owned()),
        (Some("nonempty"), _) if actual.trim().is_empty() => return Err("stdout is empty".to_owned()),
        (Some("nonempty"), _) => return Ok(()),
        _ => {}
    }
    let found = read(kind, actual).ok_or_else(|| format!("stdout is not {kind}"))?;
    let mut wanted = expected["stdout"].clone();
    let mut found = found;
    for field in compare["stdout_ignore"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        remove(&mut wanted, field);
        remove(&mut found, field);
    }
    match equal(&wanted, &found, marks) {
        // Tables and soft texts are for people: told, not failed.
        Err(problem) if compare["stdout"] == "soft" || kind == "table" => {
            println!("soft difference on stdout: {problem}");
            Ok(())
        }
        result => result.map_err(|problem| format!("stdout: {problem}")),
    }
}

fn read(kind: &str, text: &str) -> Option<Value> {
    let lines = || text.lines().map(str::trim_end);
    match kind {
        "json" => serde_json::from_str(text).ok(),
        "jsonl" => lines().map(|line| serde_json::from_str(line).ok()).collect::<Option<Vec<Value>>>().map(Value::from),
        "csv" => Some(text.lines().map(cells).collect()),
        "table" => Some(
            lines()
                .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Value>())
                .collect(),
        ),
        _ => Some(lines().map(Value::from).collect()),
    }
}

/// Splits one CSV line; the recordings have no line break inside a cell.
fn cells(line: &str) -> Value {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("never empty");
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cell.push(character),
        }
    }
    cells.into()
}

fn remove(value: &mut Value, field: &str) {
    match value {
        Value::Object(object) => {
            object.remove(field);
            object.values_mut().for_each(|inner| remove(inner, field));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| remove(inner, field)),
        _ => {}
    }
}

impl Marks {
    /// Returns marks for the tests of the rules.
    pub(super) fn fixed() -> Self {
        Self { home: "/h".to_owned(), upstream: "http://u".to_owned(), now: 1_763_000_000, callback: None }
    }
}

#[test]
fn a_mark_stands_for_what_it_says_and_nothing_else() {
    let check = |expected: &str, actual: &str| Marks::fixed().text(expected, actual);
    let random = "Zm9vYmFyYmF6cXV4Zm9vYmFy";
    assert!(check("<HOME>/x/<SLUG>.csv", "/h/x/aB3_-.csv") && !check("<HOME>/x/<SLUG>.csv", "/h/x/a/b.csv"));
    assert!(check("<UPSTREAM>/s/<SLUG>", "http://u/s/a") && !check("<UPSTREAM>/s/<SLUG>", "http://u/s/"));
    assert!(check("<RANDOM>", random) && !check("<RANDOM>", "short") && !check("<RANDOM>", ""));
    assert!(check("<TODAY>", "2025-11-13") && !check("<TODAY>", "2025-11-12"));
    assert!(check("<TODAY-30>", "2025-10-14") && !check("<TODAY-30>", "2025-10-13"));
    assert!(
        check("<CALLBACK>", "http://localhost:19286/callback") && !check("<CALLBACK>", "http://localhost:1/callback")
    );
    let logged_in = Marks { callback: Some("http://localhost:19285/callback".to_owned()), ..Marks::fixed() };
    assert!(!logged_in.text("<CALLBACK>", "http://localhost:19286/callback"));
    assert!(check("a<b", "a<b") && check("<OTHER>", "<OTHER>") && !check("<OTHER>", "x"));
}

#[test]
fn the_rules_of_comparison_can_fail() {
    let marks = Marks::fixed();
    let check = |expected: Value, actual: Value| equal(&expected, &actual, &marks).is_ok();
    assert!(check("<HOME>/x".into(), "/h/x".into()) && !check("<HOME>/x".into(), "/x".into()));
    assert!(check("<NOW>".into(), 1_763_000_100.into()) && !check("<NOW>".into(), 1.into()));
    assert!(check("<NOW>".into(), "2025-11-13T00:00:00Z".into()) && !check("<NOW>".into(), "2099-01-01".into()));
    assert!(check(1.into(), 1.0.into()) && !check(1.into(), "1".into()));
    assert!(!check(serde_json::json!({"a": 1}), serde_json::json!({"a": 1, "b": 2})));
    assert!(!check(serde_json::json!([1, 2]), serde_json::json!([2, 1])));
    assert_eq!(cells("a,\"b,\"\"c\"\"\","), serde_json::json!(["a", "b,\"c\"", ""]));
    let expected = serde_json::json!({"stdout_kind": "empty", "stdout": null});
    assert!(stdout(&Value::Null, &expected, "x", &marks).is_err());
}
