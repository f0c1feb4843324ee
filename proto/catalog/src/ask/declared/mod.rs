//! The declarations: every argument and every key of an object, with its JSON type, its words, and what it is when it is left out.
//! The checks and the schema come from these tables alone.

pub(in crate::ask) mod cohorts;
pub(in crate::ask) mod families;
pub(in crate::ask) mod filters;
pub(in crate::ask) mod metrics;
pub(in crate::ask) mod properties;
pub mod words;
