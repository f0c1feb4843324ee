//! What is offered and told to somebody who writes tracking code. Pure.

pub mod complete;
pub mod hover;
pub mod place;

#[cfg(test)]
mod tests;
