//! Mixpanel's objects, as its App API has them: those of each group of operations in a file, sorted by name.

mod alerts;
mod annotations;
mod behaviors;
mod cohorts;
mod custom_events;
mod custom_properties;
mod dashboards;
mod drop_filters;
mod experiments;
mod flags;
mod lexicon;
mod lookup_tables;
mod metrics;
mod reports;
mod schemas;
mod webhooks;

pub(in crate::catalog) use alerts::*;
pub(in crate::catalog) use annotations::*;
pub(in crate::catalog) use behaviors::*;
pub(in crate::catalog) use cohorts::*;
pub(in crate::catalog) use custom_events::*;
pub(in crate::catalog) use custom_properties::*;
pub(in crate::catalog) use dashboards::*;
pub(in crate::catalog) use drop_filters::*;
pub(in crate::catalog) use experiments::*;
pub(in crate::catalog) use flags::*;
pub(in crate::catalog) use lexicon::*;
pub(in crate::catalog) use lookup_tables::*;
pub(in crate::catalog) use metrics::*;
pub use reports::BOOKMARK;
pub(in crate::catalog) use reports::*;
pub(in crate::catalog) use schemas::*;
pub(in crate::catalog) use webhooks::*;
