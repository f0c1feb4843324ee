//! Replacing a file atomically: a private temporary file beside it, synced, then moved into place.
//!
//! [`replace_if`] is a compare-and-swap against writers that take no lock, such as the Python tool, which renames its own temporary
//! file over ours whenever it likes. A plain "compare, then rename" loses what such a rival writes between the two steps. So the
//! new file is *exchanged* with the present one, and what came out is looked at afterwards:
//!
//! * It is the expected text: nothing was lost, and the old file is removed.
//! * It is something else: a rival was faster. Both are exchanged back, and the caller redoes its edit on the rival's text.
//! * Something else than our text comes out when exchanging back: a rival renamed over *our* file in those microseconds. Its file is
//!   the newest, so it is put in place by one more exchange, and so on until the file that comes out is the one that we put in.
//!
//! In the last two cases our text, which lacked the rival's, was in place for some microseconds. Another rival may have read it and
//! may build upon it later, and then the first rival's text would be in no file any more. So each text that was taken out is also
//! kept beside the file, and [`ReplaceError::Conflict`] names it: nobody but a person can say what belongs together. The present
//! file is compared right before it is exchanged, so this takes a rename within some ten microseconds; almost every conflict is
//! found by the comparison, and then nothing was exposed and nothing is kept.
//!
//! A rival that renames after our exchange was looked at overwrites us by its own doing; that is its race, and no lock of ours helps.
//! One that writes into the open old file instead of renaming is noticed only when it does so before we look.
//!
//! **Crashes.** The temporary file is called `.tmp` until it is complete and synced, then `.swap`. So a `.tmp` never held anything but
//! our own text and may go. A `.swap` holds, depending on the moment, our text, the expected text, or a rival's that was just taken
//! out. Its name carries the hashes of the first two; [`sweep`] removes a file that is one of them and keeps any other as displaced.

mod destination;
mod error;
mod names;
mod rename;
mod room;
mod swap;
mod sweep;

use std::path::Path;

use self::destination::Destination;
use crate::fault;
use crate::files::paths::Paths;
use crate::files::read::Signature;

pub use error::ReplaceError;
pub use room::{Room, reserve};
pub use swap::{replace_if, replace_if_in};
pub use sweep::{is_temporary_of, sweep, sweep_of, temporaries};

/// Replaces a file, whatever it held, and returns the signature of the new one. Its mode is 0600.
///
/// # Errors
/// When the file is a symbolic link or the directory cannot be written.
pub fn replace(paths: &Paths, path: &Path, bytes: &[u8]) -> Result<Signature, ReplaceError> {
    let destination = Destination::open(paths, path)?;
    let (temporary, signature) = destination.write(bytes)?;
    destination.rename(&temporary.name, &destination.name).map_err(|errno| destination.write_error(errno))?;
    temporary.forget();
    fault::point(&destination.name, "renamed").map_err(|error| destination.fail(error))?;
    destination.sync()?;
    Ok(destination.signature().unwrap_or(signature))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_is_private_and_so_is_the_directory_made_for_it() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        let path = home.path().join(".mp/accounts/a/tokens.json");
        let signature = replace(&paths, &path, b"one").unwrap();
        assert_eq!(Signature::of(&path).unwrap(), Some(signature));
        assert_eq!((mode(&path), mode(path.parent().unwrap()), mode(paths.root())), (0o600, 0o700, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        replace(&paths, &path, b"two").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"two".as_slice(), 0o600));
        assert_eq!(names(path.parent().unwrap()), ["tokens.json"]);
    }

    #[test]
    fn only_the_storage_root_is_made_private_again() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        let other = home.path().join("other");
        for dir in [paths.root(), &other] {
            fs::create_dir(dir).unwrap();
            fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
            replace(&paths, &dir.join("f"), b"").unwrap();
        }
        assert_eq!((mode(paths.root()), mode(&other)), (0o700, 0o755));
    }

    #[test]
    fn a_root_that_everybody_may_write_is_not_filled() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        fs::create_dir(paths.root()).unwrap();
        fs::set_permissions(paths.root(), fs::Permissions::from_mode(0o777)).unwrap();
        let error = replace(&paths, &paths.root().join("f"), b"").unwrap_err();
        assert!(matches!(error, ReplaceError::Directory { .. }), "{error:?}");
        assert_eq!((mode(paths.root()), names(paths.root())), (0o777, Vec::new()));
    }

    #[test]
    fn links_are_refused_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        fs::create_dir(home.path().join("real")).unwrap();
        fs::write(home.path().join("real/f"), "kept").unwrap();
        symlink(home.path().join("real"), paths.root()).unwrap();
        assert!(
            matches!(replace(&paths, &paths.root().join("f"), b"x"), Err(ReplaceError::Symlink { path }) if path == paths.root())
        );
        let leaf = home.path().join("leaf");
        symlink(home.path().join("real/f"), &leaf).unwrap();
        assert!(matches!(replace(&paths, &leaf, b"x"), Err(ReplaceError::Symlink { path }) if path == leaf));
        assert!(matches!(replace_if(&paths, &leaf, b"x", Some(b"kept")), Err(ReplaceError::Symlink { .. })));
        assert_eq!(fs::read(home.path().join("real/f")).unwrap(), b"kept");
        assert!(matches!(replace(&paths, &home.path().join("real"), b"x"), Err(ReplaceError::NotRegular { .. })));
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_an_error_and_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join(".mp"), home.path().to_owned());
        if rustix::process::getuid().is_root() {
            // Root may write anywhere but here.
            let error = replace(&paths, Path::new("/proc/mpd-test"), b"x").unwrap_err();
            assert!(matches!(error, ReplaceError::Write { .. }), "{error:?}");
            return;
        }
        fs::write(home.path().join("f"), "old").unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o500)).unwrap();
        let error = replace(&paths, &home.path().join("f"), b"x").unwrap_err();
        assert!(matches!(error, ReplaceError::Write { .. }), "{error:?}");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(
            (names(home.path()), fs::read(home.path().join("f")).unwrap()),
            (vec!["f".to_owned()], b"old".to_vec())
        );
    }
}
