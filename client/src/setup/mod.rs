//! What a user has of an installation that no package can bring: completions, manual pages and the unit of the daemon, below the home.
//!
//! Each file tells that it was written here (`files`), so that it is updated and removed as long as nobody else has a hand in it.

mod around;
mod files;
mod lasting;
mod launchd;
mod manager;
mod manual;
mod shells;
mod step;
mod systemd;
mod unit;

pub(crate) use around::Around;
pub(crate) use files::{Found, Wanted, remove_folders};
pub(crate) use lasting::lasting;
pub(crate) use manager::Manager;
pub(crate) use manual::Manual;
pub(crate) use shells::{SHELLS, Shell};
pub(crate) use step::{Part, State, Step};
pub(crate) use unit::{NAME, Spec};
