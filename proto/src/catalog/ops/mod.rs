//! The rows of the catalog, one file per noun.

pub(super) mod dashboards;
pub(super) mod export;
