//! Where the daemon of a caller is: paths and names. Of what is there only the config is looked at, which may name a directory.

use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::holder::Holder;
use mp_proto::location::{LocationError, LocationVariables, home, lock_file, log_file, run_dir};

use crate::caller::Environment;

/// Where the daemon is, and whether it may be started.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The storage root.
    pub root: PathBuf,
    /// Its socket: the one that is named, or the first of those where it may be.
    pub socket: PathBuf,
    /// Where its socket may be.
    pub sockets: Vec<PathBuf>,
    /// Whether a flag or a variable names the socket.
    pub is_named: bool,
    /// Where its lock and its log may be: at least one directory.
    pub runs: Vec<PathBuf>,
    /// Whether a daemon may be started when none answers.
    pub autostart: bool,
    /// The daemon to start, if whoever made the client names one.
    pub program: Option<PathBuf>,
    /// The environment in which it is started, without what it must not know.
    pub environment: Environment,
}

impl Place {
    /// Finds the place by flags and environment.
    ///
    /// # Errors
    /// When root or socket cannot be named.
    pub(crate) fn find(socket: Option<&Path>, autostart: bool, environment: &Environment) -> Result<Self, Failure> {
        Self::below(None, socket, autostart, environment)
    }

    /// Finds the place below a storage root, unless it is left to the environment.
    ///
    /// # Errors
    /// When root or socket cannot be named.
    pub(crate) fn below(
        root: Option<&Path>,
        socket: Option<&Path>,
        autostart: bool,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let value = |name| environment.os(name).map(ToOwned::to_owned);
        let mut variables = LocationVariables {
            home: home(value("HOME")),
            storage_dir: value("MP_STORAGE_DIR"),
            oauth_storage_dir: value("MP_OAUTH_STORAGE_DIR"),
            socket: value("MPD_SOCKET"),
            runtime_dir: value("XDG_RUNTIME_DIR"),
        };
        if let Some(root) = root {
            variables.storage_dir = Some(root.as_os_str().to_owned());
            // The variable names the socket of another root.
            variables.socket = None;
        }
        let unnamed = |error: LocationError| Failure::new(FailureKind::InvalidArgument, error.to_string());
        let root = variables.storage_root().map_err(unnamed)?;
        let named = variables.named_socket(socket).map_err(unnamed)?;
        let runs = variables.run_dirs(&root, &config(&root), uid()).map_err(unnamed)?;
        let is_named = named.is_some();
        let sockets = match named {
            Some(socket) => vec![socket],
            None => runs.dirs.iter().map(|dir| runs.socket(dir)).collect::<Result<_, _>>().map_err(unnamed)?,
        };
        let autostart = autostart && environment.get("MPD_AUTOSTART") != Some("0");
        Ok(Self {
            root,
            socket: sockets[0].clone(),
            sockets,
            is_named,
            runs: runs.dirs,
            autostart,
            program: None,
            environment: environment.clone(),
        })
    }
}

impl Place {
    /// Returns the place as it would be found now: a daemon in the usual place, which decided where everybody looks, may have gone since.
    pub(crate) fn anew(&self) -> Self {
        let socket = self.is_named.then_some(self.socket.as_path());
        match Self::below(Some(&self.root), socket, self.autostart, &self.environment) {
            Ok(found) => Self { autostart: self.autostart, program: self.program.clone(), ..found },
            // As it was found before, it is good enough to say what is wrong.
            Err(_) => self.clone(),
        }
    }

    /// Returns whether a daemon of this machine serves the root, be it reached or not.
    pub(crate) fn is_served(&self) -> bool {
        self.runs.iter().any(|run| is_held_here(&lock_file(run)))
    }

    /// Returns the log of the daemon, or where it would be.
    pub(crate) fn log(&self) -> PathBuf {
        let mut logs = self.runs.iter().map(|run| log_file(run));
        logs.find(|path| path.exists()).unwrap_or_else(|| log_file(&self.runs[0]))
    }
}

/// Largest config file in which `run_dir` is looked for; larger ones are refused by the daemon.
const MAX_CONFIG: u64 = 1024 * 1024;

/// Reads the config for the one key that decides where the daemon is. Whatever is wrong with the file is told by the daemon.
///
/// Where a daemon of this machine lives in the usual place there is nothing to decide, and the file is left alone: the daemon takes
/// whoever reads it for the Python tool, which does that before it logs an account out.
fn config(root: &Path) -> String {
    if is_held_here(&lock_file(&run_dir(root))) {
        return String::new();
    }
    let path = root.join("config.toml");
    let mut bytes = Vec::new();
    // Not a pipe, which would make us wait.
    if std::fs::metadata(&path).is_ok_and(|found| found.is_file()) {
        let _ = File::open(&path).and_then(|file| file.take(MAX_CONFIG).read_to_end(&mut bytes));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns whether a process of this machine holds a lock.
fn is_held_here(path: &Path) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let mut text = String::new();
    // A shared try does not disturb a daemon that is starting; it tries again.
    if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) || file.read_to_string(&mut text).is_err() {
        return false;
    }
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Holder::parse(&text).is_some_and(|holder| !holder.is_elsewhere(boot.trim()))
}

/// Returns the effective user of this process.
pub(crate) fn uid() -> u32 {
    rustix::process::geteuid().as_raw()
}
