//! The bridge: a file that carries an account, its tokens and its pins to another machine or container, version 2.
//!
//! It is a source of the session. Whose word it takes to use one is decided in [`search`]; what its account is told or granted stays in
//! memory or goes back to the file itself, and never into the files of an account of the config.

pub mod allowed;
mod export;
mod model;
mod parser;
mod search;
#[cfg(test)]
mod tests;

pub use export::{Pins, export, with_tokens};
pub use model::{Bridge, BridgeError};
pub use parser::{looks_like_one, parse};
pub use search::{BridgeCache, FoundBridge, IN_CWD, locate};
