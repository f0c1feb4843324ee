//! Where the daemon of a caller is. Pure: paths and names, no look at what is there.

use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::location::{LocationError, LocationVariables};

use crate::caller::Environment;

/// Where the daemon is, and whether it may be started.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The storage root.
    pub root: PathBuf,
    /// Its socket.
    pub socket: PathBuf,
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
            home: value("HOME"),
            storage_dir: value("MP_STORAGE_DIR"),
            oauth_storage_dir: value("MP_OAUTH_STORAGE_DIR"),
            socket: value("MPD_SOCKET"),
        };
        if let Some(root) = root {
            variables.storage_dir = Some(root.as_os_str().to_owned());
            // The variable names the socket of another root.
            variables.socket = None;
        }
        let unnamed = |error: LocationError| Failure::new(FailureKind::InvalidArgument, error.to_string());
        let root = variables.storage_root().map_err(unnamed)?;
        let socket = variables.socket(socket, &root, uid()).map_err(unnamed)?;
        let autostart = autostart && environment.get("MPD_AUTOSTART") != Some("0");
        Ok(Self { root, socket, autostart, program: None, environment: environment.clone() })
    }
}

/// Returns the effective user of this process.
pub(crate) fn uid() -> u32 {
    rustix::process::geteuid().as_raw()
}
