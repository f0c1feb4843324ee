//! What is known of a project: asked through the daemon, kept on disk, looked up at once.

pub mod facts;
mod model;
mod near;

pub use facts::Facts;
pub use model::{Event, Kind, Knowledge, Property, State};
pub use near::nearest;
