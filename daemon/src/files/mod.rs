//! All disk access. The rest of the daemon takes bytes and values.

pub mod cache;
pub mod paths;
pub(crate) mod pause;
pub mod read;
pub mod replace;
mod walk;
pub mod watch;
