//! Answers about recordings: their signatures, a line about one that was fetched, and the bundle of all those of a user.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::recordings::Recording;
use super::rrweb::Analysis;
use super::{Fields, entries};

/// How long a signed URL opens its recording.
const SIGNED_FOR: SignedDuration = SignedDuration::from_secs(300);

/// Longest part of an id that names a file.
const MOST_NAME: usize = 100;

/// A recording, and what it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysedRecording {
    /// The recording.
    pub recording: Recording,
    /// What was done in it.
    pub analysis: Analysis,
    /// How many events were tracked while it was made; none when that is not known.
    pub tracked: Option<usize>,
}

/// Returns the signatures of recordings. The part that is a secret is hidden unless it is to be seen.
///
/// # Errors
/// When they are none: what is missing, as the end of a sentence.
pub fn signatures(signed: &Value, env: &str, at: Timestamp, is_revealed: bool) -> Result<Value, String> {
    let list = signed.as_array().ok_or("something else than a list of signatures")?;
    let one = |entry: &Value| {
        let part =
            |name: &str| entry.get(name).and_then(Value::as_str).ok_or_else(|| format!("a signature without '{name}'"));
        let (id, url, query) = (part("replay_id")?, part("url")?, part("query_string")?);
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| drop(row.insert(name.to_owned(), value));
        put("replay_id", id.into());
        put("url", shown_url(url, is_revealed).into());
        put("query_string", if is_revealed { query.into() } else { hidden(query).into() });
        put("env", env.into());
        put("signed_at", spelled(at).into());
        if is_revealed {
            let minutes = SIGNED_FOR.as_secs() / 60;
            put("_warning", format!("for {minutes} minutes this opens the recording for whoever has it").into());
        } else {
            put("expires_at", at.checked_add(SIGNED_FOR).map(spelled).ok().into());
        }
        Ok(Value::Object(row))
    };
    list.iter().map(one).collect()
}

/// A URL that has a query of its own may have its secret there.
fn shown_url(url: &str, is_revealed: bool) -> String {
    match url.split_once('?') {
        Some((head, query)) if !is_revealed => format!("{head}?{}", hidden(query)),
        _ => url.to_owned(),
    }
}

fn hidden(text: &str) -> String {
    format!("<redacted {} chars>", text.chars().count())
}

fn spelled(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// Returns the days, in UTC, on which times lie; none when they are no times.
pub fn days_of((first_ms, last_ms): (i64, i64)) -> Option<(String, String)> {
    let day = |ms| Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(TimeZone::UTC).date().to_string());
    Some((day(first_ms)?, day(last_ms)?))
}

/// Returns a line about a recording that was fetched.
pub fn fetched(id: &str, events: usize, (first_ms, last_ms): (i64, i64), retention_days: u64) -> String {
    let took = lasted(last_ms.saturating_sub(first_ms));
    format!("fetched {id} — {events} events, {took}, {retention_days}-day retention")
}

/// Spells a time span.
fn lasted(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h {minutes}m {seconds}s"),
    }
}

/// Returns the bundle of a user's recordings: a text, and the files that say the same.
pub fn bundle(arguments: &Fields, seen: &[AnalysedRecording]) -> Value {
    let given = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let index: Value = seen.iter().map(|one| one.row(given("user"))).collect();
    if seen.is_empty() {
        let text = format!("no replays found for {} in {}..{}", given("user"), given("from"), given("to"));
        return json!({"text": text, "written": text, "recordings": index, "files": {}});
    }
    let wants = |word: &str| arguments.get("include").is_none_or(|words| entries(words).any(|one| one == word));
    let sum = |count: &dyn Fn(&Analysis) -> usize| seen.iter().map(|one| count(&one.analysis)).sum::<usize>();
    let (actions, errors) = (sum(&|one| one.actions.len()), sum(&|one| one.count("error")));
    let mut text = Vec::new();
    if wants("summary") {
        let head = [("replays", seen.len()), ("total events", sum(&|one| one.events)), ("total actions", actions)];
        let head = head.into_iter().chain([("total errors", errors)]);
        let head: Vec<String> = head.map(|(what, count)| format!("- {what}: {count}\n")).collect();
        text.push(format!("# Bundle summary\n\n{}", head.concat()));
    }
    let mut files = Map::new();
    files.insert("index.json".to_owned(), index.clone());
    if wants("analyze") {
        for one in seen {
            text.push(format!("{}\n\n---\n", one.analysis.text()));
            files.insert(file_name(&files, &one.recording.id), one.analysis.text().into());
        }
    }
    let clicks = sum(&|one| one.count("click"));
    let written = format!(
        "wrote {} replays to {{folder}}/\ntotal: {actions} actions, {clicks} clicks, {errors} errors",
        seen.len()
    );
    json!({"text": text.join("\n").trim_end(), "written": written, "recordings": index, "files": files})
}

/// Makes the name of a file of an id, whatever that is: no folder, nothing hidden, and no other file's name.
fn file_name(taken: &Fields, id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = id.trim_start_matches('.').chars().take(MOST_NAME).map(plain).collect();
    let numbered = (2..).map(|number| format!("{name}-{number}-summary.md"));
    let mut names = std::iter::once(format!("{name}-summary.md")).chain(numbered);
    names.find(|name| !taken.contains_key(name)).expect("there is always another number")
}

impl AnalysedRecording {
    /// Returns its line of the index.
    fn row(&self, user: &str) -> Value {
        let analysis = &self.analysis;
        let (start, end) = analysis.span_ms.unwrap_or((self.recording.start_ms, self.recording.start_ms));
        let (entry, exit) = analysis.ends();
        json!({
            "replay_id": self.recording.id,
            "distinct_id": user,
            "start_time": start,
            "end_time": end,
            "duration_s": end.saturating_sub(start) as f64 / 1000.0,
            "retention_days": self.recording.retention_days,
            "n_events": analysis.events,
            "n_actions": analysis.actions.len(),
            "n_clicks": analysis.count("click"),
            "n_inputs": analysis.count("input"),
            "n_pages": analysis.pages(),
            "n_errors": analysis.count("error"),
            "n_mp_events": self.tracked,
            "entry_url": entry,
            "exit_url": exit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_hidden_unless_it_is_to_be_seen() {
        let signed = json!([{"replay_id": "r", "url": "https://h/r/", "query_string": "Sig=sécret"}]);
        let at: Timestamp = "2025-01-15T10:00:00.5Z".parse().expect("a time");
        let row = |is_revealed| signatures(&signed, "dev", at, is_revealed).map(|rows| rows[0].to_string());
        let hidden = r#"{"replay_id":"r","url":"https://h/r/","query_string":"<redacted 10 chars>","env":"dev","signed_at":"2025-01-15T10:00:00.500000+00:00","expires_at":"2025-01-15T10:05:00.500000+00:00"}"#;
        assert_eq!(row(false), Ok(hidden.to_owned()));
        let seen = row(true).expect("good");
        assert!(seen.contains("Sig=sécret") && seen.contains("_warning") && !seen.contains("expires_at"), "{seen}");
        let inside = json!([{"replay_id": "r", "url": "https://h/r/?Sig=secret", "query_string": ""}]);
        assert!(!signatures(&inside, "dev", at, false).expect("good").to_string().contains("secret"));
        for odd in [json!({}), json!([1]), json!([{"replay_id": "r", "url": "https://h/r/", "query_string": 1}])] {
            assert!(signatures(&odd, "dev", at, false).is_err(), "{odd}");
        }
    }

    #[test]
    fn time_spans_are_spelled() {
        for (ms, text) in [(-5, "0s"), (999, "0s"), (75_300, "1m 15s"), (3_600_000, "1h 0m 0s"), (60_000, "1m 0s")] {
            assert_eq!(lasted(ms), text);
        }
        assert_eq!(days_of((1_736_935_200_000, 1_737_021_600_000)), Some(("2025-01-15".into(), "2025-01-16".into())));
        assert_eq!(days_of((i64::MIN, 0)), None);
        assert!(fetched("r", 1, (i64::MIN, i64::MAX), 30).starts_with("fetched r — 1 events, "));
    }

    fn seen(id: &str) -> AnalysedRecording {
        let recording = Recording { id: id.to_owned(), start_ms: 1000, retention_days: 30 };
        AnalysedRecording { recording, analysis: Analysis::default(), tracked: None }
    }

    #[test]
    fn names_of_files_stay_inside_and_differ() {
        let value = bundle(&Map::new(), &["../../etc/x", "a/b", "a:b", "", ".."].map(seen));
        let names: Vec<_> = value["files"].as_object().expect("files").keys().collect();
        let expected = [
            "index.json",
            "_.._etc_x-summary.md",
            "a_b-summary.md",
            "a_b-2-summary.md",
            "-summary.md",
            "-2-summary.md",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_bundle_has_what_is_included() {
        let text = |include: Value| {
            let arguments = json!({"user": "u", "from": "a", "to": "b", "include": include});
            let mut arguments = arguments.as_object().expect("an object").clone();
            arguments.retain(|_, value| !value.is_null());
            let value = bundle(&arguments, &[seen("r")]);
            (value["text"].as_str().unwrap_or_default().to_owned(), value["files"].as_object().map_or(0, Map::len))
        };
        let summary = "# Bundle summary\n\n- replays: 1\n- total events: 0\n- total actions: 0\n- total errors: 0";
        assert_eq!(text(json!(["summary"])), (summary.to_owned(), 1));
        assert_eq!(text(json!(["analyze"])), ("\n\n---".to_owned(), 2));
        assert_eq!(text(Value::Null), (format!("{summary}\n\n\n\n---"), 2));
        let none = bundle(json!({"user": "u", "from": "a", "to": "b"}).as_object().expect("an object"), &[]);
        assert_eq!(none["text"], "no replays found for u in a..b");
    }
}
