//! The bridge: a file that carries an account, its tokens and its pins to another machine or container, version 2.
//!
//! It is a source of the session and is used in memory only; it never overwrites `tokens.json`.

mod export;
mod model;
mod parser;
mod search;
#[cfg(test)]
mod tests;

pub use export::{Pins, export};
pub use model::{Bridge, BridgeError};
pub use parser::parse;
pub use search::{BridgeCache, FoundBridge, locate};
