//! What Mixpanel's `/me` says of an account's user, from the cache that the Python tool shares.

pub mod ask;
pub mod cache;
pub mod rows;
mod shape;
