//! What Mixpanel's `/me` says of an account's user, from the cache that the Python tool shares.

pub mod ask;
pub mod cache;
mod flight;
pub mod key;
mod memory;
pub mod obtain;
pub mod rows;
mod shape;

pub use obtain::obtain;
