//! What may be written at a place.

use std::ops::Range;

use super::place::{Of, Place, What};
use crate::knowledge::{Event, Kind, Knowledge, Property, State};
use crate::scan::Language;

/// How many are offered at once: nobody reads more, and whoever types on gets others.
const MOST: usize = 200;

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is shown and looked for.
    pub label: String,
    /// What is written.
    pub insert: String,
    /// What it is.
    pub sort: Sort,
    /// More about it, on the same line.
    pub detail: String,
    /// What it is about.
    pub about: Option<String>,
    /// Whether it should rather not be used.
    pub is_deprecated: bool,
}

/// What an offer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// An event.
    Event,
    /// A property.
    Property,
    /// A value.
    Value,
}

/// What may be written at a place.
#[derive(Debug, Default)]
pub struct Offers {
    /// What is to be replaced.
    pub range: Range<usize>,
    /// All of it, the likeliest first.
    pub all: Vec<Offer>,
    /// Whether there is more.
    pub is_incomplete: bool,
}

/// Returns what may be written at a place. `values` are those of the property, where they are known.
pub fn offers(
    place: &Place,
    knowledge: &Knowledge,
    values: Option<&[String]>,
    text: &str,
    language: Language,
) -> Offers {
    let typed = place.typed.to_lowercase();
    let (all, is_incomplete) = match &place.what {
        What::Event => best(&typed, knowledge.events.iter(), |event| &*event.name, |event| event.state, event),
        What::Property { of, .. } => match of {
            Of::User => best(&typed, knowledge.user_properties.iter(), |one| &*one.name, |one| one.state, property),
            Of::AnyEvent => best(&typed, knowledge.properties.iter(), |one| &*one.name, |one| one.state, property),
            Of::Event(name) => match knowledge.event(name) {
                Some(event) => {
                    let of_event = knowledge.properties_of(event);
                    let offer = |one: &Property| with_kind(property(one), knowledge.kind(Some(event), &one.name));
                    best(&typed, of_event, |one| &*one.name, |one| one.state, offer)
                }
                None => best(&typed, knowledge.properties.iter(), |one| &*one.name, |one| one.state, property),
            },
        },
        What::Value { of, property } => of_values(place, of, property, knowledge, values),
    };
    let writer = Writer { place, text, language };
    let all = all.into_iter().map(|offer| writer.write(offer)).collect();
    Offers { range: place.range.clone(), all, is_incomplete }
}

fn event(event: &Event) -> Offer {
    let words = event.state.words().join(", ");
    let shown = event.display_name.as_deref().unwrap_or_default();
    let detail = [shown, &words].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" · ");
    Offer {
        label: event.name.to_string(),
        insert: event.name.to_string(),
        sort: Sort::Event,
        detail,
        about: event.description.as_deref().map(str::to_owned),
        is_deprecated: is_bad(event.state),
    }
}

fn is_bad(state: State) -> bool {
    state.dropped || state.hidden || state.deprecated
}

fn property(one: &Property) -> Offer {
    Offer {
        label: one.name.to_string(),
        insert: one.name.to_string(),
        sort: Sort::Property,
        detail: one.kind.map_or(String::new(), |kind| kind.words().to_owned()),
        about: one.description.as_deref().map(str::to_owned),
        is_deprecated: is_bad(one.state),
    }
}

fn with_kind(mut offer: Offer, kind: Option<Kind>) -> Offer {
    if let Some(kind) = kind {
        kind.words().clone_into(&mut offer.detail);
    }
    offer
}

fn of_values(
    place: &Place,
    of: &Of,
    property: &str,
    knowledge: &Knowledge,
    values: Option<&[String]>,
) -> (Vec<Offer>, bool) {
    let kind = match of {
        Of::User => knowledge.user_property(property).and_then(|property| property.kind),
        Of::Event(event) => knowledge.kind(knowledge.event(event), property),
        Of::AnyEvent => knowledge.kind(None, property),
    };
    if kind == Some(Kind::Boolean) && place.quote.is_none() {
        let words = ["true", "false"].map(|word| Offer { detail: String::new(), ..value(word) });
        return (words.into(), false);
    }
    // Numbers are better typed than chosen.
    if matches!(kind, Some(Kind::Number | Kind::Object | Kind::List)) {
        return (Vec::new(), false);
    }
    let typed = place.typed.to_lowercase();
    match values {
        Some(values) => {
            let names: Vec<Box<str>> = values.iter().map(|value| value.as_str().into()).collect();
            best(&typed, names.iter(), |name| &**name, |_| State::default(), |name| value(name))
        }
        // They are on their way.
        None => (Vec::new(), true),
    }
}

fn value(text: &str) -> Offer {
    Offer {
        label: text.to_owned(),
        insert: text.to_owned(),
        sort: Sort::Value,
        detail: "seen in Mixpanel".to_owned(),
        about: None,
        is_deprecated: false,
    }
}

/// Returns the best that fit what was typed, and whether there are more.
fn best<'k, T: 'k>(
    typed: &str,
    all: impl Iterator<Item = &'k T>,
    name: impl Fn(&T) -> &str,
    state: impl Fn(&T) -> State,
    offer: impl Fn(&T) -> Offer,
) -> (Vec<Offer>, bool) {
    let mut ranked: Vec<(usize, &T)> =
        all.filter_map(|one| Some((rank(typed, name(one))? * 2 + usize::from(is_bad(state(one))), one))).collect();
    ranked.sort_by(|(one, first), (other, second)| one.cmp(other).then_with(|| name(first).cmp(name(second))));
    let is_more = ranked.len() > MOST;
    ranked.truncate(MOST);
    (ranked.into_iter().map(|(_, one)| offer(one)).collect(), is_more)
}

/// Returns how far a name is from what was typed; none if it is another.
fn rank(typed: &str, name: &str) -> Option<usize> {
    if typed.is_empty() {
        return Some(0);
    }
    let lower = name.to_lowercase();
    if lower.starts_with(typed) {
        return Some(0);
    }
    match lower.find(typed) {
        Some(at) if !lower[..at].ends_with(char::is_alphanumeric) => return Some(1),
        Some(_) => return Some(2),
        None => {}
    }
    let mut rest = lower.chars();
    let has_all = typed.chars().filter(|one| one.is_alphanumeric()).all(|wanted| rest.any(|one| one == wanted));
    has_all.then_some(3)
}

/// Writes offers as the language wants them.
struct Writer<'a> {
    place: &'a Place,
    text: &'a str,
    language: Language,
}

impl Writer<'_> {
    fn write(&self, mut offer: Offer) -> Offer {
        let is_plain = matches!(offer.insert.as_str(), "true" | "false") && offer.detail.is_empty();
        offer.insert = match (self.place.quote, &self.place.what) {
            (Some(quote), _) => escaped(&offer.insert, quote, self.language),
            (None, What::Property { has_value, .. }) => self.key(&offer.insert, *has_value),
            (None, What::Value { .. }) if is_plain => self.boolean(&offer.insert),
            (None, _) => self.quoted(&offer.insert),
        };
        offer
    }

    /// Writes a key that has no quotes yet.
    fn key(&self, name: &str, has_value: bool) -> String {
        let is_word = name.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '$')
            && !name.starts_with(|one: char| one.is_ascii_digit());
        let takes_words = matches!(self.language, Language::JavaScript | Language::Ruby | Language::CSharp);
        let key = if is_word && takes_words && (self.language != Language::Ruby || !name.contains('$')) {
            name.to_owned()
        } else if self.language == Language::CSharp {
            format!("[{}]", self.quoted(name))
        } else {
            self.quoted(name)
        };
        if has_value {
            return key;
        }
        let is_text = key.starts_with(['"', '\'']);
        let separator = match self.language {
            Language::Kotlin => " to ",
            Language::Java => ", ",
            Language::Php => " => ",
            Language::Ruby if is_text => " => ",
            Language::CSharp => " = ",
            _ => ": ",
        };
        key + separator
    }

    fn boolean(&self, word: &str) -> String {
        match (self.language, word) {
            (Language::Python, "true") => "True".to_owned(),
            (Language::Python, _) => "False".to_owned(),
            (Language::ObjectiveC, "true") => "@YES".to_owned(),
            (Language::ObjectiveC, _) => "@NO".to_owned(),
            _ => word.to_owned(),
        }
    }

    fn quoted(&self, name: &str) -> String {
        let quote = self.quote();
        let head = if self.language == Language::ObjectiveC { "@" } else { "" };
        format!("{head}{quote}{}{quote}", escaped(name, quote, self.language))
    }

    /// Returns the quote that the file uses more.
    fn quote(&self) -> char {
        let may_choose = matches!(
            self.language,
            Language::JavaScript | Language::Python | Language::Ruby | Language::Php | Language::Dart
        );
        let head = self.text.as_bytes().iter().take(64 * 1024);
        let (single, double) = head.fold((0, 0), |(single, double), byte| match byte {
            b'\'' => (single + 1, double),
            b'"' => (single, double + 1),
            _ => (single, double),
        });
        if may_choose && single > double { '\'' } else { '"' }
    }
}

/// Returns a text as it is written between quotes.
fn escaped(text: &str, quote: char, language: Language) -> String {
    let mut written = String::with_capacity(text.len());
    for one in text.chars() {
        let is_computed = match language {
            Language::Kotlin | Language::Dart => one == '$',
            Language::Php => one == '$' && quote == '"',
            Language::JavaScript => one == '$' && quote == '`',
            Language::Ruby => one == '#' && quote == '"',
            _ => false,
        };
        match one {
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            '\r' => written.push_str("\\r"),
            one if one == '\\' || one == quote || is_computed => written.extend(['\\', one]),
            one => written.push(one),
        }
    }
    written
}
