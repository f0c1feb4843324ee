//! The daemon `mpd`: it owns the config, the tokens and the resolved session of one storage root, and serves them on a Unix socket.
//!
//! Read in this order: [`boot`] (the start, as one function), [`files`] → [`config`] → [`resolve`] (state flows one way),
//! [`session`] (credentials), [`server`] (thin handlers), [`hub`] (events), [`keep`] and [`stop`] (its life).

pub mod app;
pub mod args;
pub mod boot;
pub mod bridge;
pub mod clock;
pub mod config;
pub mod failure;
pub mod fault;
pub mod files;
pub mod hub;
pub mod keep;
pub mod listen;
pub mod lock;
pub mod me;
pub mod resolve;
pub mod server;
pub mod service;
pub mod session;
pub mod stop;
pub mod telemetry;
pub mod upstream;

pub use boot::main;
