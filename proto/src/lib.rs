//! What `mpd` and its clients must agree on: data and pure functions, no I/O.
//!
//! Read in this order: [`ids`] and [`secret`] (the words), [`context`] (what a caller adds to a request), [`wire`] (the bodies),
//! [`event`], [`failure`] (what can go wrong, and the one table of statuses and exit codes),
//! [`deadline`] (how long each side waits), [`plane`], [`routes`], [`version`], [`handover`] (one daemon after the other),
//! [`location`], [`ownership`], [`surroundings`] (the network of a process), [`json`], [`mend`] (JSON that is none by a hair),
//! [`visible`] (texts of strangers, for people).

pub mod context;
pub mod deadline;
pub mod event;
pub mod failure;
pub mod handover;
pub mod holder;
pub mod ids;
pub mod json;
pub mod location;
pub mod mend;
pub mod ownership;
pub mod plane;
pub mod routes;
pub mod secret;
pub mod surroundings;
pub mod version;
pub mod visible;
pub mod wire;
