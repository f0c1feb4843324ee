//! Finds the calls in a text that tell Mixpanel something.

use super::arguments::{Argument, arguments, call};
use super::hints::{Hints, is_named, receiver};
use super::locals::{declaration, fills};
use super::model::{Entry, Named, Subject, Use};
use super::names::{Constants, literal};
use super::objects::Reader;
use super::sdk::{self, Method, On};
use super::values::part;
use super::wrapper::Wrapper;
use crate::scan::{Kind, Language, Tokens, tokens};

/// Words before the name of a function that is declared, not called.
const DECLARES: [&str; 7] = ["function", "def", "func", "fun", "fn", "void", "sub"];

/// Finds the uses in a text. `wrappers` are functions of one's own that pass on what they get.
pub fn uses(text: &str, language: Language, wrappers: &[Wrapper]) -> Vec<Use> {
    let is_wrapped =
        || wrappers.iter().any(|wrapper| memchr::memmem::find(text.as_bytes(), wrapper.method().as_bytes()).is_some());
    if !is_named(text) && !text.contains("MessageBuilder") && !is_wrapped() {
        return Vec::new();
    }
    let tokens = tokens(text, language);
    let finder = Finder { hints: Hints::of(&tokens), constants: Constants::of(&tokens), tokens: &tokens, wrappers };
    (0..tokens.len()).filter_map(|at| finder.at(at)).collect()
}

struct Finder<'a, 't> {
    tokens: &'a Tokens<'t>,
    hints: Hints<'t>,
    constants: Constants<'t>,
    wrappers: &'a [Wrapper],
}

/// What the arguments of a call mean.
struct Meaning {
    subject: Subject,
    sends: bool,
    event: Option<(usize, &'static [&'static str])>,
    objects: Vec<usize>,
    object: &'static [&'static str],
    single: &'static [usize],
}

impl From<&Method> for Meaning {
    fn from(method: &Method) -> Self {
        Self {
            subject: method.subject,
            sends: method.sends,
            event: method.event,
            objects: method.objects.to_vec(),
            object: method.object,
            single: method.single,
        }
    }
}

impl<'t> Finder<'_, 't> {
    /// Returns the use whose method is at a token, if there is one.
    fn at(&self, at: usize) -> Option<Use> {
        let name = self.tokens.word(at)?;
        let is_method = sdk::is_method(self.tokens.language, name);
        let is_wrapper = self.wrappers.iter().any(|wrapper| wrapper.method() == name);
        if !is_method && !is_wrapper {
            return None;
        }
        if self.tokens.language == Language::ObjectiveC && self.tokens.is(at + 1, b':') {
            return self.message(at, name);
        }
        let (from, to) = call(self.tokens, at)?;
        let (names, begin) = receiver(self.tokens, at);
        let is_declared = begin > 0 && DECLARES.contains(&self.tokens.word(begin - 1).unwrap_or_default());
        if is_declared {
            return None;
        }
        let meaning = self.meaning(name, &names)?;
        self.read(&meaning, at, &arguments(self.tokens, from, to), from)
    }

    fn meaning(&self, name: &str, names: &[&str]) -> Option<Meaning> {
        if let Some(wrapper) = self.wrappers.iter().find(|wrapper| wrapper.is_called(names, name)) {
            let method = sdk::METHODS.iter().find(|method| method.names.contains(&"track"))?;
            let event = method.event.map(|(_, names)| (wrapper.event, names));
            return Some(Meaning { event, objects: wrapper.properties.into_iter().collect(), ..Meaning::from(method) });
        }
        let on = names.last().map_or(On::Root, |name| On::of(name));
        let owners = if on == On::Root { names } else { &names[..names.len() - 1] };
        let is_ours = match names {
            [] => self.hints.is_function(name),
            // `people.set(…)` of a variable that holds the part.
            [part] if on != On::Root => self.hints.is_mixpanel(&[part]),
            _ => self.hints.is_mixpanel(owners) && !owners.is_empty(),
        };
        let method = sdk::method(self.tokens.language, on, name).filter(|_| is_ours)?;
        Some(Meaning::from(method))
    }

    fn read(&self, meaning: &Meaning, at: usize, given: &[Argument<'t>], from: usize) -> Option<Use> {
        let method = self.tokens.start(at)..self.tokens.end(at);
        let by_name =
            |names: &[&str]| given.iter().find(|argument| argument.name.is_some_and(|name| names.contains(&name)));
        let by_place = |place: usize| given.get(place).filter(|argument| argument.name.is_none());
        let event = meaning.event.and_then(|(place, names)| by_name(names).or_else(|| by_place(place)));
        let mut found = Use {
            subject: meaning.subject,
            sends: meaning.sends,
            method,
            event: event.and_then(|event| self.text(event.from, event.to)),
            event_at: event.map(|event| part(self.tokens, event.from, event.to)),
            properties: Vec::new(),
            rooms: Vec::new(),
        };
        let mut reader = Reader::new(self.tokens, &self.constants);
        let named = by_name(meaning.object);
        let placed = meaning.objects.iter().filter_map(|place| by_place(*place));
        let is_object = named.into_iter().chain(placed).any(|argument| self.object(&mut reader, argument));
        let is_open =
            !is_object && self.tokens.language == Language::Ruby && self.keywords(&mut reader, meaning, given);
        if !is_object && !is_open {
            self.single(&mut reader, meaning, given, from);
        }
        found.properties = reader.entries;
        found.rooms = reader.rooms;
        (found.event_at.is_some() || !found.properties.is_empty() || !found.rooms.is_empty()).then_some(found)
    }

    /// Reads an argument that is an object, or a variable that holds one.
    fn object(&self, reader: &mut Reader<'_, 't>, argument: &Argument<'t>) -> bool {
        let Argument { from, to, .. } = *argument;
        if let Some(name) = self.tokens.word(from).filter(|_| from + 1 == to) {
            let Some(found) = declaration(self.tokens, from, name) else { return false };
            let is_object = reader.read(found.from, found.to);
            let before = reader.entries.len();
            fills(reader, name, found.to, from);
            return is_object || reader.entries.len() > before;
        }
        reader.read(from, to)
    }

    /// Reads the properties that Ruby takes without braces: `track(id, 'E', plan: 'pro')`.
    fn keywords(&self, reader: &mut Reader<'_, 't>, meaning: &Meaning, given: &[Argument<'t>]) -> bool {
        let Some(first) = meaning.objects.first().and_then(|place| given.get(*place)) else { return false };
        let before = reader.entries.len();
        let last = given.last().map_or(first.to, |last| last.to);
        reader.entries_between(first.from, last);
        reader.entries.len() > before
    }

    /// Reads one property by name, with the value behind it.
    fn single(&self, reader: &mut Reader<'_, 't>, meaning: &Meaning, given: &[Argument<'t>], from: usize) {
        let named = given.iter().find(|argument| argument.name == Some("property"));
        let placed =
            meaning.single.iter().filter_map(|place| given.get(*place)).find(|argument| argument.name.is_none());
        let Some(argument) = named.or(placed) else { return };
        let place = given.iter().position(|other| other.from == argument.from).unwrap_or(0);
        let value = given.get(place + 1);
        let name = match self.text(argument.from, argument.to) {
            Some(name) => name,
            // Somebody is about to type it.
            None if argument.from >= argument.to && argument.from >= from => return,
            None => return,
        };
        let (from, to) = value.map_or((argument.to, argument.to), |value| (value.from, value.to));
        reader.push(name, from, to);
    }

    /// Returns the text that an expression is: written, a constant, or a variable with one.
    fn text(&self, from: usize, to: usize) -> Option<Named> {
        let is_variable = self.tokens.word(from).is_some_and(|name| name.bytes().any(|byte| byte.is_ascii_lowercase()));
        if from + 1 == to && is_variable {
            let found = declaration(self.tokens, from, self.tokens.written(from))?;
            let written = literal(self.tokens, found.from, found.to)?;
            return Some(Named { at: part(self.tokens, from, to), ..written });
        }
        self.constants.resolve(self.tokens, from, to)
    }

    /// Reads a message of Objective-C: `[mixpanel track:@"E" properties:@{…}]`.
    fn message(&self, at: usize, name: &str) -> Option<Use> {
        let tokens = self.tokens;
        let open =
            (at.saturating_sub(16)..at).rev().find(|open| tokens.opens(*open, b'[') && tokens.partner(*open) > at)?;
        let words: Vec<&str> = (open..at).filter_map(|at| tokens.word(at)).collect();
        let on = words.last().map_or(On::Root, |name| On::of(name));
        let method = sdk::method(tokens.language, on, name).filter(|_| self.hints.is_mixpanel(&words))?;
        let end = tokens.partner(open);
        let labels: Vec<usize> = labels(tokens, at, end);
        let given: Vec<Argument<'t>> = labels
            .iter()
            .enumerate()
            .map(|(number, label)| {
                let to = labels.get(number + 1).copied().unwrap_or(end);
                let from = label + 2 + usize::from(tokens.is(label + 2, b'@') && !tokens.opens(label + 3, b'('));
                Argument { name: None, from: from.min(to), to }
            })
            .collect();
        self.read(&Meaning::from(method), at, &given, at + 2)
    }
}

/// Returns where the words before the arguments of a message are.
fn labels(tokens: &Tokens<'_>, from: usize, to: usize) -> Vec<usize> {
    let (mut found, mut at) = (Vec::new(), from);
    while at < to {
        if tokens.kind(at) == Some(Kind::Word) && tokens.is(at + 1, b':') {
            found.push(at);
        }
        at = tokens.behind(at);
    }
    found
}

impl Use {
    /// Returns the property whose name or value is at an offset.
    pub fn entry_at(&self, offset: usize) -> Option<&Entry> {
        let touches = |range: &std::ops::Range<usize>| range.start <= offset && offset <= range.end;
        self.properties.iter().find(|entry| touches(&entry.name.at) || touches(&entry.value_at))
    }
}
