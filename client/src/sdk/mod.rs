//! The Rust API. What it offers is listed at the root of the crate; the modules here are in the order in which they build on each
//! other.

mod builder;
mod client;

mod accounts;
mod bytes;
mod events;
mod logins;
mod operations;
mod pass;
mod session;
mod targets;
mod workspace;

pub use accounts::{Accounts, NewAccount};
pub use builder::ClientBuilder;
pub use bytes::{ByteStream, Lines};
pub use client::Client;
pub use events::{Events, Happened, Numbered};
pub use logins::{Login, Logins};
pub use operations::Operations;
pub use pass::{ApiCall, Response};
pub use session::Sessions;
pub use targets::Targets;
pub use workspace::{Switch, Workspace};
