//! The bridge files that carry a grant: each gets the grant's newest tokens in place of older ones, where it is ours to write.
//!
//! What the provider takes only once would be lost with the daemon otherwise, and with it the login that the file was to carry. A file
//! that has another login by now, or that is not ours, is left as it is; nothing of a bridge ever goes to `tokens.json`.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, chain};
use tracing::{info, warn};

use super::grant::Grant;
use crate::files::paths::Paths;
use crate::files::read::{ReadError, read_credential};
use crate::files::replace::{ReplaceError, replace_if};
use crate::identity::bridge::allowed::{self, AllowedError, digest};
use crate::identity::bridge::{self, Bridge};
use crate::identity::tokens::Tokens;

/// How often a write is redone on a file that others keep changing.
const ATTEMPTS: usize = 50;

/// How long a file is left alone that could not be written. Calls would look at it each time otherwise.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// Why a bridge file does not have the newest tokens.
#[derive(Debug, thiserror::Error)]
enum CarryError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] ReplaceError),
    #[error(transparent)]
    Allowed(#[from] AllowedError),
    #[error("{} may not be written: it is another user's, or its mode does not allow it", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} kept changing", path.display())]
    Busy { path: PathBuf },
}

/// Writes tokens into the bridge files that carry a grant, in place of those that they came from. `spent` are those, if they were spent
/// just now.
///
/// # Errors
/// Says why, when a file still has the older ones.
pub(super) async fn write_back(
    grant: &Arc<Grant>,
    spent: Option<&Arc<Tokens>>,
    ours: &Arc<Tokens>,
) -> Result<(), String> {
    let carriers = grant.carriers.all();
    if carriers.is_empty() {
        return Ok(());
    }
    let (owner, spent, ours) = (Arc::clone(grant), spent.cloned(), Arc::clone(ours));
    let work = move || {
        let mut failed = None;
        for carrier in carriers {
            if let Err(error) = replace(&owner.services.paths, &carrier.path, &owner, spent.as_deref(), &ours) {
                owner.carriers.postpone(&carrier.path, owner.services.clock.elapsed() + TRY_AGAIN);
                warn!(account = %owner.name, error = %chain(&error), "a bridge file keeps older tokens");
                failed = failed.or_else(|| Some(chain(&error)));
            }
        }
        failed.map_or(Ok(()), |detail| Err(Failure::new(mp_proto::failure::FailureKind::Storage, detail)))
    };
    grant.services.life.blocking(work).await.map_err(|failure| failure.detail)
}

/// Writes the newest tokens into a bridge file that came with older ones: a copy, or one that could not be written before.
pub(super) async fn catch_up(grant: &Arc<Grant>, bridge: &Bridge) {
    let Some(theirs) = &bridge.tokens else { return };
    let now = grant.services.clock.elapsed();
    let is_due = grant.carriers.all().iter().any(|known| known.path == bridge.path && known.not_before <= now);
    if is_due
        && let Some(newest) = grant.newer_than(theirs)
        && write_back(grant, None, &newest).await.is_ok()
    {
        grant.is_carried();
    }
}

fn replace(paths: &Paths, path: &Path, grant: &Grant, spent: Option<&Tokens>, ours: &Tokens) -> Result<(), CarryError> {
    for _ in 0..ATTEMPTS {
        // One that is gone carries nothing.
        let Some((old, _)) = read_credential(path, paths.home())? else { return Ok(()) };
        let theirs = bridge::parse(path, &old).ok().and_then(|bridge| bridge.tokens);
        // It has another login by now, or no login at all.
        let Some(theirs) = theirs.filter(|theirs| grant.may_replace(theirs, spent, ours)) else { return Ok(()) };
        let Some(new) = bridge::with_tokens(&old, ours) else { return Ok(()) };
        if grant.is_same(&theirs, ours) {
            return Ok(());
        }
        if !path.symlink_metadata().is_ok_and(|found| is_ours(&found)) {
            return Err(CarryError::NotOurs { path: path.to_owned() });
        }
        // Before it is in place: a file that was allowed stays so while we write it.
        allowed::allow_also(paths, path, &digest(&old), &digest(new.expose().as_bytes()))?;
        match replace_if(paths, path, new.expose().as_bytes(), Some(&old)) {
            Ok(_) => {
                info!(account = %grant.name, path = %path.display(), "a bridge file got the newest tokens");
                return Ok(allowed::allow_only(paths, path, &digest(new.expose().as_bytes()))?);
            }
            Err(ReplaceError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CarryError::Busy { path: path.to_owned() })
}

/// Returns whether a file is ours, and not protected from writing.
fn is_ours(found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o200 != 0
}
