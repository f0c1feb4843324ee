//! The rows of the catalog, one file per noun.

pub(super) mod alerts;
pub(super) mod annotations;
pub(super) mod ask;
pub(super) mod behaviors;
pub(super) mod business_context;
pub(super) mod cohorts;
pub(super) mod custom_events;
pub(super) mod custom_properties;
pub(super) mod dashboards;
pub(super) mod drop_filters;
pub(super) mod experiments;
pub(super) mod export;
pub(super) mod flags;
pub(super) mod inspect;
pub(super) mod lexicon;
pub(super) mod lookup_tables;
pub(super) mod metrics;
pub(super) mod query;
pub(super) mod replays;
pub(super) mod reports;
pub(super) mod schemas;
pub(super) mod webhooks;
