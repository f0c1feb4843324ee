//! Files that hold credentials: where they are, how they are read safely, replaced atomically and watched.
//!
//! What others do on the disk beside this is small: the lock, the socket, the log, and removing what an account left behind.

pub mod cache;
pub(crate) mod ledger;
pub mod link;
pub(crate) mod looks;
pub mod paths;
pub(crate) mod pause;
pub mod read;
pub mod replace;
mod walk;
pub mod watch;
pub mod witness;
