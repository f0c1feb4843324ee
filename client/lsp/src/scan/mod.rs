//! Source code as tokens, in whatever state somebody has left it while typing.

pub mod language;
pub(crate) mod lexer;
pub(crate) mod token;

pub use language::Language;
pub(crate) use lexer::tokens;
pub(crate) use token::{COMPUTED, Kind, Tokens};
