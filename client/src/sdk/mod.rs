//! The Rust API. What it offers is listed at the root of the crate; the modules here are in the order in which they build on each
//! other: the way to the daemon, whom a call is for, what can be asked, and the client from which it is reached.

pub(crate) mod names;

mod bytes;
mod choice;
mod link;
mod scope;

mod accounts;
mod api_call;
mod events;
mod logins;
mod operations;
mod sessions;
mod targets;

mod builder;
mod client;
mod workspace;

pub use accounts::{Accounts, NewAccount};
pub use api_call::{ApiCall, Response};
pub use builder::ClientBuilder;
pub use bytes::{ByteStream, Lines};
pub use choice::Switch;
pub use client::Client;
pub use events::{Events, Happened, Numbered};
pub use logins::{Login, Logins};
pub use operations::Operations;
pub use sessions::Sessions;
pub use targets::Targets;
pub use workspace::Workspace;
