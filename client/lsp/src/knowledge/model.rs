//! What is known of a project, so that it can be looked up at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use super::facts::{Definition, Facts, Graph, Schema};
use super::near::{Folded, nearest_of};

/// Most names that Mixpanel lists: where there are so many, there may be more.
const MOST_NAMES: usize = 5000;

/// How many properties Mixpanel lists for one event unless it is asked for more: so many may not be all.
const MOST_LISTED: usize = 10;

/// What is known of a project.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// The events, by name.
    pub events: Vec<Event>,
    /// The properties of events, by name.
    pub properties: Vec<Property>,
    /// The properties of users, by name.
    pub user_properties: Vec<Property>,
    /// Whether an event that is not among them does not exist.
    pub has_all_events: bool,
    /// The names of the events as they are compared, once somebody asks.
    folded: OnceLock<Vec<Folded>>,
}

/// An event.
#[derive(Debug, Clone, Default)]
pub struct Event {
    /// Its name.
    pub name: Box<str>,
    /// The name that people see, if it is another.
    pub display_name: Option<Box<str>>,
    /// What it is about.
    pub description: Option<Box<str>>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Who answers for it.
    pub owners: Vec<String>,
    /// Whether it is hidden, dropped and so on.
    pub state: State,
    /// Its properties, as places in [`Knowledge::properties`].
    properties: Vec<u32>,
    /// Whether these are all.
    is_complete: bool,
    /// The types that are declared for it.
    kinds: Vec<(u32, Kind)>,
}

/// A property.
#[derive(Debug, Clone, Default)]
pub struct Property {
    /// Its name.
    pub name: Box<str>,
    /// What it is about.
    pub description: Option<Box<str>>,
    /// Its type.
    pub kind: Option<Kind>,
    /// Whether it is hidden, dropped and so on.
    pub state: State,
}

/// What the lexicon says of an event or a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// Nobody sees it.
    pub hidden: bool,
    /// What comes in is thrown away.
    pub dropped: bool,
    /// It should not be used any more.
    pub deprecated: bool,
    /// Somebody has verified it.
    pub verified: bool,
}

/// The type of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Number.
    Number,
    /// True or false.
    Boolean,
    /// A date, which is written as a text or a number.
    Date,
    /// A list.
    List,
    /// An object, or several.
    Object,
}

impl Kind {
    /// Reads the word that Mixpanel has for it.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "string" | "text" => Self::Text,
            "number" | "integer" | "float" => Self::Number,
            "boolean" | "bool" => Self::Boolean,
            "datetime" | "date" | "date-time" => Self::Date,
            "list" | "array" => Self::List,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// Returns what it is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

impl State {
    fn of(definition: &Definition) -> Self {
        let status = definition.status.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_tagged = definition.tags.iter().any(|tag| tag.eq_ignore_ascii_case("deprecated"));
        Self {
            hidden: definition.hidden || status == "hidden",
            dropped: definition.dropped || ["dropped", "blocked"].contains(&status.as_str()),
            deprecated: is_tagged || status == "deprecated",
            verified: definition.verified,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            hidden: self.hidden || other.hidden,
            dropped: self.dropped || other.dropped,
            deprecated: self.deprecated || other.deprecated,
            verified: self.verified || other.verified,
        }
    }

    /// Returns the words for it; none where there is nothing to say.
    pub fn words(self) -> Vec<&'static str> {
        let all = [
            (self.dropped, "dropped"),
            (self.hidden, "hidden"),
            (self.deprecated, "deprecated"),
            (self.verified, "verified"),
        ];
        all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect()
    }
}

impl Knowledge {
    /// Makes it from what Mixpanel has said.
    pub fn of(facts: &Facts) -> Self {
        let mut maker = Maker::default();
        for name in facts.names.iter().flatten() {
            maker.event(name);
        }
        if let Some(graph) = &facts.graph {
            maker.graph(graph);
        }
        for schema in facts.schemas.iter().flatten() {
            maker.schema(schema);
        }
        let is_listed = facts.names.as_ref().is_some_and(|names| names.len() < MOST_NAMES);
        let has_lexicon = facts.graph.as_ref().is_some_and(|graph| !graph.events.is_empty());
        maker.finish(is_listed || (facts.names.is_some() && has_lexicon))
    }

    /// Returns an event.
    pub fn event(&self, name: &str) -> Option<&Event> {
        self.events.binary_search_by(|event| (*event.name).cmp(name)).ok().map(|at| &self.events[at])
    }

    /// Returns the event that was meant by a name that none has.
    pub fn nearest_event(&self, name: &str) -> Option<&str> {
        let folded = self.folded.get_or_init(|| self.events.iter().map(|event| Folded::of(&event.name)).collect());
        nearest_of(name, self.events.iter().map(|event| &*event.name).zip(folded))
    }

    /// Returns a property of events.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.place(name).map(|at| &self.properties[at])
    }

    /// Returns a property of users.
    pub fn user_property(&self, name: &str) -> Option<&Property> {
        self.user_properties
            .binary_search_by(|property| (*property.name).cmp(name))
            .ok()
            .map(|at| &self.user_properties[at])
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.properties.binary_search_by(|property| (*property.name).cmp(name)).ok()
    }

    /// Returns the properties of an event.
    pub fn properties_of<'k>(&'k self, event: &'k Event) -> impl Iterator<Item = &'k Property> {
        event.properties.iter().map(|at| &self.properties[*at as usize])
    }

    /// Whether an event has a property; none where that is not known.
    pub fn has(&self, event: &Event, property: &str) -> Option<bool> {
        let has = self.place(property).is_some_and(|at| event.properties.contains(&(at as u32)));
        if has { Some(true) } else { event.is_complete.then_some(false) }
    }

    /// Returns the type of a property of an event.
    pub fn kind(&self, event: Option<&Event>, property: &str) -> Option<Kind> {
        let at = self.place(property)?;
        let declared = event.and_then(|event| event.kinds.iter().find(|(other, _)| *other == at as u32));
        declared.map(|(_, kind)| *kind).or(self.properties[at].kind)
    }

    /// Takes a list of the properties of an event that Mixpanel has given for it alone.
    pub fn learn(&mut self, event: &str, names: &[String]) {
        for name in names {
            if let Err(at) = self.properties.binary_search_by(|property| (*property.name).cmp(name.as_str())) {
                self.properties.insert(at, Property { name: name.as_str().into(), ..Property::default() });
                for event in &mut self.events {
                    let moved = event.properties.iter_mut().chain(event.kinds.iter_mut().map(|(place, _)| place));
                    moved.filter(|place| **place >= at as u32).for_each(|place| *place += 1);
                }
            }
        }
        let places: Vec<u32> = names.iter().filter_map(|name| self.place(name)).map(|at| at as u32).collect();
        if let Ok(at) = self.events.binary_search_by(|known| (*known.name).cmp(event)) {
            let event = &mut self.events[at];
            let all: BTreeSet<u32> = event.properties.iter().copied().chain(places).collect();
            event.properties = all.into_iter().collect();
            event.is_complete |= names.len() != MOST_LISTED;
        }
    }
}

impl Event {
    /// Whether all of its properties are known.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// Puts together what several answers say.
#[derive(Default)]
struct Maker {
    events: HashMap<Box<str>, Made>,
    properties: HashMap<Box<str>, Property>,
    users: HashMap<Box<str>, Property>,
}

#[derive(Default)]
struct Made {
    event: Event,
    properties: BTreeSet<Box<str>>,
    kinds: Vec<(Box<str>, Kind)>,
}

impl Maker {
    fn event(&mut self, name: &str) -> &mut Made {
        let made = self.events.entry(name.into()).or_default();
        if made.event.name.is_empty() {
            made.event.name = name.into();
        }
        made
    }

    fn graph(&mut self, graph: &Graph) {
        for row in &graph.events {
            if let Some(name) = row.name.as_deref() {
                self.event(name).event.describe(row);
            }
        }
        for row in &graph.properties {
            describe(&mut self.properties, row);
        }
        for row in &graph.user_properties {
            describe(&mut self.users, row);
        }
        for (event, properties) in &graph.event_to_properties {
            for property in properties {
                named(&mut self.properties, property);
            }
            let made = self.event(event);
            // An event without any is one of which nobody has said which.
            made.event.is_complete = !properties.is_empty();
            made.properties.extend(properties.iter().map(|name| name.as_str().into()));
        }
    }

    fn schema(&mut self, schema: &Schema) {
        let (Some(name), declared) = (schema.name.as_deref(), &schema.schema_json) else { return };
        match schema.entity_type.as_deref() {
            Some("event") => {
                let made = self.event(name);
                made.event.describe(&Definition {
                    description: declared.description.clone(),
                    ..declared.metadata.ours.clone()
                });
                for (property, is) in &declared.properties {
                    made.properties.insert(property.as_str().into());
                    if let [kind] = kinds(&is.kinds).as_slice() {
                        made.kinds.push((property.as_str().into(), *kind));
                    }
                }
                for (property, is) in &declared.properties {
                    let known = named(&mut self.properties, property);
                    known.description = known.description.take().or(is.description.as_deref().map(Into::into));
                }
            }
            Some("profile") => {
                for (property, is) in &declared.properties {
                    let known = named(&mut self.users, property);
                    known.description = known.description.take().or(is.description.as_deref().map(Into::into));
                    known.kind = known.kind.or(kinds(&is.kinds).first().copied());
                }
            }
            _ => {}
        }
    }

    fn finish(self, has_all_events: bool) -> Knowledge {
        let sorted = |all: HashMap<Box<str>, Property>| {
            let mut all: Vec<Property> = all.into_values().collect();
            all.sort_unstable_by(|one, other| one.name.cmp(&other.name));
            all
        };
        let properties = sorted(self.properties);
        let place =
            |name: &str| properties.binary_search_by(|property| (*property.name).cmp(name)).ok().map(|at| at as u32);
        let event = |made: Made| Event {
            properties: made.properties.iter().filter_map(|name| place(name)).collect(),
            kinds: made.kinds.iter().filter_map(|(name, kind)| Some((place(name)?, *kind))).collect(),
            ..made.event
        };
        let mut events: Vec<Event> = self.events.into_values().map(event).collect();
        events.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Knowledge { events, user_properties: sorted(self.users), has_all_events, properties, folded: OnceLock::new() }
    }
}

fn kinds(words: &[String]) -> Vec<Kind> {
    words.iter().filter(|word| *word != "null").filter_map(|word| Kind::of(word)).collect()
}

fn named<'m>(all: &'m mut HashMap<Box<str>, Property>, name: &str) -> &'m mut Property {
    all.entry(name.into()).or_insert_with(|| Property { name: name.into(), ..Property::default() })
}

fn describe(all: &mut HashMap<Box<str>, Property>, row: &Definition) {
    let Some(name) = row.name.as_deref() else { return };
    let known = named(all, name);
    known.description =
        row.description.as_deref().filter(|text| !text.is_empty()).map(Into::into).or(known.description.take());
    known.kind = row.kind.as_deref().and_then(Kind::of).or(known.kind);
    known.state = known.state.and(State::of(row));
}

impl Event {
    fn describe(&mut self, row: &Definition) {
        let text = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(Box::from);
        self.description = self.description.take().or(text(&row.description));
        self.display_name = self.display_name.take().or(text(&row.display_name).filter(|shown| *shown != self.name));
        self.state = self.state.and(State::of(row));
        for (own, others) in [(&mut self.tags, &row.tags), (&mut self.owners, &row.owners)] {
            for other in others {
                if !own.contains(other) {
                    own.push(other.clone());
                }
            }
        }
    }
}
