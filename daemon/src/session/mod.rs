//! Credentials: where each type of account keeps its own, how people log in, and how credentials are forgotten.

pub mod credential;
pub mod endpoint;
pub mod forget;
pub mod keeper;
pub mod login;
pub mod memo;
pub mod open;
pub mod registration;
pub mod store;
