//! `.mixpanel.toml`: where it is, what it says, and how it is changed.

mod find;
mod rules;

pub use find::{NAME, find};
pub use rules::{Mistake, ROOT, Rules, WRAPPER};
