//! Where the daemon lives.

use std::path::PathBuf;

use mp_proto::location::{LocationError, LocationVariables};

use crate::args::Options;

/// Who it serves, and where.
pub(super) struct Place {
    /// The user.
    pub(super) uid: u32,
    /// The user's home.
    pub(super) home: PathBuf,
    /// The storage root.
    pub(super) root: PathBuf,
    /// The socket.
    pub(super) socket: PathBuf,
}

impl Place {
    /// Finds it by the command line and the environment.
    ///
    /// # Errors
    /// When root or socket cannot be named.
    pub(super) fn find(options: &Options) -> Result<Self, LocationError> {
        let mut env = LocationVariables::of_this_process();
        if let Some(root) = &options.root {
            env.storage_dir = Some(root.clone().into_os_string());
        }
        let root = env.storage_root()?;
        let uid = rustix::process::geteuid().as_raw();
        let socket = env.socket(options.socket.as_deref(), &root, uid)?;
        let home = env.home.map_or_else(|| root.parent().unwrap_or(&root).to_owned(), PathBuf::from);
        Ok(Self { uid, home, root, socket })
    }
}
