//! What a conversation has chosen: the flags of its calls, which the tool `use_session` changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use hyper::header::HeaderValue;
use mp_proto::deadline::UPSTREAM;
use mp_proto::failure::Failure;
use parking_lot::Mutex;

use crate::api::{Connection, Options, Told};
use crate::caller::{Environment, SessionFlags, context};
use crate::place::Place;

/// The flags of later calls, and where they go.
pub(super) struct Conversation {
    options: Options,
    flags: Mutex<SessionFlags>,
    notes: Arc<Mutex<Notes>>,
}

/// What the daemon said beside its answers: all of it, and what of it the agent has not been told yet.
#[derive(Default)]
struct Notes {
    known: BTreeSet<String>,
    news: Vec<String>,
}

impl Conversation {
    /// Returns a conversation whose calls begin with these flags.
    pub(super) fn new(options: Options, flags: SessionFlags) -> Self {
        let notes = Arc::<Mutex<Notes>>::default();
        let kept = Arc::clone(&notes);
        let told: Told = Arc::new(move |note| {
            let mut notes = kept.lock();
            if notes.known.insert(note.to_owned()) {
                notes.news.push(note.to_owned());
            }
        });
        let options = Options { deadline: UPSTREAM.client, build: None, told: Some(told), waits: None, ..options };
        Self { options, flags: Mutex::new(flags), notes }
    }

    /// Returns the flags that calls have now.
    pub(super) fn flags(&self) -> SessionFlags {
        self.flags.lock().clone()
    }

    /// Changes the flags of later calls.
    pub(super) fn set_flags(&self, flags: SessionFlags) {
        *self.flags.lock() = flags;
    }

    /// Returns the environment of this process.
    pub(super) fn environment(&self) -> &Environment {
        &self.options.environment
    }

    /// Returns a connection for one call, with some flags.
    ///
    /// # Errors
    /// When they cannot go together with the environment.
    pub(super) fn connection(&self, flags: &SessionFlags) -> Result<Connection, Failure> {
        let environment = &self.options.environment;
        let context = context(flags, environment, self.options.context.cwd.as_deref())?;
        Ok(Connection::new(Options { context, ..self.options.clone() }))
    }

    /// Returns a connection for one call that the daemon knows by an id.
    ///
    /// # Errors
    /// When the flags cannot go together with the environment.
    pub(super) fn call(&self, flags: &SessionFlags, id: &HeaderValue) -> Result<Connection, Failure> {
        let daemon = self.connection(flags)?;
        Ok(Connection::new(Options { call: Some(id.clone()), ..daemon.options().clone() }))
    }

    /// Returns a connection to the daemon that is there, which starts none: to look what it does.
    pub(super) fn watcher(&self) -> Connection {
        let place = Place { autostart: false, ..self.options.place.clone() };
        Connection::new(Options { place, told: None, ..self.options.clone() })
    }

    /// Returns what the daemon said that the agent has not been told yet. It keeps what it was told; the same with each call would only
    /// fill its memory.
    pub(super) fn news(&self) -> Vec<String> {
        std::mem::take(&mut self.notes.lock().news)
    }
}
