//! The service manager of this system, whichever it is.

use std::io;
use std::path::PathBuf;

use super::around::Around;
use super::files::Wanted;
use super::launchd::Launchd;
use super::systemd::Systemd;
use super::unit::{Absent, Spec, Unfit};

/// A service manager.
pub(crate) enum Manager {
    /// systemd.
    Systemd(Systemd),
    /// launchd.
    Launchd(Launchd),
}

impl Manager {
    /// Finds it, and why it cannot be asked if it cannot.
    pub(crate) fn find(around: &Around) -> (Self, Option<Absent>) {
        if around.system == "macos" {
            let (launchd, absent) = Launchd::find(around);
            return (Self::Launchd(launchd), absent);
        }
        let (systemd, absent) = Systemd::find(around);
        (Self::Systemd(systemd), absent)
    }

    /// Returns its files.
    ///
    /// # Errors
    /// When a path cannot be named in one.
    pub(crate) fn files(&self, spec: &Spec) -> Result<Vec<Wanted>, Unfit> {
        match self {
            Self::Systemd(systemd) => systemd.files(spec),
            Self::Launchd(launchd) => launchd.files(spec),
        }
    }

    /// Returns what a package has brought that does the same.
    pub(crate) fn provided(&self, spec: &Spec) -> Option<PathBuf> {
        match self {
            Self::Systemd(systemd) => systemd.provided(spec),
            Self::Launchd(_) => None,
        }
    }

    /// Returns whether it looks after the daemon, now and after the next login.
    pub(crate) fn is_up(&self, spec: &Spec) -> bool {
        match self {
            Self::Systemd(systemd) => systemd.is_up(spec),
            Self::Launchd(launchd) => launchd.is_up(spec),
        }
    }

    /// Has it look after the daemon.
    ///
    /// # Errors
    /// With what it says.
    pub(crate) async fn up(&self, spec: &Spec, is_changed: bool) -> Result<(), String> {
        match self {
            Self::Systemd(systemd) => systemd.up(spec, is_changed),
            Self::Launchd(launchd) => launchd.up(spec, is_changed).await,
        }
    }

    /// Has it look after the daemon no more.
    ///
    /// # Errors
    /// With what it says.
    pub(crate) fn down(&self, spec: &Spec) -> Result<(), String> {
        match self {
            Self::Systemd(systemd) => systemd.down(spec),
            Self::Launchd(launchd) => launchd.down(spec),
        }
    }

    /// Lets it know that its files have gone.
    pub(crate) fn forget(&self, spec: &Spec) {
        if let Self::Systemd(systemd) = self {
            systemd.forget(spec);
        }
    }

    /// Removes by hand what it would remove if it could be asked.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn unlink(&self, spec: &Spec) -> io::Result<()> {
        match self {
            Self::Systemd(systemd) => systemd.unlink(spec),
            Self::Launchd(_) => Ok(()),
        }
    }

    /// Returns what a user has added to its files, beside them.
    pub(crate) fn additions(&self, spec: &Spec) -> Option<PathBuf> {
        match self {
            Self::Systemd(systemd) => systemd.additions(spec),
            Self::Launchd(_) => None,
        }
    }

    /// Returns how its own word on the daemon is read.
    pub(crate) fn log_command(&self, spec: &Spec) -> String {
        match self {
            Self::Systemd(_) => format!("journalctl --user -u {} -n 20", spec.name),
            Self::Launchd(_) => "mp daemon logs".to_owned(),
        }
    }
}
