//! `tokens.json` and what lies beside it: read, locked, and replaced only by what came from it.

use std::io;
use std::path::{Path, PathBuf};

use mp_proto::failure::Failure;
use mp_proto::ids::SecretStore;
use mp_proto::secret::Secret;
use tracing::warn;

use super::grant::Grant;
use super::kept::Kept;
use crate::files::paths::Paths;
use crate::files::read::{ReadError, Signature, read_credential};
use crate::files::replace::{self, ReplaceError, Room, replace_if, replace_if_in, reserve, sweep_of};
use crate::identity::tokens::{Tokens, TokensError, kept_in, parse_tokens};
use crate::lock::{self, Locked};

/// How often a write is redone on a file that others keep changing.
const ATTEMPTS: usize = 50;

/// How much longer than the old tokens new ones may be before their room is too small.
const SLACK: usize = 1024;

/// What stands in a token file.
pub(super) struct TokenFile {
    pub(super) signature: Option<Signature>,
    pub(super) tokens: Result<Option<Tokens>, Failure>,
    /// Whatever stands there, it is no grant, and none is lost with it.
    pub(super) is_damaged: bool,
    /// Where the tokens are, if that is not the file.
    pub(super) kept: Option<SecretStore>,
}

/// Reads a token file.
pub(super) fn read(home: &Path, path: &Path, kept: &Kept<'_>) -> TokenFile {
    match read_credential(path, home) {
        Ok(None) => TokenFile { signature: None, tokens: Ok(None), is_damaged: false, kept: None },
        Ok(Some((bytes, signature))) => {
            let (tokens, kept) = (kept.tokens(path, &bytes).map(Some), kept_in(&bytes));
            TokenFile { signature: Some(signature), is_damaged: tokens.is_err() && kept.is_none(), tokens, kept }
        }
        Err(error) => {
            let signature = Signature::of(path).ok().flatten();
            let is_damaged = matches!(error, ReadError::TooLarge { .. });
            let tokens = Err(TokensError::from(error).into());
            TokenFile { signature, is_damaged, tokens, kept: None }
        }
    }
}

/// Returns the grants in complete temporary files beside a token file: what a crash, ours or the Python tool's, left before the
/// rename. The newest come last.
pub(super) fn beside(home: &Path, path: &Path) -> Vec<Tokens> {
    let read = |path: PathBuf| {
        let (bytes, _) = read_credential(&path, home).ok()??;
        parse_tokens(&path, &bytes).ok()
    };
    let mut found: Vec<Tokens> = replace::temporaries(path).into_iter().filter_map(read).collect();
    found.sort_by_key(|tokens| tokens.expires_at);
    found
}

/// How a write ended.
pub(super) enum Saved {
    /// Ours is in place.
    Ours,
    /// Another program has a grant there that ours did not come from.
    Theirs(Tokens),
    /// There is no file any more: somebody logged out.
    Gone,
}

/// Makes room for the tokens that will take the place of these. New ones can be had only once, so it must be certain before they are
/// asked for. Nobody says how long they will be; those of one provider are much alike.
///
/// # Errors
/// When there is no room, or the file cannot be replaced whatever the room.
pub(super) fn make_room(paths: &Paths, path: &Path, kept: &Kept<'_>, old: &Tokens) -> Result<Room, ReplaceError> {
    let found = read_credential(path, paths.home());
    if let Ok(Some((found, _))) = &found {
        kept.check(found).map_err(|source| ReplaceError::Write { path: path.to_owned(), source })?;
    }
    match found {
        Ok(_) | Err(ReadError::TooLarge { .. }) => reserve(paths, path, old.to_text().expose().len() + SLACK),
        Err(error) => Err(unsafe_file(path, &error)),
    }
}

/// Puts tokens in place of those that they came from, in room that was made before, if it was.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn save(
    paths: &Paths,
    path: &Path,
    grant: &Grant,
    spent: Option<&Tokens>,
    ours: &Tokens,
    mut room: Option<Room>,
) -> Result<Saved, ReplaceError> {
    let (text, kept) = (ours.to_text(), Kept::of(&grant.services.vault, &grant.name));
    for _ in 0..ATTEMPTS {
        if grant.is_retired() {
            return Ok(Saved::Gone);
        }
        let found = match read_credential(path, paths.home()) {
            Ok(found) => found.map(|(bytes, _)| bytes),
            // No grant is as large as that.
            Err(ReadError::TooLarge { .. }) => {
                return overwrite(paths, path, &kept, &text, false).map(|()| Saved::Ours);
            }
            Err(error) => return Err(unsafe_file(path, &error)),
        };
        match &found {
            None if !grant.is_to_be_restored() => return Ok(Saved::Gone),
            Some(bytes) if bytes == text.expose().as_bytes() => return Ok(Saved::Ours),
            _ => {}
        }
        // A damaged file holds no grant that could be lost.
        if let Some(bytes) = &found
            && let Ok(theirs) = kept.tokens(path, bytes)
            && !grant.may_replace(&theirs, spent, ours)
        {
            return Ok(Saved::Theirs(theirs));
        }
        let said = kept.keep(&text, found.as_deref(), false).map_err(|source| not_kept(path, source))?;
        if Kept::is_said(found.as_deref(), &said) {
            tidy(path);
            return Ok(Saved::Ours);
        }
        match replace_if_in(paths, path, said.expose().as_bytes(), found.as_deref(), &mut room) {
            Ok(_) => {
                kept.replaced(found.as_deref(), &said);
                tidy(path);
                return Ok(Saved::Ours);
            }
            Err(ReplaceError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(busy(path))
}

/// Puts the tokens of a login in place of whatever is there.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn put(paths: &Paths, path: &Path, kept: &Kept<'_>, tokens: &Tokens) -> Result<(), ReplaceError> {
    let text = tokens.to_text();
    for _ in 0..ATTEMPTS {
        let found = match read_credential(path, paths.home()) {
            Ok(found) => found,
            Err(error @ (ReadError::Symlink { .. } | ReadError::NotRegular { .. })) => {
                return Err(unsafe_file(path, &error));
            }
            // A file that is open to others, or too large, is what a login mends.
            Err(_) => return overwrite(paths, path, kept, &text, true),
        };
        let found = found.as_ref().map(|(bytes, _)| bytes.as_slice());
        let said = kept.keep(&text, found, true).map_err(|source| not_kept(path, source))?;
        match replace_if(paths, path, said.expose().as_bytes(), found) {
            Ok(_) => {
                kept.replaced(found, &said);
                tidy(path);
                return Ok(());
            }
            Err(ReplaceError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(busy(path))
}

/// Writes over whatever is there, for it is no grant.
fn overwrite(paths: &Paths, path: &Path, kept: &Kept<'_>, text: &Secret, is_login: bool) -> Result<(), ReplaceError> {
    let said = kept.keep(text, Some(b""), is_login).map_err(|source| not_kept(path, source))?;
    replace::replace(paths, path, said.expose().as_bytes())?;
    tidy(path);
    Ok(())
}

fn not_kept(path: &Path, source: io::Error) -> ReplaceError {
    ReplaceError::Write { path: path.to_owned(), source }
}

fn unsafe_file(path: &Path, error: &ReadError) -> ReplaceError {
    ReplaceError::Write { path: path.to_owned(), source: io::Error::other(error.to_string()) }
}

pub(super) fn busy(path: &Path) -> ReplaceError {
    ReplaceError::Write { path: path.to_owned(), source: io::Error::other("other programs kept changing it") }
}

/// Now that the newest grant is in place, what crashes left beside it is of no more use.
pub(super) fn tidy(path: &Path) {
    match sweep_of(path) {
        Ok(swept) => {
            for path in swept.displaced {
                warn!(path = %path.display(), "a text of another program was kept beside its file");
            }
        }
        Err(error) => warn!(%error, "leftovers were not looked for"),
    }
}

/// Takes the lock of a token file, `tokens.json.lock`, if it is free: it is held while a grant is refreshed, and ends with the process,
/// however that ends. It does not wait.
///
/// # Errors
/// When the lock cannot be made.
pub(super) fn try_lock_file(path: &Path) -> io::Result<Option<Locked>> {
    let file = lock::open(&path.with_added_extension("lock"))?;
    Locked::attempt(file)
}
