//! Bodies of the socket API, by what they are about. Fields may be added, and a reader ignores those it does not know; a meaning never
//! changes.
//!
//! Few fields hold a secret: those of [`AccountAdd`], [`AccountUpdate`], [`LoginStart`] and [`LoginCallback`] go to the daemon and never
//! come back, and those of [`TokenBody`] and [`CredentialBody`] are what their routes exist for.

mod account;
mod body;
mod bridge;
mod config;
mod lines;
mod login;
mod network;
mod secrets;
mod session;
mod status;
mod target;

pub use account::*;
pub use bridge::*;
pub use config::*;
pub use lines::*;
pub use login::*;
pub use network::*;
pub use secrets::*;
pub use session::*;
pub use status::*;
pub use target::*;
