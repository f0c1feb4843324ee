//! The language of `--where`: `plan = "pro" and age > 30`. A text becomes tests ([`parse`]), a test becomes a filter of a query, as text
//! and as JSON ([`model`]). Pure: it asks nobody whether there is such a property.
//!
//! ```text
//! chain    = unit {"and" unit} | unit {"or" unit}          an `or` only where it folds into a list of values
//! unit     = "(" chain ")" | test
//! test     = name operator operand | name ("any" | "all") "(" chain ")" | ["not"] "in cohort" number | "did" event [comparison number]
//! name     = word | quoted | "user." (word | quoted) | "custom(" number ")"
//! ```
//!
//! The operators and what they take are one table, `model::OPERATORS`.

mod cursor;
mod grammar;
mod mistake;
mod model;
mod operand;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use grammar::parse;
pub(crate) use model::Test;
