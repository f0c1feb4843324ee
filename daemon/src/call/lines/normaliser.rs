//! Events as the Python tool shows them: `{"event_name", "event_time", "distinct_id", "insert_id", "properties"}`.
//!
//! Nothing is made into values and back: what is kept is copied as it was written, with every digit, escape and space.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use self::time::Days;
pub(crate) use self::time::Zones;
mod time;

/// Normalises lines. What it allocates for one it uses for the next.
#[derive(Debug, Default)]
pub(super) struct Normaliser {
    parts: Parts,
    days: Days,
}

/// Where in a line something stands.
type Span = Range<usize>;

/// Where the parts of an event stand in its line.
#[derive(Debug, Default)]
struct Parts {
    event: Option<Span>,
    time: Option<Span>,
    distinct_id: Option<Span>,
    insert_id: Option<Span>,
    has_properties: bool,
    /// The properties that stay, with the commas between those that follow one another.
    kept: Vec<Span>,
    /// Whether the last property stays, too.
    is_run: bool,
}

impl Parts {
    fn clear(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        *self = Self { kept, ..Self::default() };
    }

    /// Notes a property. A name that comes twice means the later one, as JSON parsers have it.
    fn property(&mut self, name: &str, whole: Span, value: Span, text: &str) {
        let part = match name {
            "time" if time::is_time(text) => &mut self.time,
            "distinct_id" => &mut self.distinct_id,
            "$insert_id" => &mut self.insert_id,
            _ => return self.keep(whole),
        };
        *part = Some(value);
        self.is_run = false;
    }

    fn keep(&mut self, whole: Span) {
        match self.kept.last_mut() {
            Some(last) if self.is_run => last.end = whole.end,
            _ => self.kept.push(whole),
        }
        self.is_run = true;
    }
}

impl Normaliser {
    /// Shows times in another zone from now on.
    pub(super) fn set_zones(&mut self, zones: Zones) {
        self.days.set_zones(zones);
    }

    /// Adds a line, if it is an event.
    pub(super) fn line(&mut self, line: &str, out: &mut Vec<u8>) -> bool {
        self.parts.clear();
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let seed = LineSeed { base: line.as_ptr() as usize, parts: &mut self.parts };
        if seed.deserialize(&mut deserializer).and_then(|()| deserializer.end()).is_err() {
            return false;
        }
        let parts = &self.parts;
        let (Some(event), true) = (&parts.event, parts.has_properties) else { return false };
        let text = |span: &Option<Span>| span.clone().map_or("null", |span| &line[span]);
        put(out, &[r#"{"event_name":"#, &line[event.clone()], r#","event_time":"#]);
        match &parts.time {
            Some(span) => self.days.write(&line[span.clone()], out),
            None => put(out, &["null"]),
        }
        let (distinct_id, insert_id) = (text(&parts.distinct_id), text(&parts.insert_id));
        put(out, &[r#","distinct_id":"#, distinct_id, r#","insert_id":"#, insert_id, r#","properties":{"#]);
        for (number, span) in parts.kept.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            put(out, &[&line[span.clone()]]);
        }
        put(out, &["}}\n"]);
        true
    }
}

fn put(out: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        out.extend_from_slice(text.as_bytes());
    }
}

/// Finds the parts of a line. `base` is the address of its first byte: a text that is borrowed from the line has its position by its own.
struct LineSeed<'f> {
    base: usize,
    parts: &'f mut Parts,
}

fn span(base: usize, value: &RawValue) -> Span {
    let text = value.get();
    let begin = text.as_ptr() as usize - base;
    begin..begin + text.len()
}

impl<'de> DeserializeSeed<'de> for LineSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            match name(key).as_ref() {
                "event" => self.parts.event = Some(span(self.base, map.next_value()?)),
                "properties" => {
                    self.parts.has_properties = true;
                    map.next_value_seed(PropertiesSeed { base: self.base, parts: &mut *self.parts })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Finds the parts of the properties.
struct PropertiesSeed<'f> {
    base: usize,
    parts: &'f mut Parts,
}

impl<'de> DeserializeSeed<'de> for PropertiesSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PropertiesSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("properties")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let value = map.next_value::<&RawValue>()?;
            let (begin, value_span) = (span(self.base, key).start, span(self.base, value));
            self.parts.property(name(key).as_ref(), begin..value_span.end, value_span, value.get());
        }
        Ok(())
    }
}

/// Returns the name that a key spells. Hardly any has escapes.
fn name(key: &RawValue) -> std::borrow::Cow<'_, str> {
    let quoted = key.get();
    if quoted.contains('\\') {
        return serde_json::from_str(quoted).unwrap_or_default();
    }
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().into()
}
