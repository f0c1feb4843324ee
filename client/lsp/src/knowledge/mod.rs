//! What is known of a project: asked through the daemon, kept on disk, looked up at once.

pub mod facts;
mod keep;
mod model;
mod near;
mod source;

pub use facts::Facts;
pub use keep::{Kept, Shelf};
pub use model::{Event, Kind, Knowledge, Property, State};
pub use near::nearest;
pub use source::{Owner, Source};

/// Returns the seconds since 1970.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
