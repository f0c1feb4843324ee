//! What happens to the login, as it happens.

use mp_proto::event::Event;
use mp_proto::failure::Failure;
use serde_json::Value;

use crate::api::Options;
use crate::events::{Item, RawEvent, Stream};

/// An event and its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered<T = Happened> {
    /// Its number, to go on after it in another process with [`Events::after`]. Signs of a gap have none.
    pub id: Option<String>,
    /// The event.
    pub event: T,
}

/// An event that this build knows, or one of a newer daemon.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// One that is known.
    Known(Event),
    /// One of a newer daemon.
    Unknown {
        /// Its name.
        name: String,
        /// What it says.
        json: Value,
    },
}

impl Happened {
    /// Returns the name of the event, such as `token.refreshed`.
    pub fn name(&self) -> &str {
        match self {
            Self::Known(event) => event.name(),
            Self::Unknown { name, .. } => name,
        }
    }
}

/// The events of the daemon: [`crate::Client::events`]. The first one is a `snapshot` of the state from which the later ones count.
///
/// The stream has no end of its own. When the connection is lost or the daemon restarts, it goes on after the last event that was seen;
/// where that is not possible, a `reset` tells of the gap and a new `snapshot` follows. A daemon that was stopped is not started again:
/// the stream waits for the next one.
///
/// ```no_run
/// # async fn example(client: mp_client::Client) -> Result<(), mp_client::Failure> {
/// use mp_client::{Event, Happened};
///
/// let mut events = client.events().types(["session.changed", "login.required"]);
/// while let Some(told) = events.next().await {
///     match told?.event {
///         Happened::Known(Event::SessionChanged { account, .. }) => println!("now {account:?}"),
///         other => println!("{}", other.name()),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read before `next`"]
pub struct Events {
    options: Options,
    types: Vec<String>,
    last: Option<String>,
    /// None before the first look.
    stream: Option<Stream>,
    ended: bool,
}

impl Events {
    pub(super) fn of(options: Options) -> Self {
        Self { options, types: Vec::new(), last: None, stream: None, ended: false }
    }

    /// Asks for events of these types alone. Signs of a gap (`reset`, `lagged`, `daemon.stopping`) come whatever is asked for.
    pub fn types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.types = types.into_iter().map(Into::into).collect();
        self.stream = None;
        self
    }

    /// Begins after an event that was seen before, by this process or another one.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.last = Some(id.into());
        self.stream = None;
        self
    }

    /// Returns the number of the last event that was seen.
    pub fn last(&self) -> Option<&str> {
        self.stream.as_ref().and_then(Stream::last).or(self.last.as_deref())
    }

    /// Waits for the next event. After an error comes nothing; without one there is always a next one.
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Numbered, Failure>> {
        if self.ended {
            return None;
        }
        let (options, types, last) = (&self.options, &self.types, &self.last);
        let stream = self.stream.get_or_insert_with(|| Stream::new(options.clone(), types, last.clone()));
        loop {
            match stream.next().await {
                Ok(Item::Event(event)) => return Some(Ok(numbered(event))),
                // What was missed is told by the events themselves.
                Ok(Item::Interrupted { .. }) => {}
                Err(failure) => {
                    self.ended = true;
                    return Some(Err(failure));
                }
            }
        }
    }
}

fn numbered(raw: RawEvent) -> Numbered {
    let event = match raw.event() {
        Some(event) => Happened::Known(event),
        None => {
            let json = serde_json::from_str(&raw.json).unwrap_or(Value::String(raw.json));
            Happened::Unknown { name: raw.name, json }
        }
    };
    Numbered { id: raw.id, event }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_a_newer_daemon_is_no_error() {
        let raw = |name: &str, json: &str| RawEvent { id: None, name: name.to_owned(), json: json.to_owned() };
        let known = numbered(raw("account.removed", r#"{"type":"account.removed","name":"team"}"#));
        assert_eq!(known.event, Happened::Known(Event::AccountRemoved { name: "team".into() }));
        let newer = numbered(raw("moon.rose", r#"{"type":"moon.rose","phase":3}"#)).event;
        assert_eq!(newer.name(), "moon.rose");
        assert!(matches!(newer, Happened::Unknown { json, .. } if json["phase"] == 3));
    }
}
