//! The far side: servers that stand in for Mixpanel. No real host is ever asked.

pub mod gate;
pub mod reply;
pub mod server;
pub mod visit;
