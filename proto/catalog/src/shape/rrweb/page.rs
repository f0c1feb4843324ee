//! The elements of a recorded page, as far as they are needed to say what was clicked.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::event::parsed;
use super::line::{MOST_TEXT, short};

/// Elements and texts that are kept; a page with more has some that are not known.
const MOST_NODES: usize = 500_000;

/// Nodes that are looked at for the text of an element.
const MOST_LOOKED_AT: usize = 500;

/// How often each byte of a recording may be read. A tree that is too deep to be read at once is read level by level, and every level reads
/// all below it again; with this limit a page made to hurt takes no more time than a large one.
const MOST_LOOKS: usize = 32;

/// So many bytes may be read again in any case: a small page may be very deep.
const FREE_LOOKS: usize = 16 << 20;

/// What names an element that has no text, the best first.
const LABELS: [&str; 4] = ["aria-label", "alt", "title", "placeholder"];

/// Elements whose text is not what a person sees of them.
const UNREAD: [&str; 8] = ["html", "body", "script", "style", "noscript", "select", "textarea", "svg"];

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    nodes: HashMap<i64, Node>,
    read: usize,
    looked_at: usize,
}

#[derive(Debug)]
struct Node {
    parent: Option<i64>,
    /// Its index among the children of its parent. The index of a child that was removed is not used again, which shows that it is gone.
    place: usize,
    children: Vec<i64>,
    what: Content,
}

#[derive(Debug)]
enum Content {
    Document,
    Element { tag: String, kind: Option<String>, labels: [Option<String>; LABELS.len()] },
    Text(String),
    Other,
}

/// A node as it is recorded; its children are `C`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "C: Deserialize<'de>"))]
struct RecordedNode<C> {
    id: i64,
    #[serde(rename = "type")]
    kind: u64,
    #[serde(default, rename = "tagName")]
    tag: Option<String>,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
    #[serde(default, rename = "textContent")]
    text: Option<String>,
    #[serde(default = "Vec::new", rename = "childNodes")]
    children: Vec<C>,
}

/// A node with all below it. The reader of JSON limits how deep that is.
#[derive(Deserialize)]
#[serde(transparent)]
struct Whole(RecordedNode<Whole>);

#[derive(Deserialize)]
struct Mutation<'a> {
    #[serde(borrow, default)]
    adds: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    removes: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    texts: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    attributes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Add<'a> {
    #[serde(rename = "parentId")]
    parent: i64,
    #[serde(borrow)]
    node: &'a RawValue,
}

#[derive(Deserialize)]
struct Remove {
    id: i64,
}

#[derive(Deserialize)]
struct Text {
    id: i64,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Attributes {
    id: i64,
    attributes: Map<String, Value>,
}

impl Page {
    /// Is told that so many bytes of the recording will be read next.
    pub(super) fn announce(&mut self, bytes: usize) {
        self.read = self.read.saturating_add(bytes);
    }

    /// Begins anew with a full picture.
    pub(super) fn load(&mut self, root: &RawValue) {
        self.nodes.clear();
        self.insert(None, root);
    }

    /// Applies a change.
    pub(super) fn change(&mut self, data: &RawValue) {
        let Some(change) = parsed::<Mutation<'_>>(data) else { return };
        for Remove { id } in change.removes.into_iter().filter_map(parsed) {
            self.remove(id);
        }
        for Add { parent, node } in change.adds.into_iter().filter_map(parsed) {
            self.insert(Some(parent), node);
        }
        for Text { id, value } in change.texts.into_iter().filter_map(parsed) {
            if let Some(Content::Text(text)) = self.nodes.get_mut(&id).map(|node| &mut node.what) {
                *text = short(&value.unwrap_or_default(), MOST_TEXT);
            }
        }
        for Attributes { id, attributes } in change.attributes.into_iter().filter_map(parsed) {
            if let Some(node) = self.nodes.get_mut(&id) {
                node.what.set(&attributes);
            }
        }
    }

    /// Adds a node with all below it.
    fn insert(&mut self, parent: Option<i64>, root: &RawValue) {
        let mut left = vec![(parent, root)];
        while let Some((parent, raw)) = left.pop() {
            if let Some(Whole(whole)) = parsed(raw) {
                self.insert_whole(parent, whole);
                continue;
            }
            // It is too deep, or something in it is odd: what is good of it is taken, level by level.
            self.looked_at = self.looked_at.saturating_add(raw.get().len());
            if self.looked_at > self.read.saturating_mul(MOST_LOOKS).saturating_add(FREE_LOOKS) {
                return;
            }
            if let Some(mut node) = parsed::<RecordedNode<&RawValue>>(raw) {
                let (id, children) = (node.id, std::mem::take(&mut node.children));
                if self.put(parent, node) {
                    left.extend(children.into_iter().rev().map(|child| (Some(id), child)));
                }
            }
        }
    }

    fn insert_whole(&mut self, parent: Option<i64>, root: RecordedNode<Whole>) {
        let mut left = vec![(parent, root)];
        while let Some((parent, mut node)) = left.pop() {
            let (id, children) = (node.id, std::mem::take(&mut node.children));
            if self.put(parent, node) {
                left.extend(children.into_iter().rev().map(|Whole(child)| (Some(id), child)));
            }
        }
    }

    /// Adds a node; one of the same id is gone with it. Returns whether there was room.
    fn put<C>(&mut self, parent: Option<i64>, node: RecordedNode<C>) -> bool {
        self.remove(node.id);
        if self.nodes.len() >= MOST_NODES {
            return false;
        }
        let siblings = parent.and_then(|parent| self.nodes.get_mut(&parent)).map(|parent| &mut parent.children);
        let place = siblings.map_or(0, |siblings| {
            siblings.push(node.id);
            siblings.len() - 1
        });
        let what = match (node.kind, node.tag, node.text) {
            (0, _, _) => Content::Document,
            (2, Some(tag), _) => {
                let tag = short(&tag.to_lowercase(), MOST_TEXT);
                let mut what = Content::Element { tag, kind: None, labels: Default::default() };
                what.set(&node.attributes.unwrap_or_default());
                what
            }
            (3, _, Some(text)) => Content::Text(short(&text, MOST_TEXT)),
            _ => Content::Other,
        };
        self.nodes.insert(node.id, Node { parent, place, children: Vec::new(), what });
        true
    }

    /// Takes a node away, with all below it.
    fn remove(&mut self, id: i64) {
        let mut left = vec![id];
        while let Some(id) = left.pop() {
            let Some(node) = self.nodes.remove(&id) else { continue };
            left.extend(self.children(id, &node.children));
        }
    }

    /// Returns the children that are still there.
    fn children(&self, id: i64, children: &[i64]) -> Vec<i64> {
        let is_there = |place: usize, child: &i64| {
            self.nodes.get(child).is_some_and(|node| node.parent == Some(id) && node.place == place)
        };
        let there = children.iter().enumerate().filter(|(place, child)| is_there(*place, child));
        there.map(|(_, child)| *child).collect()
    }

    /// Returns whether it is the page itself that is scrolled.
    pub(super) fn is_root(&self, id: i64) -> bool {
        match self.nodes.get(&id).map(|node| &node.what) {
            Some(Content::Element { tag, .. }) => matches!(tag.as_str(), "html" | "body"),
            Some(Content::Document) => true,
            _ => false,
        }
    }

    /// Returns what a person would call an element.
    pub(super) fn describe(&self, id: i64) -> String {
        let own = self.nodes.get(&id);
        let node = match own {
            Some(Node { what: Content::Text(_), parent: Some(parent), .. }) => {
                self.nodes.get(parent).map(|up| (*parent, up))
            }
            other => other.map(|node| (id, node)),
        };
        let Some((id, Node { what: Content::Element { tag, kind, labels }, .. })) = node else {
            return format!("element {id}");
        };
        let kind = kind.as_ref().filter(|_| tag == "input").map(|kind| format!(" type={kind}")).unwrap_or_default();
        let text = Some(self.text(id)).filter(|text| !text.is_empty());
        let text = text.or_else(|| labels.iter().flatten().next().cloned());
        format!("{tag}{kind}{}", text.map(|text| format!(" \"{text}\"")).unwrap_or_default())
    }

    /// Returns the beginning of the text that a person sees in an element.
    fn text(&self, id: i64) -> String {
        let (mut text, mut left, mut looked_at) = (String::new(), vec![(id, None)], 0);
        while let Some((id, place)) = left.pop() {
            looked_at += 1;
            if looked_at > MOST_LOOKED_AT || text.len() > MOST_TEXT * 4 {
                break;
            }
            let Some(node) = self.nodes.get(&id).filter(|node| place.is_none_or(|at| at == (node.parent, node.place)))
            else {
                continue;
            };
            match &node.what {
                Content::Text(own) => {
                    text.push(' ');
                    text.push_str(own);
                }
                Content::Element { tag, .. } if UNREAD.contains(&tag.as_str()) => {}
                _ => {
                    let room = MOST_LOOKED_AT.saturating_sub(looked_at);
                    // The last ones are the latest: an element that changes often has many places that are left behind.
                    let from = node.children.len().saturating_sub(room);
                    let children = node.children.iter().enumerate().skip(from).rev();
                    left.extend(children.map(|(place, child)| (*child, Some((Some(id), place)))));
                }
            }
        }
        short(&text, MOST_TEXT)
    }
}

impl Content {
    /// Takes over the attributes that are of use; null takes one away.
    fn set(&mut self, attributes: &Map<String, Value>) {
        let Self::Element { kind, labels, .. } = self else { return };
        for (name, value) in attributes {
            let value = value.as_str().map(|text| short(text, MOST_TEXT)).filter(|text| !text.is_empty());
            if name == "type" {
                *kind = value;
            } else if let Some(at) = LABELS.iter().position(|label| label == name) {
                labels[at] = value;
            }
        }
    }
}
