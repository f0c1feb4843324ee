//! The rows of the catalog, one file per noun.

pub(super) mod cohorts;
pub(super) mod dashboards;
pub(super) mod export;
pub(super) mod inspect;
pub(super) mod query;
