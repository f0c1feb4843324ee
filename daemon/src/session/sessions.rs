//! Opens sessions from the files that they come from.

use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::Failure;

use super::memo::{Ingredients, Memo};
use super::places::Places;
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
    opened: Memo<Arc<Session>>,
    places: Places,
}

impl Sessions {
    /// Returns what opens sessions from the files below these paths.
    pub fn new(store: Arc<Store>, paths: Paths, clock: Arc<dyn Clock>) -> Self {
        let places = Places::new(paths.root());
        Self { store, bridges: BridgeCache::default(), paths, clock, opened: Memo::default(), places }
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
        let pin = || self.store.pin_file(self.file(context)?);
        self.places.look(context, pin)
    }

    /// Returns the bridge that a context finds beside a config. The caller is told of a file that was passed over.
    ///
    /// # Errors
    /// When the first one that exists would be used, and cannot be.
    pub fn bridge(&self, config: &Config, context: &Context) -> Result<FoundBridge, Failure> {
        let is_first = || has_no_account(config, context);
        let find = || Ok(self.bridges.find(&self.paths, context, &*self.clock, is_first)?);
        let found = self.places.look(context, find)?;
        if let Some(why) = &found.passed_over {
            notes::add(why);
        }
        Ok(found)
    }

    /// Opens the session of a caller, who is told what belongs to it.
    ///
    /// # Errors
    /// When the config or the bridge cannot be used, or there is no account.
    pub fn open(&self, context: &Context) -> Result<Arc<Session>, Failure> {
        let pinned = self.pin(context)?;
        let bridge = self.bridge(&pinned.snapshot.config, context)?.bridge;
        let ingredients = Ingredients { snapshot: Arc::clone(&pinned.snapshot), bridge };
        let session = match self.opened.get(context, &ingredients) {
            Some(known) => known,
            None => {
                let session = Arc::new(open(&pinned, ingredients.bridge.as_ref(), context)?);
                self.opened.keep(context, ingredients, Arc::clone(&session));
                session
            }
        };
        session.notes.iter().for_each(|note| notes::add(note));
        Ok(session)
    }
}
