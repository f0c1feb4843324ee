//! Lines on their way into a file: counted, their times noted, and those that came before left out where that is wanted.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// What went through.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// How many lines.
    pub(super) lines: u64,
    /// How many that came before, and were left out.
    pub(super) repeated: u64,
    /// The earliest time of an event, and the latest.
    pub(super) times: Option<(Timestamp, Timestamp)>,
}

/// Lets lines through.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
    /// What stands for each event that went through: 16 bytes for an event, of one part at a time.
    seen: Option<HashSet<[u8; 16]>>,
    count: Count,
}

/// What an event is known by, and when it was: of a line as it is shown, or as Mixpanel sends it.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, alias = "event_name")]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    event_time: Option<&'a RawValue>,
    #[serde(borrow)]
    distinct_id: Option<&'a RawValue>,
    #[serde(borrow)]
    insert_id: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<Properties<'a>>,
}

#[derive(Deserialize)]
struct Properties<'a> {
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    #[serde(borrow)]
    distinct_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "$insert_id")]
    insert_id: Option<&'a RawValue>,
}

impl Line<'_> {
    fn inside(&self, of: impl Fn(&Properties<'_>) -> Option<String>) -> Option<String> {
        self.properties.as_ref().and_then(of)
    }

    fn time(&self) -> Option<String> {
        text(self.event_time).or_else(|| self.inside(|properties| text(properties.time)))
    }

    /// Returns what Mixpanel tells two events by; none for one without an id of its own.
    fn key(&self) -> Option<[u8; 16]> {
        let insert_id = text(self.insert_id).or_else(|| self.inside(|properties| text(properties.insert_id)))?;
        let distinct_id = text(self.distinct_id).or_else(|| self.inside(|properties| text(properties.distinct_id)));
        let parts = [text(self.event)?, distinct_id.unwrap_or_default(), self.time()?, insert_id];
        // A newline is in no JSON text of a line.
        let digest = Sha256::digest(parts.join("\n"));
        digest.get(..16).and_then(|first| first.try_into().ok())
    }
}

/// Returns a value that is there as its JSON text.
fn text(value: Option<&RawValue>) -> Option<String> {
    value.map(RawValue::get).filter(|text| *text != "null").map(str::to_owned)
}

/// Returns the moment that a time stands for: ISO 8601, or Unix seconds.
fn moment(time: &str) -> Option<Timestamp> {
    match time.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?.parse().ok(),
        None => Timestamp::from_second(time.split('.').next()?.parse().ok()?).ok(),
    }
}

impl Sieve {
    /// Returns one that leaves out what came before in the same part, if that is wanted.
    pub(super) fn new(without_repeated: bool) -> Self {
        Self { seen: without_repeated.then(HashSet::new), ..Self::default() }
    }

    /// Whether it leaves out anything.
    pub(super) fn leaves_out(&self) -> bool {
        self.seen.is_some()
    }

    /// Takes bytes, and adds the whole lines that go through to `out`.
    pub(super) fn pass(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, after) = bytes.split_at(end + 1);
            bytes = after;
            if self.rest.is_empty() {
                self.line(line, out);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.line(&whole, out);
                whole.clear();
                self.rest = whole;
            }
        }
        self.rest.extend_from_slice(bytes);
    }

    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        // What cannot be told from others goes through.
        let known: Option<Line<'_>> = serde_json::from_slice(line).ok();
        if let (Some(seen), Some(key)) = (&mut self.seen, known.as_ref().and_then(Line::key))
            && !seen.insert(key)
        {
            self.count.repeated += 1;
            return;
        }
        self.count.lines += 1;
        if let Some(time) = known.and_then(|line| moment(&line.time()?)) {
            let (first, last) = self.count.times.unwrap_or((time, time));
            self.count.times = Some((first.min(time), last.max(time)));
        }
        out.extend_from_slice(line);
    }

    /// Ends a part: returns what went through since the last one ended.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) -> Count {
        if !self.rest.is_empty() {
            let mut last = std::mem::take(&mut self.rest);
            last.push(b'\n');
            self.line(&last, out);
        }
        if let Some(seen) = &mut self.seen {
            seen.clear();
        }
        std::mem::take(&mut self.count)
    }

    /// Forgets what came of a part that begins anew.
    pub(super) fn forget(&mut self) {
        self.rest.clear();
        self.end(&mut Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(text: &str, without_repeated: bool, piece: usize) -> (String, Count) {
        let (mut sieve, mut out) = (Sieve::new(without_repeated), Vec::new());
        text.as_bytes().chunks(piece).for_each(|bytes| sieve.pass(bytes, &mut out));
        let count = sieve.end(&mut out);
        (String::from_utf8(out).expect("text"), count)
    }

    #[test]
    fn events_that_mixpanel_takes_for_one_are_one() {
        let shown = |name: &str, time: &str, id: &str, insert: &str, rest: &str| {
            format!(
                "{{\"event_name\":\"{name}\",\"event_time\":\"{time}\",\"distinct_id\":\"{id}\",\"insert_id\":{insert},\"properties\":{{{rest}}}}}\n"
            )
        };
        let first = shown("a", "2025-01-01T00:00:01+00:00", "u", "\"i\"", "");
        let others = [
            shown("b", "2025-01-01T00:00:01+00:00", "u", "\"i\"", ""),
            shown("a", "2025-01-01T00:00:02+00:00", "u", "\"i\"", ""),
            shown("a", "2025-01-01T00:00:01+00:00", "v", "\"i\"", ""),
            shown("a", "2025-01-01T00:00:01+00:00", "u", "\"j\"", ""),
            shown("a", "2025-01-01T00:00:01+00:00", "u", "null", ""),
            shown("a", "2025-01-01T00:00:01+00:00", "u", "null", ""),
            "no event\n".to_owned(),
            "no event\n".to_owned(),
        ];
        let good = format!("{first}{}", others.concat());
        let text = format!("{good}{}", shown("a", "2025-01-01T00:00:01+00:00", "u", "\"i\"", "\"late\":1"));
        for piece in [1, 7, 10_000] {
            let (out, count) = passed(&text, true, piece);
            assert_eq!((out == good, count.lines, count.repeated), (true, 9, 1));
            let (out, count) = passed(&text, false, piece);
            assert_eq!((out == text, count.lines, count.repeated), (true, 10, 0));
        }
        let raw = r#"{"event":"a","properties":{"time":1735689601,"distinct_id":"u","$insert_id":"i","n":1}}"#;
        let (out, count) = passed(&format!("{raw}\n{raw}"), true, 9);
        assert_eq!((out, count.repeated), (format!("{raw}\n"), 1));
        let time = "2025-01-01T00:00:01Z".parse().expect("a time");
        assert_eq!(count.times, Some((time, time)));
    }

    #[test]
    fn a_part_does_not_know_the_one_before() {
        let (mut sieve, mut out) = (Sieve::new(true), Vec::new());
        let line = b"{\"event\":\"a\",\"properties\":{\"time\":5.5,\"$insert_id\":\"i\"}}\n";
        for _ in 0..2 {
            sieve.pass(line, &mut out);
            let count = sieve.end(&mut out);
            assert_eq!((count.lines, count.times.map(|times| times.0.as_second())), (1, Some(5)));
        }
        sieve.pass(b"half", &mut out);
        sieve.forget();
        assert_eq!(sieve.end(&mut out), Count::default());
        assert_eq!(out.len(), 2 * line.len());
    }
}
