//! Where a bridge file is looked for, and the files that were read.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mp_proto::context::Context;

use super::model::{Bridge, BridgeError};
use super::parser::parse;
use crate::clock::Clock;
use crate::files::cache::Cache;
use crate::files::paths::Paths;

/// Name of a bridge file in the caller's directory.
pub(super) const IN_CWD: &str = "mixpanel_auth.json";

/// What the search for a bridge found.
#[derive(Debug, Default)]
pub struct FoundBridge {
    /// The bridge.
    pub bridge: Option<Arc<Bridge>>,
    /// A file in the caller's directory that was not used, and why.
    pub passed_over: Option<String>,
}

/// A place to look.
struct Candidate<'a> {
    path: Cow<'a, Path>,
    /// Whether somebody put it there for us: by a variable, or in the place that only bridges have.
    is_named: bool,
}

/// Bridge files that were read.
#[derive(Debug, Default)]
pub struct BridgeCache(Cache<Bridge>);

impl BridgeCache {
    /// Returns the bridge that a context finds, or none.
    ///
    /// # Errors
    /// When the first file that exists cannot be used. The one in the caller's directory was not asked for by name: it may have come
    /// with a checkout, so one that is not safe to read is passed over and named.
    pub fn find(&self, paths: &Paths, context: &Context, clock: &dyn Clock) -> Result<FoundBridge, BridgeError> {
        for candidate in candidates(paths, context) {
            let path = candidate.path.as_ref();
            match self.0.load(path, paths.home(), || clock.now().into(), |bytes| parse(path, bytes)) {
                Ok(None) => {}
                Ok(bridge) => return Ok(FoundBridge { bridge, passed_over: None }),
                Err(BridgeError::Read(error)) if !candidate.is_named => {
                    return Ok(FoundBridge { bridge: None, passed_over: Some(format!("not used: {error}")) });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(FoundBridge::default())
    }
}

/// Returns the first bridge file that exists for a context, usable or not.
pub fn locate(paths: &Paths, context: &Context) -> Option<PathBuf> {
    candidates(paths, context).map(|candidate| candidate.path.into_owned()).find(|path| path.symlink_metadata().is_ok())
}

/// `MP_AUTH_FILE` switches the search off, even when it names nothing.
fn candidates<'a>(paths: &'a Paths, context: &'a Context) -> impl Iterator<Item = Candidate<'a>> {
    let named = |path| Some(Candidate { path, is_named: true });
    let beside = |cwd: &Path| Candidate { path: Cow::Owned(cwd.join(IN_CWD)), is_named: false };
    let cwd = context.cwd.as_deref().map(Path::new).filter(|cwd| cwd.is_absolute());
    match (context.env.get("MP_AUTH_FILE"), cwd) {
        (Some(path), Some(cwd)) => [named(Cow::Owned(cwd.join(path))), None],
        (Some(path), None) => [named(Cow::Borrowed(Path::new(path))), None],
        (None, cwd) => [named(Cow::Borrowed(paths.default_bridge())), cwd.map(beside)],
    }
    .into_iter()
    .flatten()
}
