//! A hermetic home for the tests, the demo and the benchmark: the real programs run in it with nothing else from outside.
//!
//! Read in this order: [`home`] (the guard, its files, `mp` and `mpd` in it), [`wire`] (a blocking HTTP client for the daemon's
//! socket), [`wait`] (polling with a deadline), [`upstream`] (the fake of what is far away), [`gateway`] (a proxy, and what
//! can be reached through it).
//!
//! It must not know the daemon or the client: what it asserts is what any user of the programs could see.

pub mod answers;
mod daemon;
pub mod gateway;
mod guardian;
pub mod home;
pub mod keyring;
pub mod process;
pub mod program;
pub mod upstream;
pub mod wait;
pub mod wire;
