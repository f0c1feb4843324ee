//! Bodies of lines: cut into whole lines wherever the network cut them, watched, and normalised. Pure.
//!
//! Only whole lines leave here, so that whoever reads them never sees half a line, also not when the body ends too early.

mod events;
mod line;
mod normaliser;
mod profile;
mod split;
#[cfg(test)]
mod tests;

pub(crate) use events::{Events, Manners};
pub(crate) use line::{LineError, shown};
pub(crate) use normaliser::Zones;
pub(crate) use profile::{profile, raw_profile};
