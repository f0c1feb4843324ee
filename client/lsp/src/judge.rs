//! Holds what code says against what is known of the project. What is not known for sure is not judged.

use std::ops::Range;

use crate::code::{Entry, Named, Subject, Use, Value};
use crate::knowledge::{Event, Kind, Knowledge, Property, nearest};
use crate::project::Rules;
use crate::rule::{Rule, Severity};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// Where, in the text.
    pub at: Range<usize>,
    /// What is wrong, in words.
    pub message: String,
    /// The event, if one is named.
    pub event: Option<String>,
    /// The property, if it is about one.
    pub property: Option<String>,
    /// What was meant most likely, and where that would have to be written.
    pub meant: Option<(String, Range<usize>)>,
}

/// Properties that Mixpanel knows by itself.
const OWN: [&str; 8] = ["distinct_id", "time", "token", "ip", "mp_lib", "length", "campaign_id", "message_id"];

/// Whether a name is Mixpanel's own, and so needs no definition.
pub fn is_reserved(name: &str) -> bool {
    name.starts_with('$') || name.starts_with("mp_") || name.starts_with("utm_") || OWN.contains(&name)
}

/// Returns what is wrong with some uses.
pub fn findings(uses: &[Use], knowledge: &Knowledge, rules: &Rules) -> Vec<Finding> {
    let mut judge = Judge { knowledge, rules, found: Vec::new() };
    for one in uses {
        judge.one(one);
    }
    judge.found
}

struct Judge<'a> {
    knowledge: &'a Knowledge,
    rules: &'a Rules,
    found: Vec<Finding>,
}

/// What is found, before settings have their say.
struct Told<'a> {
    rule: Rule,
    at: &'a Range<usize>,
    message: String,
    event: Option<&'a str>,
    property: Option<&'a str>,
    meant: Option<(String, Range<usize>)>,
}

impl<'a> Judge<'a> {
    fn tell(&mut self, told: Told<'_>) {
        let severity = self.rules.severity(told.rule);
        let is_ignored = match (told.event, told.property) {
            (_, Some(property)) => {
                self.rules.ignores_property(property) || told.event.is_some_and(|event| self.rules.ignores_event(event))
            }
            (Some(event), None) => self.rules.ignores_event(event),
            (None, None) => false,
        };
        if severity != Severity::Off && !is_ignored {
            self.found.push(Finding {
                rule: told.rule,
                severity,
                at: told.at.clone(),
                message: told.message,
                event: told.event.map(str::to_owned),
                property: told.property.map(str::to_owned),
                meant: told.meant,
            });
        }
    }

    fn one(&mut self, one: &'a Use) {
        match one.subject {
            Subject::Event => {
                let named = one.event.as_ref().filter(|event| event.is_whole);
                let event = named.and_then(|event| self.knowledge.event(&event.text));
                if let Some(named) = named {
                    self.event(named, event);
                }
                if let (Some(named), Some(event)) = (named, event) {
                    one.properties.iter().for_each(|entry| self.property(&named.text, event, entry));
                }
            }
            Subject::Super => {}
            Subject::User => one.properties.iter().for_each(|entry| {
                let known = self.knowledge.user_property(&entry.name.text);
                self.declared(None, entry, known, known.and_then(|known| known.kind));
            }),
            Subject::Group => {}
        }
    }

    fn event(&mut self, named: &Named, event: Option<&Event>) {
        let name = named.text.as_str();
        let told = |rule, message: String| Told {
            rule,
            at: &named.at,
            message,
            event: Some(name),
            property: None,
            meant: None,
        };
        let Some(event) = event else { return self.unknown(named) };
        let said = event.description.as_deref().map_or(String::new(), |about| format!(" ({})", shortened(about)));
        if event.state.dropped {
            self.tell(told(
                Rule::DroppedEvent,
                format!("Mixpanel drops the event '{name}': what is sent is lost{said}"),
            ));
        } else if event.state.deprecated {
            self.tell(told(Rule::DeprecatedEvent, format!("the event '{name}' is deprecated{said}")));
        } else if event.state.hidden {
            self.tell(told(Rule::HiddenEvent, format!("the event '{name}' is hidden in Mixpanel{said}")));
        }
    }

    fn unknown(&mut self, named: &Named) {
        let name = named.text.as_str();
        if name.is_empty() || is_reserved(name) || self.knowledge.events.is_empty() {
            return;
        }
        let meant = self.knowledge.nearest_event(name);
        // Where not all events are known, one that is like a known one is a mistake, and any other may be there.
        if meant.is_none() && !self.knowledge.has_all_events {
            return;
        }
        let hint = meant.map_or(String::new(), |meant| format!("; did you mean '{meant}'?"));
        let meant = meant.and_then(|meant| Some((meant.to_owned(), named.written.clone()?)));
        let message = format!("the project has no event '{name}'{hint}");
        self.tell(Told { rule: Rule::UnknownEvent, at: &named.at, message, event: Some(name), property: None, meant });
    }

    fn property(&mut self, event_name: &str, event: &Event, entry: &Entry) {
        let name = entry.name.text.as_str();
        if is_reserved(name) || name.is_empty() || !entry.name.is_whole {
            return;
        }
        if self.knowledge.has(event, name) == Some(false) {
            let meant = nearest(name, self.knowledge.properties_of(event).map(|property| &*property.name));
            let hint = meant.map_or(String::new(), |meant| format!("; did you mean '{meant}'?"));
            let place = entry
                .name
                .written
                .clone()
                .or_else(|| meant.filter(|meant| is_word(meant)).map(|_| entry.name.at.clone()));
            let meant = meant.and_then(|meant| Some((meant.to_owned(), place?)));
            let message = format!("no event '{event_name}' ever had the property '{name}'{hint}");
            let (event, property) = (Some(event_name), Some(name));
            return self.tell(Told {
                rule: Rule::UnknownProperty,
                at: &entry.name.at,
                message,
                event,
                property,
                meant,
            });
        }
        let known = self.knowledge.property(name);
        self.declared(Some(event_name), entry, known, self.knowledge.kind(Some(event), name));
    }

    fn declared(&mut self, event: Option<&str>, entry: &Entry, known: Option<&Property>, kind: Option<Kind>) {
        let name = entry.name.text.as_str();
        if known.is_some_and(|known| known.state.dropped) {
            let message = format!("Mixpanel drops the property '{name}': what is sent is lost");
            self.tell(Told {
                rule: Rule::DroppedProperty,
                at: &entry.name.at,
                message,
                event,
                property: Some(name),
                meant: None,
            });
        }
        if let Some(kind) = kind.filter(|kind| !fits(*kind, &entry.value)) {
            let found = written(&entry.value);
            let message = format!("'{name}' is {} in the lexicon, but {found} here", kind.words());
            self.tell(Told {
                rule: Rule::WrongType,
                at: &entry.value_at,
                message,
                event,
                property: Some(name),
                meant: None,
            });
        }
    }
}

fn is_word(name: &str) -> bool {
    name.chars().all(|one| one.is_alphanumeric() || one == '_') && !name.starts_with(|one: char| one.is_ascii_digit())
}

/// Whether a value is of a type, or may be.
fn fits(kind: Kind, value: &Value) -> bool {
    match value {
        Value::Computed | Value::Nothing => true,
        Value::Text(..) | Value::SomeText => matches!(kind, Kind::Text | Kind::Date),
        Value::Number => matches!(kind, Kind::Number | Kind::Date),
        Value::Boolean => kind == Kind::Boolean,
        Value::List | Value::Object => matches!(kind, Kind::List | Kind::Object),
    }
}

fn written(value: &Value) -> &'static str {
    match value {
        Value::Text(..) | Value::SomeText => "a text",
        Value::Number => "a number",
        Value::Boolean => "true or false",
        Value::List => "a list",
        Value::Object => "an object",
        Value::Nothing | Value::Computed => "something else",
    }
}

/// Returns the beginning of a description, on one line.
pub fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(120).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
