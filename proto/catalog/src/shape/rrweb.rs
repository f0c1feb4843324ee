//! What a person did in a recording: rrweb events, file by file, to a list of actions.
//!
//! A recording says what the browser of a stranger wished to say. So nothing here trusts its shape: what cannot be understood is left
//! out, what is deep is never walked by calls that call themselves, and what is kept has bounds.

mod event;
mod line;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Fields, object};
use event::{Custom, Event, Input, Log, Meta, Plugin, Scroll, Snapshot, Source, Touch, parsed};
use line::{MOST_TEXT, short};
use page::Page;

/// Actions that are kept of a recording: more than anybody reads.
const MOST_ACTIONS: usize = 20_000;

/// Longest message and URL that are repeated in an action, in characters.
const MOST_WORDS: usize = 2000;

/// Scrolling and typing come as many events; those that follow each other so closely, in milliseconds, are one action.
const PAUSE_MS: i64 = 2000;

/// How deep JSON may be nested that is passed on: readers give up at 128, and the answer around it needs some of that.
const MOST_DEPTH: usize = 120;

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// When, in Unix milliseconds.
    pub time_ms: i64,
    /// What kind.
    pub kind: &'static str,
    /// The element it was done to.
    pub node: Option<i64>,
    /// The same, for people.
    pub target: String,
    /// The page it was done on.
    pub url: Option<String>,
    /// What else is known.
    pub metadata: Fields,
    /// All of it in one line.
    pub description: String,
}

/// What a recording shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// How many events it has.
    pub events: usize,
    /// When it begins and ends, in Unix milliseconds; none when it has no events.
    pub span_ms: Option<(i64, i64)>,
    /// What was done, in its order.
    pub actions: Vec<Action>,
    /// Whether there were more actions than are kept.
    pub is_cut: bool,
}

/// Returns the events of a file.
fn entries_of(file: &[u8]) -> Result<Vec<Event<'_>>, String> {
    let entries: Result<Vec<&RawValue>, _> = serde_json::from_slice(file);
    let entries = entries.map_err(|_| "a file that is no JSON list".to_owned())?;
    let events: Option<Vec<Event<'_>>> = entries.into_iter().map(parsed).collect();
    events.ok_or_else(|| "entries that are no rrweb events: each needs type and timestamp".to_owned())
}

/// Returns the events of a file as they are.
///
/// # Errors
/// When it is no list of rrweb events, or is nested too deeply to be passed on.
pub fn rrweb_events(file: &[u8]) -> Result<Vec<Value>, String> {
    entries_of(file)?;
    if depth(file) > MOST_DEPTH {
        return Err(format!("a page that is nested in more than {MOST_DEPTH} levels of JSON"));
    }
    serde_json::from_slice(file).map_err(|_| "a file whose JSON cannot be read".to_owned())
}

/// Returns how deep a JSON text is nested.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut most, mut is_string, mut is_escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => now += 1,
            b']' | b'}' if !is_string => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// Reads a recording, file by file.
#[derive(Debug, Default)]
pub struct Timeline {
    page: Page,
    url: Option<String>,
    found: Analysis,
    /// When the last event of the last action was.
    last_ms: i64,
}

impl Timeline {
    /// Reads the next file.
    ///
    /// # Errors
    /// When it is no list of rrweb events: what it is, as the end of a sentence.
    pub fn read(&mut self, file: &[u8]) -> Result<(), String> {
        self.page.announce(file.len());
        for event in entries_of(file)? {
            let time_ms = event.timestamp as i64;
            let (first, last) = self.found.span_ms.unwrap_or((time_ms, time_ms));
            self.found.span_ms = Some((first.min(time_ms), last.max(time_ms)));
            self.found.events += 1;
            if let Some(data) = event.data {
                self.event(event.kind, time_ms, data);
            }
        }
        Ok(())
    }

    /// Returns what was found.
    pub fn finish(self) -> Analysis {
        let mut found = self.found;
        found.actions.sort_by_key(|action| action.time_ms);
        found
    }

    fn event(&mut self, kind: u64, time_ms: i64, data: &RawValue) {
        match kind {
            2 => {
                if let Some(Snapshot { node }) = parsed(data) {
                    self.page.load(node);
                }
            }
            3 => self.change(time_ms, data),
            4 => {
                if let Some(Meta { href }) = parsed(data) {
                    self.navigate(time_ms, &href);
                }
            }
            5 => {
                if let Some(Custom { tag }) = parsed(data) {
                    let tag = short(&tag, MOST_TEXT);
                    let metadata = object([("tag", tag.clone().into())]);
                    self.add(time_ms, "custom", None, &tag, metadata, format!("Custom event {tag}"));
                }
            }
            6 => {
                if let Some(Plugin { plugin, payload }) = parsed(data)
                    && plugin.starts_with("rrweb/console")
                {
                    self.logged(time_ms, payload);
                }
            }
            _ => {}
        }
    }

    /// A page says where it is when it is loaded, and again with every full picture of it.
    fn navigate(&mut self, time_ms: i64, href: &str) {
        let href = short(href, MOST_WORDS);
        if self.url.as_deref() == Some(&href) {
            return;
        }
        self.url = Some(href.clone());
        let text = format!("Navigated to {href}");
        self.add(time_ms, "navigate", None, &text, object([("url", href.into())]), text.clone());
    }

    fn change(&mut self, time_ms: i64, data: &RawValue) {
        match parsed(data).map(|Source { source }| source) {
            Some(0) => self.page.change(data),
            Some(2) => {
                if let Some(touch) = parsed(data) {
                    self.touch(time_ms, &touch);
                }
            }
            Some(3) => {
                if let Some(Scroll { id }) = parsed(data) {
                    self.scroll(time_ms, id);
                }
            }
            Some(5) => {
                if let Some(input) = parsed(data) {
                    self.input(time_ms, input);
                }
            }
            Some(11) => {
                if let Some(log) = parsed(data) {
                    self.logged(time_ms, log);
                }
            }
            _ => {}
        }
    }

    fn touch(&mut self, time_ms: i64, touch: &Touch) {
        // The rest is what clicks are made of, or follows from them.
        let (kind, done) = match touch.kind {
            2 => ("click", "clicked"),
            3 => ("click", "right-clicked"),
            4 => ("click", "double-clicked"),
            7 => ("touch", "touched"),
            _ => return,
        };
        let target = self.page.describe(touch.id);
        let text = format!("{}{} {target}", done[..1].to_uppercase(), &done[1..]);
        let metadata = object([("interaction", done.into())]);
        self.add(time_ms, kind, Some(touch.id), &target, metadata, text);
    }

    fn scroll(&mut self, time_ms: i64, id: i64) {
        let is_page = self.page.is_root(id);
        let (node, target) = if is_page { (None, "(viewport)".to_owned()) } else { (Some(id), self.page.describe(id)) };
        if self.goes_on(time_ms, "scroll", node) {
            return;
        }
        let text = if is_page { "Scrolled".to_owned() } else { format!("Scrolled {target}") };
        self.add(time_ms, "scroll", node, &target, Map::new(), text);
    }

    fn input(&mut self, time_ms: i64, input: Input) {
        let Input { id, text, is_checked } = input;
        let target = self.page.describe(id);
        let metadata = object([
            ("text_length", text.as_ref().map(|text| text.chars().count()).into()),
            ("is_checked", is_checked.into()),
        ]);
        let description = match is_checked {
            Some(true) => format!("Set {target} to checked"),
            Some(false) => format!("Set {target} to unchecked"),
            None => format!("Typed in {target}"),
        };
        if self.goes_on(time_ms, "input", Some(id))
            && let Some(action) = self.found.actions.last_mut()
        {
            // What is there in the end counts.
            (action.metadata, action.description) = (metadata, description);
            return;
        }
        self.add(time_ms, "input", Some(id), &target, metadata, description);
    }

    fn logged(&mut self, time_ms: i64, log: Log) {
        if !matches!(log.level.as_str(), "error" | "assert") {
            return;
        }
        // Each part is the JSON of what was logged.
        let plain = |part: String| serde_json::from_str::<String>(&part).unwrap_or(part);
        let message = short(&log.payload.into_iter().map(plain).collect::<Vec<_>>().join(" "), MOST_WORDS);
        let metadata = object([("level", log.level.into()), ("message", message.clone().into())]);
        self.add(time_ms, "error", None, "(console)", metadata, format!("Console error: {message}"));
    }

    /// Returns whether the last action goes on, and keeps in mind until when.
    fn goes_on(&mut self, time_ms: i64, kind: &str, node: Option<i64>) -> bool {
        let is_same = self.found.actions.last().is_some_and(|last| last.kind == kind && last.node == node);
        let goes_on = is_same && !self.found.is_cut && time_ms.saturating_sub(self.last_ms) <= PAUSE_MS;
        if goes_on {
            self.last_ms = time_ms;
        }
        goes_on
    }

    fn add(
        &mut self,
        time_ms: i64,
        kind: &'static str,
        node: Option<i64>,
        target: &str,
        metadata: Fields,
        description: String,
    ) {
        if self.found.actions.len() >= MOST_ACTIONS {
            self.found.is_cut = true;
            return;
        }
        self.last_ms = time_ms;
        let (target, url) = (target.to_owned(), self.url.clone());
        self.found.actions.push(Action { time_ms, kind, node, target, url, metadata, description });
    }
}

impl Analysis {
    /// Returns the actions, a line for each.
    pub fn text(&self) -> String {
        let line = |action: &Action| format!("{}: {}", action.time_ms.div_euclid(1000), action.description);
        self.actions.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Returns the actions as data.
    pub fn rows(&self) -> Value {
        let row = |action: &Action| {
            json!({"timestamp": action.time_ms, "action": action.kind, "target_node_id": action.node,
                "target_desc": action.target, "url": action.url, "metadata": action.metadata,
                "description": action.description})
        };
        self.actions.iter().map(row).collect()
    }

    /// Returns how many actions are of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.actions.iter().filter(|action| action.kind == kind).count()
    }

    /// Returns how many pages were seen.
    pub fn pages(&self) -> usize {
        self.navigations().collect::<BTreeSet<_>>().len()
    }

    /// Returns the first page and the last one.
    pub fn ends(&self) -> (Option<&str>, Option<&str>) {
        (self.navigations().next(), self.navigations().last())
    }

    fn navigations(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().filter(|action| action.kind == "navigate").filter_map(|action| action.url.as_deref())
    }
}
