//! Opens sessions from the files that they come from.

use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::Failure;

use super::{Session, open};
use crate::clock::Clock;
use crate::files::paths::{Paths, absolute};
use crate::identity::bridge::{BridgeCache, FoundBridge};
use crate::store::{ConfigFile, Pinned, Store};

/// What opens sessions.
pub struct Sessions {
    store: Arc<Store>,
    bridges: BridgeCache,
    paths: Paths,
    clock: Arc<dyn Clock>,
}

impl Sessions {
    /// Returns what opens sessions from the files below these paths.
    pub fn new(store: Arc<Store>, paths: Paths, clock: Arc<dyn Clock>) -> Self {
        Self { store, bridges: BridgeCache::default(), paths, clock }
    }

    /// Returns the config file that a caller means.
    ///
    /// # Errors
    /// When `MP_CONFIG_PATH` is relative and the caller did not tell its directory.
    pub fn file(&self, context: &Context) -> Result<Arc<ConfigFile>, Failure> {
        let named = context.env.get("MP_CONFIG_PATH");
        let named = named.map(|path| absolute(path, context.cwd.as_deref(), "MP_CONFIG_PATH")).transpose()?;
        Ok(self.store.file(named.as_deref()))
    }

    /// Pins the config of a caller.
    ///
    /// # Errors
    /// When the file cannot be used at all.
    pub fn pin(&self, context: &Context) -> Result<Pinned, Failure> {
        self.store.pin_file(self.file(context)?)
    }

    /// Returns the bridge that a context finds.
    ///
    /// # Errors
    /// When the first one that exists cannot be used.
    pub fn bridge(&self, context: &Context) -> Result<FoundBridge, Failure> {
        Ok(self.bridges.find(&self.paths, context, &*self.clock)?)
    }

    /// Opens the session of a caller.
    ///
    /// # Errors
    /// When the config or the bridge cannot be used, or there is no account.
    pub fn open(&self, context: &Context) -> Result<Session, Failure> {
        let (pinned, found) = (self.pin(context)?, self.bridge(context)?);
        let mut session = open(&pinned, found.bridge.as_ref(), context)?;
        session.notes.extend(found.passed_over.map(|why| why.escape_default().to_string()));
        Ok(session)
    }
}
