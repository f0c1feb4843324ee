//! `.mixpanel.toml`: where it is, what it says, and how it is changed.

pub mod edit;
mod find;
mod rules;

pub use find::{NAME, find, find_with, read};
pub use rules::{Mistake, ROOT, Rules, WRAPPER};
