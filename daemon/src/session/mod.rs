//! Credentials: where each type of account keeps its own, and how they are forgotten.

pub mod credential;
pub mod forget;
pub mod memo;
pub mod store;
