//! Where the storage root and its socket are. Both sides compute the same rule, so it is pure and takes what it depends on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Longest socket path that every supported platform accepts: `sun_path` holds 104 bytes on macOS, with the final NUL; 100 leaves
/// room for the temporary name under which the socket is bound.
pub const MAX_SOCKET_PATH: usize = 100;

/// Why no storage root or socket path could be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Neither a storage variable nor `HOME` is set, and the password database does not help.
    #[error(
        "no storage root: neither HOME nor MP_STORAGE_DIR is set, and the password database names no home of this user"
    )]
    NoHome,
    /// A path is relative where only an absolute one means the same to every process.
    #[error("{name} must be an absolute path, but is {}", path.display())]
    Relative {
        /// Variable or flag the path came from.
        name: &'static str,
        /// The path as given.
        path: PathBuf,
    },
    /// A path is not UTF-8, which the HTTP client over the socket cannot address.
    #[error("{name} is not valid UTF-8: {}", path.display())]
    NotUtf8 {
        /// Variable or flag the path came from.
        name: &'static str,
        /// The path as given.
        path: PathBuf,
    },
    /// Even the fallback is too long for a Unix socket.
    #[error("socket path {} has {} bytes, more than the {MAX_SOCKET_PATH} a Unix socket may have", path.display(), path.as_os_str().len())]
    TooLong {
        /// The path that was refused.
        path: PathBuf,
    },
}

/// The variables that decide where the storage root and the socket are, as one process has them.
#[derive(Debug, Clone, Default)]
pub struct LocationVariables {
    /// The user's home, as [`home`] finds it.
    pub home: Option<OsString>,
    /// `MP_STORAGE_DIR`; an empty value counts as unset.
    pub storage_dir: Option<OsString>,
    /// `MP_OAUTH_STORAGE_DIR`, the older name of the same; an empty value counts as unset.
    pub oauth_storage_dir: Option<OsString>,
    /// `MPD_SOCKET`; an empty value counts as unset.
    pub socket: Option<OsString>,
}

impl LocationVariables {
    /// Reads the four variables of this process.
    pub fn of_this_process() -> Self {
        let var = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            home: home(std::env::var_os("HOME")),
            storage_dir: var("MP_STORAGE_DIR"),
            oauth_storage_dir: var("MP_OAUTH_STORAGE_DIR"),
            socket: var("MPD_SOCKET"),
        }
    }

    /// Returns the storage root: `MP_STORAGE_DIR`, else `MP_OAUTH_STORAGE_DIR`, else `~/.mp`.
    ///
    /// # Errors
    /// When none of them is set, or the value is relative or not UTF-8.
    pub fn storage_root(&self) -> Result<PathBuf, LocationError> {
        if let Some(dir) = &self.storage_dir {
            return checked("MP_STORAGE_DIR", Path::new(dir));
        }
        if let Some(dir) = &self.oauth_storage_dir {
            return checked("MP_OAUTH_STORAGE_DIR", Path::new(dir));
        }
        let home = self.home.as_ref().ok_or(LocationError::NoHome)?;
        checked("HOME", &Path::new(home).join(".mp"))
    }

    /// Returns the socket of a storage root: the flag, else `MPD_SOCKET`, else the rule of [`default_socket`].
    ///
    /// # Errors
    /// When the chosen path is relative, not UTF-8 or too long.
    pub fn socket(&self, flag: Option<&Path>, root: &Path, uid: u32) -> Result<PathBuf, LocationError> {
        let (name, given) = match (flag, &self.socket) {
            (Some(path), _) => ("--socket", path.to_owned()),
            (None, Some(path)) => ("MPD_SOCKET", PathBuf::from(path)),
            (None, None) => return default_socket(root, uid),
        };
        let path = checked(name, &given)?;
        if path.as_os_str().len() > MAX_SOCKET_PATH { Err(LocationError::TooLong { path }) } else { Ok(path) }
    }
}

/// Returns the home of this process's user: `HOME`, where an empty value counts as unset, else what the password database says. Programs of
/// cron, of service managers and of `env -i` are this user's, too, and should find the same daemon.
pub fn home(variable: Option<OsString>) -> Option<OsString> {
    let is_named = |home: &OsString| !home.is_empty();
    // std looks into the database where `HOME` is not set or empty.
    variable.filter(is_named).or_else(|| std::env::home_dir().map(PathBuf::into_os_string)).filter(is_named)
}

/// Returns `<root>/run/mpd.sock`, or `/tmp/mp-<uid>/<hash of root>.sock` where that is too long.
///
/// # Errors
/// When even the fallback is too long.
pub fn default_socket(root: &Path, uid: u32) -> Result<PathBuf, LocationError> {
    let near = run_dir(root).join("mpd.sock");
    if near.as_os_str().len() <= MAX_SOCKET_PATH {
        return Ok(near);
    }
    let path = fallback_dir(uid).join(format!("{:016x}.sock", fnv1a(root.as_os_str().as_encoded_bytes())));
    if path.as_os_str().len() > MAX_SOCKET_PATH { Err(LocationError::TooLong { path }) } else { Ok(path) }
}

/// Returns the directory of the sockets whose own place would be too long. It must be checked before it is used: `/tmp` is everybody's.
pub fn fallback_dir(uid: u32) -> PathBuf {
    PathBuf::from(format!("/tmp/mp-{uid}"))
}

/// Returns the directory of the locks, the log and (usually) the socket.
pub fn run_dir(root: &Path) -> PathBuf {
    root.join("run")
}

/// Returns the file whose lock a client holds while it starts a daemon.
pub fn spawn_lock(root: &Path) -> PathBuf {
    run_dir(root).join("spawn.lock")
}

/// Returns the daemon's log file; older parts have `.1`, `.2` appended.
pub fn log_file(root: &Path) -> PathBuf {
    run_dir(root).join("mpd.log")
}

fn checked(name: &'static str, path: &Path) -> Result<PathBuf, LocationError> {
    if path.to_str().is_none() {
        return Err(LocationError::NotUtf8 { name, path: path.to_owned() });
    }
    if path.is_absolute() {
        // `components` drops doubled and trailing slashes, so that `/x/.mp/` and `/x/.mp` are one root with one daemon.
        Ok(path.components().collect())
    } else {
        Err(LocationError::Relative { name, path: path.to_owned() })
    }
}

/// FNV-1a, 64 bits: the name must stay the same across compilers and releases, which std's hashers do not promise.
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv-21>
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_home(path: &str) -> LocationVariables {
        LocationVariables { home: Some(path.into()), ..LocationVariables::default() }
    }

    #[test]
    fn the_storage_root_is_the_first_variable_that_is_set() {
        let mut env = at_home("/home/ada");
        assert_eq!(env.storage_root(), Ok("/home/ada/.mp".into()));
        env.oauth_storage_dir = Some("/old/".into());
        assert_eq!(env.storage_root(), Ok("/old".into()));
        env.storage_dir = Some("/new//x".into());
        assert_eq!(env.storage_root(), Ok("/new/x".into()));
        assert_eq!(LocationVariables::default().storage_root(), Err(LocationError::NoHome));
    }

    #[test]
    fn a_relative_root_is_refused_by_name() {
        let env = LocationVariables { storage_dir: Some("mp".into()), ..at_home("/home/ada") };
        assert_eq!(
            env.storage_root().map_err(|error| error.to_string()),
            Err("MP_STORAGE_DIR must be an absolute path, but is mp".to_owned())
        );
    }

    #[test]
    fn the_socket_is_below_the_root_unless_that_is_too_long() {
        let env = at_home("/home/ada");
        let root = env.storage_root().expect("HOME is set");
        assert_eq!(env.socket(None, &root, 1000), Ok("/home/ada/.mp/run/mpd.sock".into()));
        let deep = PathBuf::from(format!("/{}", "d".repeat(120)));
        let socket = env.socket(None, &deep, 1000).expect("the fallback is short");
        assert!(socket.starts_with("/tmp/mp-1000"), "{}", socket.display());
        assert_ne!(Ok(socket), env.socket(None, &deep.join("x"), 1000));
    }

    #[test]
    fn flag_beats_variable_and_both_are_checked_for_length() {
        let env = LocationVariables { socket: Some("/run/a.sock".into()), ..at_home("/home/ada") };
        let root = env.storage_root().expect("HOME is set");
        assert_eq!(env.socket(Some(Path::new("/run/b.sock")), &root, 0), Ok("/run/b.sock".into()));
        assert_eq!(env.socket(None, &root, 0), Ok("/run/a.sock".into()));
        let long = PathBuf::from(format!("/{}", "s".repeat(100)));
        assert!(matches!(env.socket(Some(&long), &root, 0), Err(LocationError::TooLong { .. })));
    }

    #[test]
    fn without_home_the_password_database_tells() {
        assert_eq!(home(Some("/home/ada".into())), Some("/home/ada".into()));
        // Nothing can be unset in a process with threads; `mp` itself is tested without it.
        let told = std::env::home_dir().map(PathBuf::into_os_string);
        assert_eq!((home(None), home(Some("".into()))), (told.clone(), told));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
