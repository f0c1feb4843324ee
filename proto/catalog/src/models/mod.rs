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
mod results;
mod schemas;
mod webhooks;

pub(crate) use alerts::*;
pub(crate) use annotations::*;
pub(crate) use behaviors::*;
pub(crate) use cohorts::*;
pub(crate) use custom_events::*;
pub(crate) use custom_properties::*;
pub(crate) use dashboards::*;
pub(crate) use drop_filters::*;
pub(crate) use experiments::*;
pub(crate) use flags::*;
pub(crate) use lexicon::*;
pub(crate) use lookup_tables::*;
pub(crate) use metrics::*;
pub use reports::BOOKMARK;
pub(crate) use reports::*;
pub(crate) use results::*;
pub(crate) use schemas::*;
pub(crate) use webhooks::*;
