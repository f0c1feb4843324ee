//! What happened in a session recording: rrweb's events (<https://www.rrweb.io>) as a list of what a person did.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::entries;

/// Kinds of rrweb's events.
const SNAPSHOT: u64 = 2;
const INCREMENT: u64 = 3;
const META: u64 = 4;
const PLUGIN: u64 = 6;

/// Sources of increments.
const MUTATION: u64 = 0;
const INTERACTION: u64 = 2;
const SCROLL: u64 = 3;
const INPUT: u64 = 5;

/// Longest text of an element that is shown, in characters.
const LABEL: usize = 60;

/// Most elements whose text is looked through for a label.
const LOOKED_AT: usize = 200;

/// A recording, interpreted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// What was done, each with its time in Unix milliseconds.
    pub actions: Vec<Value>,
    /// Events of the recording.
    pub events: usize,
    /// The times of the first and the last event, in Unix milliseconds.
    pub range_ms: Option<(i64, i64)>,
}

impl Analysis {
    /// Interprets the events of a recording. What is not understood is left out.
    pub fn of(events: &[Value]) -> Self {
        let mut page = Page::default();
        events.iter().for_each(|event| page.take(event));
        let times = || events.iter().filter_map(|event| event["timestamp"].as_i64());
        let range_ms = times().min().zip(times().max());
        Self { actions: page.actions, events: events.len(), range_ms }
    }

    /// Returns how many actions are of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.actions.iter().filter(|action| action["action"] == kind).count()
    }

    /// Returns a line for each action: its time in Unix seconds and what was done.
    pub fn timeline(&self) -> String {
        let line = |action: &Value| {
            let seconds = action["timestamp"].as_i64().unwrap_or(0).div_euclid(1000);
            format!("{seconds}: {}", action["description"].as_str().unwrap_or_default())
        };
        self.actions.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Returns the address of the first page or of the last one.
    pub fn url(&self, is_last: bool) -> Value {
        let mut pages =
            self.actions.iter().filter(|action| action["action"] == "navigate").map(|action| &action["url"]);
        (if is_last { pages.next_back() } else { pages.next() }).cloned().unwrap_or_default()
    }
}

/// Whether something is a list of rrweb's events.
pub fn is_recording(events: &[Value]) -> bool {
    events.iter().all(|event| event["type"].is_u64() && event["timestamp"].is_i64())
}

/// An element of the page.
#[derive(Debug, Default)]
struct Node {
    tag: String,
    text: String,
    kind: Option<String>,
    children: Vec<i64>,
}

/// The page as it is while the recording plays.
#[derive(Default)]
struct Page {
    nodes: HashMap<i64, Node>,
    url: Value,
    actions: Vec<Value>,
}

impl Page {
    fn take(&mut self, event: &Value) {
        let data = &event["data"];
        match event["type"].as_u64() {
            Some(META) => self.navigate(event, &data["href"]),
            Some(SNAPSHOT) => {
                self.nodes.clear();
                self.add(&data["node"]);
            }
            Some(INCREMENT) => match data["source"].as_u64() {
                Some(MUTATION) => self.mutate(data),
                Some(INTERACTION) => self.interact(event),
                Some(SCROLL) => {
                    self.act(event, "scroll", (Value::Null, "(viewport)"), json!({}), "Scrolled".to_owned())
                }
                Some(INPUT) => self.input(event),
                _ => {}
            },
            Some(PLUGIN) if data["payload"]["level"] == "error" => {
                let words: Vec<String> =
                    entries(&data["payload"]["payload"]).filter_map(Value::as_str).map(cut).collect();
                let what = format!("Console error: {}", words.join(" "));
                self.act(event, "error", (Value::Null, "(console)"), json!({}), what);
            }
            _ => {}
        }
    }

    fn act(&mut self, event: &Value, action: &str, (node, target): (Value, &str), metadata: Value, what: String) {
        self.actions.push(json!({
            "timestamp": event["timestamp"], "action": action, "target_node_id": node, "target_desc": target,
            "url": self.url, "metadata": metadata, "description": what,
        }));
    }

    fn navigate(&mut self, event: &Value, href: &Value) {
        if !href.is_string() || *href == self.url {
            return;
        }
        self.url = href.clone();
        let what = format!("Navigated to {}", href.as_str().unwrap_or_default());
        self.act(event, "navigate", (Value::Null, &what), json!({"url": href}), what.clone());
    }

    fn interact(&mut self, event: &Value) {
        let (action, verb, word) = match event["data"]["type"].as_u64() {
            Some(2) => ("click", "Clicked", "clicked"),
            Some(3) => ("click", "Right-clicked", "right_clicked"),
            Some(4) => ("click", "Double-clicked", "double_clicked"),
            _ => return,
        };
        let id = &event["data"]["id"];
        let target = self.describe(id);
        // An element without a word of its own is one of many.
        let article = if target.starts_with("a ") { "a " } else { "" };
        let name = target.strip_prefix(article).unwrap_or(&target).to_owned();
        let what = format!("{verb} {article}{name}");
        self.act(event, action, (id.clone(), &target), json!({"interaction": word}), what);
    }

    fn input(&mut self, event: &Value) {
        let data = &event["data"];
        let target = self.describe(&data["id"]);
        let length = data["text"].as_str().map_or(0, |text| text.chars().count());
        let what = match data["isChecked"].as_bool() {
            Some(is_checked) => format!("Set {target} to {}", if is_checked { "checked" } else { "unchecked" }),
            None => format!("Typed {length} characters into {target}"),
        };
        let metadata = json!({"text_length": length, "is_checked": data["isChecked"]});
        self.act(event, "input", (data["id"].clone(), &target), metadata, what);
    }

    /// Adds an element with all that is in it. Not by recursion: a page may be as deep as it likes.
    fn add(&mut self, root: &Value) {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let Some(id) = node["id"].as_i64() else { continue };
            let children: Vec<&Value> = entries(&node["childNodes"]).collect();
            let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
            let own = Node {
                tag: text("tagName"),
                text: text("textContent"),
                kind: node["attributes"]["type"].as_str().map(str::to_owned),
                children: children.iter().filter_map(|child| child["id"].as_i64()).collect(),
            };
            self.nodes.insert(id, own);
            open.extend(children);
        }
    }

    fn mutate(&mut self, data: &Value) {
        for removed in entries(&data["removes"]).filter_map(|entry| entry["id"].as_i64()) {
            self.nodes.remove(&removed);
        }
        for added in entries(&data["adds"]) {
            self.add(&added["node"]);
            if let (Some(parent), Some(id)) = (added["parentId"].as_i64(), added["node"]["id"].as_i64()) {
                self.nodes.entry(parent).or_default().children.push(id);
            }
        }
        for changed in entries(&data["texts"]) {
            let node = changed["id"].as_i64().and_then(|id| self.nodes.get_mut(&id));
            if let (Some(node), Some(text)) = (node, changed["value"].as_str()) {
                text.clone_into(&mut node.text);
            }
        }
    }

    /// Returns what a person would call an element: its tag, and its text or its type.
    fn describe(&self, id: &Value) -> String {
        let Some(node) = id.as_i64().and_then(|id| self.nodes.get(&id)) else { return format!("element {id}") };
        let tag = if node.tag.is_empty() { "element" } else { &node.tag };
        let label = self.label(node);
        match (&node.kind, label.is_empty()) {
            (_, false) => format!("{tag} \"{label}\""),
            (Some(kind), true) => format!("{tag} type={kind}"),
            (None, true) => tag.to_owned(),
        }
    }

    fn label(&self, node: &Node) -> String {
        let mut words = Vec::new();
        let mut open: Vec<&Node> = vec![node];
        for _ in 0..LOOKED_AT {
            let Some(node) = open.pop() else { break };
            words.extend(node.text.split_whitespace());
            open.extend(node.children.iter().rev().filter_map(|id| self.nodes.get(id)));
        }
        cut(&words.join(" "))
    }
}

fn cut(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(LABEL).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

/// Returns the row of a recording in the list of a user's recordings.
pub fn row(id: &str, user: &str, (start_ms, retention_days): (i64, u64), tracked: usize, analysis: &Analysis) -> Value {
    let end = analysis.range_ms.map_or(start_ms, |(_, last)| last);
    let fields: [(&str, Value); 15] = [
        ("replay_id", id.into()),
        ("distinct_id", user.into()),
        ("start_time", start_ms.into()),
        ("end_time", end.into()),
        ("duration_s", ((end - start_ms) as f64 / 1000.0).into()),
        ("retention_days", retention_days.into()),
        ("n_events", analysis.events.into()),
        ("n_actions", analysis.actions.len().into()),
        ("n_clicks", analysis.count("click").into()),
        ("n_inputs", analysis.count("input").into()),
        ("n_pages", analysis.count("navigate").into()),
        ("n_errors", analysis.count("error").into()),
        ("n_mp_events", tracked.into()),
        ("entry_url", analysis.url(false)),
        ("exit_url", analysis.url(true)),
    ];
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Vec<Value> {
        vec![
            json!({"type": 4, "timestamp": 1000, "data": {"href": "https://a/x"}}),
            json!({"type": 2, "timestamp": 1040, "data": {"node": {"id": 1, "childNodes": [
                {"id": 4, "tagName": "button", "attributes": {}, "childNodes": [{"id": 5, "textContent": " Buy\n now "}]},
                {"id": 6, "tagName": "input", "attributes": {"type": "text"}, "childNodes": []},
                {"id": 7, "tagName": "a", "attributes": {}, "childNodes": [{"id": 8, "textContent": "Help"}]}]}}}),
        ]
    }

    fn done(more: Vec<Value>) -> Vec<String> {
        let events: Vec<Value> = page().into_iter().chain(more).collect();
        let analysis = Analysis::of(&events);
        analysis.timeline().lines().skip(1).map(str::to_owned).collect()
    }

    fn increment(data: Value) -> Value {
        json!({"type": 3, "timestamp": 2500, "data": data})
    }

    #[test]
    fn what_a_person_did_is_told_in_words() {
        let more = vec![
            increment(json!({"source": 2, "type": 2, "id": 4})),
            increment(json!({"source": 2, "type": 1, "id": 4})),
            increment(json!({"source": 5, "id": 6, "text": "abc", "isChecked": false})),
            increment(json!({"source": 5, "id": 6, "text": "abc"})),
            increment(json!({"source": 3, "id": 1})),
            increment(json!({"source": 2, "type": 4, "id": 7})),
            json!({"type": 6, "timestamp": 3000, "data": {"payload": {"level": "error", "payload": ["\"boom\""]}}}),
            json!({"type": 4, "timestamp": 4000, "data": {"href": "https://a/y"}}),
            json!({"type": 4, "timestamp": 4001, "data": {"href": "https://a/y"}}),
        ];
        let expected = [
            "2: Clicked button \"Buy now\"",
            "2: Set input type=text to unchecked",
            "2: Typed 3 characters into input type=text",
            "2: Scrolled",
            "2: Double-clicked a \"Help\"",
            "3: Console error: \"boom\"",
            "4: Navigated to https://a/y",
        ];
        assert_eq!(done(more), expected);
    }

    #[test]
    fn the_page_changes_with_its_mutations() {
        let add = json!({"source": 0, "adds": [{"parentId": 1, "node": {"id": 9, "tagName": "b", "childNodes": [{"id": 10, "textContent": "new"}]}}],
            "removes": [{"id": 4}], "texts": [{"id": 8, "value": "More"}]});
        let click = |id: i64| increment(json!({"source": 2, "type": 2, "id": id}));
        let seen = done(vec![increment(add), click(9), click(4), click(7)]);
        assert_eq!(seen, ["2: Clicked b \"new\"", "2: Clicked element 4", "2: Clicked a \"More\""]);
    }

    #[test]
    fn whatever_comes_is_survived() {
        let mut deep = json!({"id": 1});
        for id in 2..120 {
            deep = json!({"id": id, "tagName": "p", "childNodes": [deep]});
        }
        let cycle = json!({"source": 0, "adds": [{"parentId": 7, "node": {"id": 7, "childNodes": [{"id": 7}]}}]});
        let events = vec![
            json!({"type": 2, "timestamp": 1, "data": {"node": deep}}),
            increment(cycle),
            increment(json!({"source": 2, "type": 2, "id": 7})),
            increment(json!({"source": 2, "type": 2, "id": 119})),
            json!({"type": "x"}),
            json!(null),
            json!({"type": 3, "timestamp": 1, "data": [1]}),
        ];
        assert_eq!(Analysis::of(&events).actions.len(), 2);
        assert!(is_recording(&events[..2]) && !is_recording(&events));
    }
}
