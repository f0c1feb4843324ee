//! What Mixpanel's `/me` says of an account's user, from the cache that the Python tool shares.

mod cache;
mod flight;
mod key;
mod memory;
pub mod rows;
mod shape;
pub mod user;
pub mod users;
