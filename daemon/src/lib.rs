//! The daemon `mpd`: it owns the config, the tokens and the resolved session of one storage root, and serves them on a Unix socket.
//!
//! The modules below are storeys, from the bottom up: each knows only those above it in this list. Read in this order: [`boot`] (the
//! start, as one function), then [`files`] → [`config`] → [`store`] → [`resolve`] → [`session`] (state flows one way), [`keeper`]
//! (tokens), [`call`] and [`operation`] (Mixpanel), [`server`] (routes).

pub mod clock;
pub mod fault;
pub mod handover;
pub mod hub;
pub mod life;
pub mod listen;
pub mod lock;
pub mod meter;
pub mod notes;
pub mod telemetry;
pub mod trace;

pub mod call;
pub mod config;
pub mod credential;
pub mod endpoint;
pub mod files;
pub mod identity;
pub mod keeper;
pub mod login;
pub mod me;
pub mod memo;
pub mod mixpanel;
pub mod notify;
pub mod operation;
#[cfg(feature = "otlp")]
pub mod otlp;
pub mod resolve;
pub mod secrets;
pub mod session;
pub mod store;
pub mod vault;
pub mod verification;

pub mod args;
pub mod boot;
pub mod server;

pub use boot::main;
