//! The documents that are open, and what they say.

use std::path::PathBuf;
use std::sync::Arc;

use crate::code::{Use, Wrapper, uses};
use crate::scan::Language;
use crate::text::Text;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Code that may track.
    Code(Language),
    /// The config of the daemon.
    Config,
    /// A project's file.
    Project,
    /// Nothing of ours.
    Other,
}

/// A document.
#[derive(Debug)]
pub(crate) struct Document {
    /// What it is.
    pub(crate) sort: Sort,
    /// Its text.
    pub(crate) text: Text,
    /// Its version.
    pub(crate) version: i32,
    /// Where it is, if it is a file.
    pub(crate) path: Option<PathBuf>,
    /// What was found in it, and with which wrappers; none since it was changed.
    found: Option<(Vec<Wrapper>, Arc<Vec<Use>>)>,
}

/// Largest document that is looked at: what is larger was written by a program.
pub(crate) const LARGEST: usize = 4 * 1024 * 1024;

impl Document {
    /// Takes a document that was opened.
    pub(crate) fn new(sort: Sort, path: Option<PathBuf>, text: String, version: i32) -> Self {
        Self { sort, text: Text::new(text), version, path, found: None }
    }

    /// Forgets what was found, for the text has changed.
    pub(crate) fn changed(&mut self, version: i32) {
        self.version = version;
        self.found = None;
    }

    /// Returns what it tells Mixpanel.
    pub(crate) fn uses(&mut self, wrappers: &[Wrapper]) -> Arc<Vec<Use>> {
        let Sort::Code(language) = self.sort else { return Arc::default() };
        if self.text.as_str().len() > LARGEST {
            return Arc::default();
        }
        match &self.found {
            Some((with, found)) if with == wrappers => Arc::clone(found),
            _ => {
                let found = Arc::new(uses(self.text.as_str(), language, wrappers));
                self.found = Some((wrappers.to_vec(), Arc::clone(&found)));
                found
            }
        }
    }
}
