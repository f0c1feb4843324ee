//! The daemon `mpd`: it owns the config, the tokens and the resolved session of one storage root.

pub mod config;
pub mod files;
