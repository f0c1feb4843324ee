//! The config file: its text, what it means, what is wrong with it, and how it is changed.
//!
//! Everything here is pure: no file is opened. [`parser`] turns a text into a [`Config`] and never fails, [`snapshot`] is a config as
//! it was read at one moment, and [`edit`] turns a text and a change into a text.

pub mod account;
pub mod edit;
pub(crate) mod fields;
mod filling;
pub mod header;
pub mod kept;
pub mod legacy;
pub mod limits;
pub mod model;
pub mod network;
pub mod notify;
pub mod output;
pub mod parser;
pub mod problem;
pub mod snapshot;
pub mod steps;
pub mod telemetry;
mod value;

pub use account::{Account, Credential, TokenSource};
pub use kept::Kept;
pub use limits::Limits;
pub use model::{Active, Config, CustomHeader, Lookup, Target};
pub use network::NetworkSettings;
pub use notify::NotifySettings;
pub use output::OutputSettings;
pub use problem::{ConfigProblem, Located, Scope};
pub use telemetry::TelemetrySettings;
