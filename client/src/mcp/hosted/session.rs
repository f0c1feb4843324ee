//! The session with the far side, of revisions that have one: what it was begun with, and what has to be said again to another one.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

use super::message::Message;

/// The header with a session's id.
pub(super) const ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// The header with the revision that was agreed on.
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// What a server may have, and what a client is told when that is another server's.
const OFFERS: [(&str, &str); 3] = [
    ("tools", "notifications/tools/list_changed"),
    ("prompts", "notifications/prompts/list_changed"),
    ("resources", "notifications/resources/list_changed"),
];

/// Where a message goes: to this session, of this generation.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// Grows with each session that is begun; 0 before the first.
    pub(super) generation: u64,
    id: Option<HeaderValue>,
    version: Option<HeaderValue>,
}

impl Place {
    /// Returns the headers that lead there. A message that needs no session has none.
    pub(super) fn headers(&self, is_stateless: bool) -> HeaderMap {
        let own = [(ID, &self.id), (VERSION, &self.version)].into_iter().filter(|_| !is_stateless);
        own.filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }

    /// Returns one with an id.
    #[cfg(test)]
    pub(super) fn known(id: &'static str) -> Self {
        Self { id: Some(HeaderValue::from_static(id)), ..Self::default() }
    }

    /// Returns whether the far side has given it an id.
    pub(super) fn is_known(&self) -> bool {
        self.id.is_some()
    }
}

/// The session.
pub(super) struct Session {
    state: Mutex<State>,
    /// The generation of the session on which the far side may speak by itself.
    spoken: watch::Sender<u64>,
    /// Held by whoever begins another one: all others wait for that.
    pub(super) renewing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    place: Place,
    /// What the client has begun with.
    hello: Option<Message>,
    /// Whether it has said that it is ready.
    is_ready: bool,
    offers: Vec<&'static str>,
    /// What it has asked for that lasts: the level of messages, and the resources that it watches.
    lasting: Vec<(String, Message)>,
}

impl Session {
    pub(super) fn new() -> Self {
        let (spoken, _) = watch::channel(0);
        Self { state: Mutex::default(), spoken, renewing: tokio::sync::Mutex::new(()) }
    }

    /// Returns where messages go now.
    pub(super) fn place(&self) -> Place {
        self.state.lock().place.clone()
    }

    /// Returns a view of the generation on which the far side may speak by itself; 0 is none.
    pub(super) fn spoken(&self) -> watch::Receiver<u64> {
        self.spoken.subscribe()
    }

    /// Notes that a session has begun: by this message of the client, with this answer and the headers that came with it.
    pub(super) fn begin(&self, hello: &Message, answer: &Message, headers: &HeaderMap) {
        let whole = answer.whole();
        let Some(result) = whole.get("result") else { return };
        let mut state = self.state.lock();
        state.place = Place {
            generation: state.place.generation + 1,
            id: headers.get(ID).cloned(),
            version: result["protocolVersion"].as_str().and_then(|version| HeaderValue::from_str(version).ok()),
        };
        let has = |word: &str| result["capabilities"].get(word).is_some_and(Value::is_object);
        state.offers = OFFERS.iter().filter(|(word, _)| has(word)).map(|(_, notice)| *notice).collect();
        state.hello = Some(hello.clone());
    }

    /// Notes that the far side was told that the client is ready.
    pub(super) fn is_ready(&self) {
        let mut state = self.state.lock();
        state.is_ready = true;
        self.spoken.send_replace(state.place.generation);
    }

    /// Notes a request of the client that was answered and whose effect lasts as long as the session.
    pub(super) fn keep(&self, request: &Message) {
        let mut state = self.state.lock();
        match request.method.as_str() {
            "logging/setLevel" => state.keep(request.method.clone(), Some(request)),
            "resources/subscribe" => state.keep(request.name.clone().unwrap_or_default(), Some(request)),
            "resources/unsubscribe" => state.keep(request.name.clone().unwrap_or_default(), None),
            _ => {}
        }
    }

    /// Returns what another session is begun with: the client's own first message, whether it was ready, and what lasts.
    pub(super) fn said(&self) -> Option<(Message, bool, Vec<Message>)> {
        let state = self.state.lock();
        let lasting = state.lasting.iter().map(|(_, request)| request.clone()).collect();
        Some((state.hello.clone()?, state.is_ready, lasting))
    }

    /// Returns what the client is told when all that it knows may be different.
    pub(super) fn notices(&self) -> Vec<&'static str> {
        self.state.lock().offers.clone()
    }
}

impl State {
    fn keep(&mut self, what: String, request: Option<&Message>) {
        self.lasting.retain(|(known, _)| *known != what);
        self.lasting.extend(request.map(|request| (what, request.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        Message::read(text.to_owned().into()).expect("a message")
    }

    #[test]
    fn a_session_is_what_its_beginning_says() {
        let session = Session::new();
        assert!(session.said().is_none() && !session.place().is_known());
        let hello = read(r#"{"id":0,"method":"initialize","params":{}}"#);
        let refused = read(r#"{"id":0,"error":{"code":1,"message":""}}"#);
        session.begin(&hello, &refused, &HeaderMap::new());
        assert_eq!(session.place().generation, 0);
        let answer =
            read(r#"{"id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{},"logging":{}}}}"#);
        let headers = HeaderMap::from_iter([(ID, HeaderValue::from_static("s-1"))]);
        session.begin(&hello, &answer, &headers);
        let place = session.place();
        assert_eq!((place.headers(false).len(), place.headers(true).len(), place.is_known()), (2, 0, true));
        assert_eq!(session.notices(), ["notifications/tools/list_changed"]);
        assert_eq!(*session.spoken().borrow(), 0);
        session.is_ready();
        assert_eq!(*session.spoken().borrow(), 1);
    }

    #[test]
    fn what_lasts_is_said_again() {
        let session = Session::new();
        session.begin(&read(r#"{"id":0,"method":"initialize"}"#), &read(r#"{"id":0,"result":{}}"#), &HeaderMap::new());
        for (method, uri) in [
            ("resources/subscribe", "a"),
            ("resources/subscribe", "b"),
            ("resources/unsubscribe", "a"),
            ("logging/setLevel", ""),
        ] {
            session.keep(&read(&format!(r#"{{"id":1,"method":"{method}","params":{{"uri":"{uri}"}}}}"#)));
        }
        let (_, _, lasting) = session.said().expect("it has begun");
        let methods: Vec<&str> = lasting.iter().map(|request| request.method.as_str()).collect();
        assert_eq!(methods, ["resources/subscribe", "logging/setLevel"]);
    }
}
