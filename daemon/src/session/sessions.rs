//! Opens sessions from the files that they come from.

use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::Failure;

use super::{Session, open};
use crate::clock::Clock;
use crate::config::Config;
use crate::files::paths::{Paths, absolute};
use crate::identity::bridge::{BridgeCache, FoundBridge};
use crate::notes;
use crate::resolve::has_no_account;
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

    /// Returns the bridge that a context finds beside a config. The caller is told of a file that was passed over.
    ///
    /// # Errors
    /// When the first one that exists would be used, and cannot be.
    pub fn bridge(&self, config: &Config, context: &Context) -> Result<FoundBridge, Failure> {
        let is_first = || has_no_account(config, context);
        let found = self.bridges.find(&self.paths, context, &*self.clock, is_first)?;
        if let Some(why) = &found.passed_over {
            notes::add(why);
        }
        Ok(found)
    }

    /// Opens the session of a caller, who is told what belongs to it.
    ///
    /// # Errors
    /// When the config or the bridge cannot be used, or there is no account.
    pub fn open(&self, context: &Context) -> Result<Session, Failure> {
        let pinned = self.pin(context)?;
        let found = self.bridge(&pinned.snapshot.config, context)?;
        let session = open(&pinned, found.bridge.as_ref(), context)?;
        session.notes.iter().for_each(|note| notes::add(note));
        Ok(session)
    }
}
