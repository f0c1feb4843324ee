//! Where a bridge file is looked for, which of those that are found may be used, and the files that were read.
//!
//! A variable, or the place that only bridge files have, is the user's word. A working directory is not: it may be a checkout, and what
//! lies there somebody else's. So a bridge file there counts by itself only where nobody has an account yet, as in a fresh container,
//! which is what such files are for; elsewhere the user has to allow it first.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mp_proto::context::Context;
use mp_proto::failure::Problem;

use super::allowed::{AllowedList, digest};
use super::model::{Bridge, BridgeError};
use super::parser::parse;
use crate::clock::Clock;
use crate::files::cache::Cache;
use crate::files::paths::Paths;
use crate::files::read::{ReadError, quoted};

/// Name of a bridge file in the caller's directory.
pub const IN_CWD: &str = "mixpanel_auth.json";

/// What the search for a bridge found.
#[derive(Debug, Default)]
pub struct FoundBridge {
    /// The bridge.
    pub bridge: Option<Arc<Bridge>>,
    /// A file in the caller's directory that was not used, why, and what to do.
    pub passed_over: Option<String>,
}

/// A place to look.
struct Candidate<'a> {
    path: Cow<'a, Path>,
    /// Whether somebody put it there for us: by a variable, or in the place that only bridges have.
    is_named: bool,
}

/// A bridge file that was read.
#[derive(Debug)]
struct Known {
    sha256: String,
    /// What it holds, or all that is wrong with it.
    holds: Result<Arc<Bridge>, Vec<Problem>>,
}

impl Known {
    fn of(path: &Path, bytes: &[u8]) -> Result<Self, BridgeError> {
        let holds = match parse(path, bytes) {
            Ok(bridge) => Ok(Arc::new(bridge)),
            Err(BridgeError::Invalid { problems, .. }) => Err(problems),
            Err(error) => return Err(error),
        };
        Ok(Self { sha256: digest(bytes), holds })
    }

    fn used(&self, path: &Path) -> Result<FoundBridge, BridgeError> {
        match &self.holds {
            Ok(bridge) => Ok(FoundBridge { bridge: Some(Arc::clone(bridge)), passed_over: None }),
            Err(problems) => Err(BridgeError::Invalid { path: path.to_owned(), problems: problems.clone() }),
        }
    }
}

/// Bridge files that were read, and which of them are allowed.
#[derive(Debug, Default)]
pub struct BridgeCache {
    files: Cache<Known>,
    allowed: AllowedList,
}

impl BridgeCache {
    /// Returns the bridge that a context finds, or none. `is_first` tells, when it is needed, whether nobody has an account yet.
    ///
    /// # Errors
    /// When the first file that exists would be used, and cannot be.
    pub fn find(
        &self,
        paths: &Paths,
        context: &Context,
        clock: &dyn Clock,
        is_first: impl FnOnce() -> bool,
    ) -> Result<FoundBridge, BridgeError> {
        for candidate in candidates(paths, context) {
            let path = candidate.path.as_ref();
            let known = self.files.load(path, paths.home(), || clock.now().into(), |bytes| Known::of(path, bytes));
            match known {
                Ok(None) => {}
                Ok(Some(known)) if candidate.is_named => return known.used(path),
                Ok(Some(known)) => {
                    let is_allowed = self.allowed.has(paths, path, &known.sha256, clock);
                    return beside(path, &known, is_allowed, is_first);
                }
                Err(BridgeError::Read(error)) if !candidate.is_named => return Ok(unsafe_to_read(&error)),
                Err(error) => return Err(error),
            }
        }
        Ok(FoundBridge::default())
    }
}

/// Decides about a file in the caller's directory.
fn beside(
    path: &Path,
    known: &Known,
    is_allowed: bool,
    is_first: impl FnOnce() -> bool,
) -> Result<FoundBridge, BridgeError> {
    if is_allowed {
        return known.used(path);
    }
    let is_first = is_first();
    let (shown, allow) = (path.display(), format!("`mp account allow-bridge {}`", quoted(path)));
    let why = match &known.holds {
        // Nobody has said that it may read what the variable holds, be it the key to something else.
        Ok(bridge) if bridge.account.credential.token_env().is_some() => {
            format!("the bridge file {shown} was passed over: it reads a variable; if it is yours, allow it by {allow}")
        }
        _ if is_first => return known.used(path),
        Ok(_) => format!(
            "the bridge file {shown} was passed over: it lies in the working directory, and you have not allowed it; \
             if it is yours, allow it by {allow}"
        ),
        Err(_) => format!("{shown} was passed over: it is no valid bridge file; {allow} tells what is wrong"),
    };
    Ok(FoundBridge { bridge: None, passed_over: Some(why) })
}

fn unsafe_to_read(error: &ReadError) -> FoundBridge {
    let why = format!("{} was passed over: {error}", error.path().display());
    FoundBridge { bridge: None, passed_over: Some(why) }
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
