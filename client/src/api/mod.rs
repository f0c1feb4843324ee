//! Asking the daemon: [`Connection`] sends requests and reads answers, and does on the way what a caller should not have to think of:
//! starting a daemon, connecting again, bringing the variables that the daemon asks for, replacing an older daemon.

mod answer;
mod connection;
mod options;
pub(crate) mod waits;

pub use answer::Answer;
pub(crate) use answer::{tallied, trailed};
pub(crate) use connection::{Connection, Streamed, written};
pub(crate) use options::{Exchange, Options, Told};

/// The version of this build.
pub(crate) const VERSION: &str = mp_proto::version::BUILD;
