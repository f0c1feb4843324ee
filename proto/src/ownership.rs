//! Whether a place for the storage root may be used: decided by what is there, before anything is made, tightened or written. Both sides
//! ask here, for whichever is first makes the directories.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Everybody may write.
const BY_ALL: u32 = 0o002;

/// Only the owner of an entry may remove or rename it.
const STICKY: u32 = 0o1000;

/// Why a place may not be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnershipError {
    /// A link leads wherever its owner wants, today or tomorrow.
    #[error(
        "{} is a symbolic link, and nothing is made or changed behind one; set MP_STORAGE_DIR to the directory itself",
        path.display()
    )]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Something else is in the way.
    #[error("{} is not a directory", path.display())]
    NoDirectory {
        /// What is there.
        path: PathBuf,
    },
    /// It is somebody else's.
    #[error("{} belongs to uid {owner}, and this is uid {uid}{}", path.display(), remedy(*uid))]
    Foreign {
        /// What belongs to them.
        path: PathBuf,
        /// Who they are.
        owner: u32,
        /// Who we are.
        uid: u32,
    },
    /// Everybody could put something of theirs there.
    #[error(
        "{} can be written by everybody (mode {mode:04o}), who may have put there what they wanted; look what is in it, then `chmod o-w` it \
         or set MP_STORAGE_DIR to a directory of your own",
        path.display()
    )]
    Open {
        /// The directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It could not be looked at.
    #[error("could not look at {}", path.display())]
    Look {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Says what to do where files are somebody else's: root is there by sudo, most likely, which keeps the home of its caller.
fn remedy(uid: u32) -> &'static str {
    if uid == 0 {
        ": root makes nothing in the home of another user. Run it as that user, or by `sudo -H` for root's own home, or set MP_STORAGE_DIR \
         to a directory of root's own"
    } else {
        ": set MP_STORAGE_DIR to a directory of your own, or have its owner give it back (`sudo chown`, where root has made it)"
    }
}

/// What is at a path.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    owner: u32,
    mode: u32,
    is_link: bool,
    is_dir: bool,
}

impl From<&Metadata> for Seen {
    fn from(found: &Metadata) -> Self {
        Self { owner: found.uid(), mode: found.mode() & 0o7777, is_link: found.is_symlink(), is_dir: found.is_dir() }
    }
}

/// Checks a storage root for a user. `look` says what is at a path itself, be it a link, and `follow` what a link leads to.
///
/// One that is there must be a directory of the user's own that not everybody may write, and no link. One that is not there yet is made
/// only in a directory of the user's or of root's that others cannot change under us: its nearest ancestor that is there decides. And root
/// uses nothing that lies in another user's directory.
///
/// # Errors
/// Says what is wrong and what to do.
pub fn check(
    root: &Path,
    uid: u32,
    look: impl Fn(&Path) -> io::Result<Metadata>,
    follow: impl Fn(&Path) -> io::Result<Metadata>,
) -> Result<(), OwnershipError> {
    let seen = |path: &Path| seen(path, look(path));
    let Some(found) = seen(root)? else { return parent(root, uid, seen, follow) };
    own(root, uid, found)?;
    // What root has made in somebody's home by mistake is no reason to make more of it.
    if uid == 0 { parent(root, uid, seen, follow) } else { Ok(()) }
}

fn seen(path: &Path, looked: io::Result<Metadata>) -> Result<Option<Seen>, OwnershipError> {
    match looked {
        Ok(found) => Ok(Some(Seen::from(&found))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound) => Ok(None),
        Err(source) => Err(OwnershipError::Look { path: path.to_owned(), source }),
    }
}

/// Checks the root itself.
fn own(root: &Path, uid: u32, found: Seen) -> Result<(), OwnershipError> {
    let path = || root.to_owned();
    match found {
        Seen { is_link: true, .. } => Err(OwnershipError::Link { path: path() }),
        Seen { is_dir: false, .. } => Err(OwnershipError::NoDirectory { path: path() }),
        Seen { owner, .. } if owner != uid => Err(OwnershipError::Foreign { path: path(), owner, uid }),
        Seen { mode, .. } if mode & BY_ALL != 0 => Err(OwnershipError::Open { path: path(), mode }),
        Seen { .. } => Ok(()),
    }
}

/// Checks the nearest ancestor that is there.
fn parent(
    root: &Path,
    uid: u32,
    look: impl Fn(&Path) -> Result<Option<Seen>, OwnershipError>,
    follow: impl Fn(&Path) -> io::Result<Metadata>,
) -> Result<(), OwnershipError> {
    for path in root.ancestors().skip(1) {
        let Some(found) = look(path)? else { continue };
        holds(path, uid, found)?;
        // A link of ours or of root's, such as /tmp on macOS, is as good as what it leads to.
        return match found.is_link.then(|| seen(path, follow(path))).transpose()?.flatten() {
            Some(target) => holds(path, uid, target),
            None => Ok(()),
        };
    }
    Ok(())
}

fn holds(path: &Path, uid: u32, found: Seen) -> Result<(), OwnershipError> {
    let Seen { owner, mode, is_link, is_dir } = found;
    if owner != uid && owner != 0 {
        return Err(OwnershipError::Foreign { path: path.to_owned(), owner, uid });
    }
    if is_link {
        return Ok(());
    }
    if !is_dir {
        return Err(OwnershipError::NoDirectory { path: path.to_owned() });
    }
    if mode & BY_ALL != 0 && mode & STICKY == 0 {
        return Err(OwnershipError::Open { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Seen = Seen { owner: 7, mode: 0o700, is_link: false, is_dir: true };

    #[test]
    fn a_root_is_a_directory_of_its_user_that_not_everybody_may_write() {
        let verdict = |uid, found| own(Path::new("/h/.mp"), uid, found).map_err(|error| error.to_string());
        for mode in [0o700, 0o755, 0o775] {
            assert_eq!(verdict(7, Seen { mode, ..OURS }), Ok(()), "{mode:o}");
        }
        for mode in [0o777, 0o1777, 0o702] {
            assert!(verdict(7, Seen { mode, ..OURS }).is_err_and(|text| text.contains("by everybody")), "{mode:o}");
        }
        assert!(
            verdict(7, Seen { is_link: true, is_dir: false, ..OURS }).is_err_and(|text| text.contains("symbolic link"))
        );
        assert!(verdict(7, Seen { is_dir: false, ..OURS }).is_err_and(|text| text.contains("not a directory")));
        assert!(
            verdict(8, OURS)
                .is_err_and(|text| text.contains("belongs to uid 7, and this is uid 8: set MP_STORAGE_DIR"))
        );
        assert!(verdict(0, OURS).is_err_and(|text| text.contains("sudo -H")));
    }

    #[test]
    fn a_root_is_made_only_where_others_cannot_change_it() {
        let verdict = |uid, found| holds(Path::new("/h"), uid, found).is_ok();
        assert!(verdict(7, OURS) && verdict(0, Seen { owner: 0, ..OURS }) && verdict(7, Seen { owner: 0, ..OURS }));
        assert!(verdict(7, Seen { owner: 0, mode: 0o1777, ..OURS }), "/tmp");
        assert!(!verdict(7, Seen { owner: 0, mode: 0o777, ..OURS }), "without the sticky bit");
        assert!(!verdict(8, OURS) && !verdict(0, OURS), "another's home");
        assert!(verdict(7, Seen { is_link: true, mode: 0o777, ..OURS }) && !verdict(7, Seen { is_dir: false, ..OURS }));
    }
}
