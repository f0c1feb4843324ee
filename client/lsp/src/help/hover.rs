//! What is told about an event or a property.

use std::ops::Range;

use crate::code::{Subject, Use};
use crate::knowledge::{Event, Knowledge, Property};

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// An event.
    Event(String),
    /// A property of an event, or of users.
    Property {
        /// The property.
        name: String,
        /// The event.
        event: Option<String>,
        /// Whether users have it.
        is_user: bool,
    },
}

/// Returns what stands at an offset, and where exactly.
pub fn thing(uses: &[Use], offset: usize) -> Option<(Thing, Range<usize>)> {
    let touches = |range: &Range<usize>| range.start <= offset && offset <= range.end;
    for one in uses.iter().rev() {
        if let Some(event) = &one.event
            && let Some(at) = [Some(&event.at), event.written.as_ref()].into_iter().flatten().find(|at| touches(at))
        {
            return Some((Thing::Event(event.text.clone()), at.clone()));
        }
        if let Some(entry) = one.properties.iter().find(|entry| touches(&entry.name.at)) {
            let event = one.event.as_ref().map(|event| event.text.clone());
            let thing = Thing::Property { name: entry.name.text.clone(), event, is_user: one.subject == Subject::User };
            return Some((thing, entry.name.at.clone()));
        }
    }
    None
}

/// What is known beside the definitions.
#[derive(Debug, Default)]
pub struct More<'a> {
    /// How often it came in the last days.
    pub volume: Option<u64>,
    /// Where it is in Mixpanel.
    pub link: Option<String>,
    /// Values that came.
    pub values: Option<&'a [String]>,
}

/// How many days the volume is of.
pub const DAYS: i64 = 7;

/// How many values are shown.
const VALUES: usize = 10;

/// Returns what is told of an event, as Markdown.
pub fn event(name: &str, known: Option<&Event>, knowledge: &Knowledge, more: &More<'_>) -> String {
    let mut lines = vec![format!("**{}**", plain(name))];
    match known {
        None if knowledge.events.is_empty() => lines.push("Nothing is known of the project yet.".to_owned()),
        None => lines.push("The project has no event of this name.".to_owned()),
        Some(known) => {
            lines.extend(known.display_name.as_deref().map(|shown| format!("Shown as *{}*", plain(shown))));
            lines.extend(known.description.as_deref().map(plain));
            let facts = [
                ("Status", known.state.words().join(", ")),
                ("Owners", known.owners.join(", ")),
                ("Tags", known.tags.join(", ")),
                ("Last 7 days", more.volume.map_or(String::new(), grouped)),
            ];
            let told = facts.iter().filter(|(_, what)| !what.is_empty());
            lines.extend(told.map(|(name, what)| format!("{name}: {}", plain(what))));
        }
    }
    lines.extend(more.link.as_deref().map(|link| format!("[Open in Mixpanel]({link})")));
    lines.join("\n\n")
}

/// Returns what is told of a property, as Markdown.
pub fn property(name: &str, known: Option<&Property>, kind: Option<&str>, more: &More<'_>) -> String {
    let mut lines = vec![format!("**{}**", plain(name))];
    match known {
        None => lines.push("The project has no property of this name.".to_owned()),
        Some(known) => {
            lines.extend(kind.map(str::to_owned));
            lines.extend(known.description.as_deref().map(plain));
            let words = known.state.words().join(", ");
            lines.extend((!words.is_empty()).then(|| format!("Status: {words}")));
            if let Some(values) = more.values.filter(|values| !values.is_empty()) {
                let some: Vec<String> =
                    values.iter().take(VALUES).map(|value| format!("`{}`", value.replace('`', "'"))).collect();
                lines.push(format!("Values: {}{}", some.join(", "), if values.len() > VALUES { ", …" } else { "" }));
            }
        }
    }
    lines.extend(more.link.as_deref().map(|link| format!("[Open in Mixpanel]({link})")));
    lines.join("\n\n")
}

/// Returns a text of strangers so that it shows as it is, without links, pictures or HTML of its own.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for one in text.chars() {
        if "\\`*_{}[]<>()#!|~&".contains(one) {
            shown.push('\\');
        }
        shown.push(if one.is_control() && one != '\n' { ' ' } else { one });
    }
    shown
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
