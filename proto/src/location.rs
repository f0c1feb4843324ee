//! Where the storage root and its socket are. Both sides compute the same rule, so it is pure and takes what it depends on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

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
    /// `XDG_RUNTIME_DIR`; an empty value counts as unset.
    pub runtime_dir: Option<OsString>,
}

/// Where the daemon of a storage root keeps its lock, its log and its socket, unless that is named: the first of these directories that
/// can hold them. A client looks for the socket in each of them, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDirs {
    /// The directories. The first is the one that is wanted, the others are for homes that cannot hold locks or sockets.
    pub dirs: Vec<PathBuf>,
    /// The storage root.
    root: PathBuf,
    /// The user.
    uid: u32,
}

impl RunDirs {
    /// Returns the socket in one of the directories, or `/tmp/mp-<uid>/<hash of root>.sock` where its path is too long.
    ///
    /// # Errors
    /// When even that is too long.
    pub fn socket(&self, dir: &Path) -> Result<PathBuf, LocationError> {
        socket_in(dir, &self.root, self.uid)
    }
}

impl LocationVariables {
    /// Reads the variables of this process.
    pub fn of_this_process() -> Self {
        let var = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            home: home(std::env::var_os("HOME")),
            storage_dir: var("MP_STORAGE_DIR"),
            oauth_storage_dir: var("MP_OAUTH_STORAGE_DIR"),
            socket: var("MPD_SOCKET"),
            runtime_dir: var("XDG_RUNTIME_DIR"),
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

    /// Returns the socket that is named, by the flag or by `MPD_SOCKET`; none when it is left to the rule of [`RunDirs`].
    ///
    /// # Errors
    /// When the path is relative, not UTF-8 or too long.
    pub fn named_socket(&self, flag: Option<&Path>) -> Result<Option<PathBuf>, LocationError> {
        let (name, given) = match (flag, &self.socket) {
            (Some(path), _) => ("--socket", path.to_owned()),
            (None, Some(path)) => ("MPD_SOCKET", PathBuf::from(path)),
            (None, None) => return Ok(None),
        };
        let path = checked(name, &given)?;
        if path.as_os_str().len() > MAX_SOCKET_PATH { Err(LocationError::TooLong { path }) } else { Ok(Some(path)) }
    }

    /// Returns where the daemon of a storage root runs. `config` is the text of its `config.toml`, in which `run_dir` of `[settings]` may
    /// name a directory; without it, `<root>/run`, else below the user's runtime directory, else below `/tmp`. A directory that roots
    /// share holds one for each, named by the root's hash.
    ///
    /// # Errors
    /// When `run_dir` is no absolute path.
    pub fn run_dirs(&self, root: &Path, config: &str, uid: u32) -> Result<RunDirs, LocationError> {
        let hash = root_hash(root);
        let dirs = match run_dir_setting(config)? {
            Some(chosen) => vec![chosen.join(hash)],
            None => {
                let usual = || PathBuf::from(format!("/run/user/{uid}"));
                let named = self.runtime_dir.as_ref().map(PathBuf::from).filter(|path| path.is_absolute());
                let runtime = named.unwrap_or_else(usual).join("mp");
                vec![run_dir(root), runtime.join(&hash), fallback_dir(uid).join(&hash)]
            }
        };
        Ok(RunDirs { dirs, root: root.to_owned(), uid })
    }
}

/// Reads `run_dir` of `[settings]`. Whatever else is wrong with the text is told elsewhere.
fn run_dir_setting(config: &str) -> Result<Option<PathBuf>, LocationError> {
    const NAME: &str = "run_dir of [settings] in config.toml";
    // Every start of a client comes by here, and next to none has the key.
    if !config.contains("run_dir") {
        return Ok(None);
    }
    let (table, _) = DeTable::parse_recoverable(config);
    let settings = table.get_ref().get("settings").and_then(|settings| settings.get_ref().as_table());
    match settings.and_then(|settings| settings.get("run_dir")).map(Spanned::get_ref) {
        None => Ok(None),
        Some(DeValue::String(path)) => checked(NAME, Path::new(path.as_ref())).map(Some),
        Some(_) => Err(LocationError::Relative { name: NAME, path: PathBuf::from("no text") }),
    }
}

/// Returns the home of this process's user: `HOME`, where an empty value counts as unset, else what the password database says. Programs of
/// cron, of service managers and of `env -i` are this user's, too, and should find the same daemon.
pub fn home(variable: Option<OsString>) -> Option<OsString> {
    let is_named = |home: &OsString| !home.is_empty();
    variable.filter(is_named).or_else(in_database).filter(is_named)
}

/// Returns the home that the password database has. The C library's way to it loads modules into the process, and a program that is linked
/// statically may not survive that; so the file is read here, and `getent` asked for users that only a directory knows.
#[cfg(target_os = "linux")]
fn in_database() -> Option<OsString> {
    use std::os::unix::fs::MetadataExt;
    use std::process::{Command, Stdio};
    let uid = std::fs::metadata("/proc/self").ok()?.uid();
    let local = std::fs::read("/etc/passwd").ok().and_then(|text| in_entries(&text, uid));
    local.or_else(|| {
        let mut asked = Command::new("/usr/bin/getent");
        asked.args(["passwd", &uid.to_string()]).stdin(Stdio::null()).stderr(Stdio::null());
        in_entries(&asked.output().ok()?.stdout, uid)
    })
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "nothing is linked statically there")]
fn in_database() -> Option<OsString> {
    std::env::home_dir().map(PathBuf::into_os_string)
}

/// Returns the home of a user among entries of the form of `passwd(5)`.
#[cfg(target_os = "linux")]
fn in_entries(text: &[u8], uid: u32) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    let uid = uid.to_string();
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let home = fields.get(5).filter(|_| fields[2] == uid.as_bytes())?;
        Some(OsString::from_vec(home.to_vec()))
    })
}

/// Returns `<root>/run/mpd.sock`, or `/tmp/mp-<uid>/<hash of root>.sock` where that is too long.
///
/// # Errors
/// When even the fallback is too long.
pub fn default_socket(root: &Path, uid: u32) -> Result<PathBuf, LocationError> {
    socket_in(&run_dir(root), root, uid)
}

fn socket_in(run: &Path, root: &Path, uid: u32) -> Result<PathBuf, LocationError> {
    let near = run.join("mpd.sock");
    if near.as_os_str().len() <= MAX_SOCKET_PATH {
        return Ok(near);
    }
    let path = fallback_dir(uid).join(format!("{}.sock", root_hash(root)));
    if path.as_os_str().len() > MAX_SOCKET_PATH { Err(LocationError::TooLong { path }) } else { Ok(path) }
}

/// Returns what stands for a storage root where roots share a directory.
pub fn root_hash(root: &Path) -> String {
    format!("{:016x}", fnv1a(root.as_os_str().as_encoded_bytes()))
}

/// Returns the directory of the sockets whose own place would be too long. It must be checked before it is used: `/tmp` is everybody's.
pub fn fallback_dir(uid: u32) -> PathBuf {
    PathBuf::from(format!("/tmp/mp-{uid}"))
}

/// Returns where the daemon runs that is not told otherwise and whose root can hold sockets and locks.
pub fn run_dir(root: &Path) -> PathBuf {
    root.join("run")
}

/// Returns the file whose lock a daemon holds for life.
pub fn lock_file(run: &Path) -> PathBuf {
    run.join("mpd.lock")
}

/// Returns the file whose lock a client holds while it starts a daemon.
pub fn spawn_lock(run: &Path) -> PathBuf {
    run.join("spawn.lock")
}

/// Returns the daemon's log file; older parts have `.1`, `.2` appended.
pub fn log_file(run: &Path) -> PathBuf {
    run.join("mpd.log")
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

    fn socket(root: &Path) -> PathBuf {
        let dirs = LocationVariables::default().run_dirs(root, "", 1000).expect("no setting");
        dirs.socket(&dirs.dirs[0]).expect("the fallback is short")
    }

    #[test]
    fn the_socket_is_below_the_root_unless_that_is_too_long() {
        let root = at_home("/home/ada").storage_root().expect("HOME is set");
        assert_eq!(socket(&root), Path::new("/home/ada/.mp/run/mpd.sock"));
        let deep = PathBuf::from(format!("/{}", "d".repeat(120)));
        assert!(socket(&deep).starts_with("/tmp/mp-1000"), "{}", socket(&deep).display());
        assert_eq!(default_socket(&deep, 1000), Ok(socket(&deep)));
        assert_ne!(socket(&deep), socket(&deep.join("x")));
    }

    #[test]
    fn flag_beats_variable_and_both_are_checked_for_length() {
        let env = LocationVariables { socket: Some("/run/a.sock".into()), ..at_home("/home/ada") };
        assert_eq!(env.named_socket(Some(Path::new("/run/b.sock"))), Ok(Some("/run/b.sock".into())));
        assert_eq!(env.named_socket(None), Ok(Some("/run/a.sock".into())));
        assert_eq!(at_home("/home/ada").named_socket(None), Ok(None));
        let long = PathBuf::from(format!("/{}", "s".repeat(100)));
        assert!(matches!(env.named_socket(Some(&long)), Err(LocationError::TooLong { .. })));
    }

    #[test]
    fn a_root_that_cannot_hold_sockets_has_two_other_places() {
        let dirs = |runtime: Option<&str>| {
            let env = LocationVariables { runtime_dir: runtime.map(Into::into), ..at_home("/h") };
            env.run_dirs(Path::new("/h/.mp"), "[active]\n", 7).expect("no setting").dirs
        };
        let hash = format!("{:016x}", fnv1a(b"/h/.mp"));
        let usual: Vec<PathBuf> =
            ["/h/.mp/run".to_owned(), format!("/run/user/7/mp/{hash}"), format!("/tmp/mp-7/{hash}")]
                .into_iter()
                .map(Into::into)
                .collect();
        assert_eq!(dirs(None), usual);
        assert_eq!(dirs(Some("relative")), usual);
        assert_eq!(dirs(Some("/x"))[1], Path::new(&format!("/x/mp/{hash}")));
    }

    #[test]
    fn a_directory_can_be_chosen_and_roots_do_not_meet_in_it() {
        let dirs =
            |root: &str, config: &str| at_home("/h").run_dirs(Path::new(root), config, 7).map(|found| found.dirs);
        let chosen = "[settings]\nrun_dir = \"/var/mp\"\n";
        let one = dirs("/a", chosen).expect("an absolute path");
        assert!(one.len() == 1 && one[0].starts_with("/var/mp"), "{one:?}");
        assert_ne!(Ok(one.clone()), dirs("/b", chosen));
        assert_eq!(dirs("/a", &format!("{chosen}[broken\nx = = 1")), Ok(one.clone()), "other mistakes do not hide it");
        assert_eq!(dirs("/a", "settings.run_dir = '/var/mp'"), Ok(one));
        assert_eq!(dirs("/a", "# run_dir\n[accounts.run_dir]\n").map(|dirs| dirs.len()), Ok(3));
        for wrong in ["'x'", "7"] {
            let error =
                dirs("/a", &format!("[settings]\nrun_dir = {wrong}")).expect_err("no absolute path").to_string();
            assert!(error.starts_with("run_dir of [settings] in config.toml must be an absolute path"), "{error}");
        }
    }

    #[test]
    fn without_home_the_password_database_tells() {
        assert_eq!(home(Some("/home/ada".into())), Some("/home/ada".into()));
        // Nothing can be unset in a process with threads; `mp` itself is tested without it.
        assert_eq!(home(None), home(Some("".into())));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_entry_is_found_by_its_number_and_nothing_else() {
        let entries = b"root:x:0:0:root:/root:/bin/bash\n# a note\n\n1000:x:7:1000::/home/other:/bin/sh\nada:x:1000:1000:Ada,,,:/home/ada:\nbroken:x:8\n";
        let home = |uid| in_entries(entries, uid);
        assert_eq!(
            (home(0), home(7), home(1000)),
            (Some("/root".into()), Some("/home/other".into()), Some("/home/ada".into()))
        );
        assert_eq!((home(8), home(9)), (None, None));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
