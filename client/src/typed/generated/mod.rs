//! The operations, and the objects of their answers.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.


#[rustfmt::skip]
mod alerts;
#[rustfmt::skip]
mod annotations;
#[rustfmt::skip]
mod ask;
#[rustfmt::skip]
mod behaviors;
#[rustfmt::skip]
mod business_context;
#[rustfmt::skip]
mod cohorts;
#[rustfmt::skip]
mod custom_events;
#[rustfmt::skip]
mod custom_properties;
#[rustfmt::skip]
mod dashboards;
#[rustfmt::skip]
mod drop_filters;
#[rustfmt::skip]
mod experiments;
#[rustfmt::skip]
mod export;
#[rustfmt::skip]
mod flags;
#[rustfmt::skip]
mod inspect;
#[rustfmt::skip]
mod lexicon;
#[rustfmt::skip]
mod lookup_tables;
#[rustfmt::skip]
mod metrics;
#[rustfmt::skip]
mod models;
#[rustfmt::skip]
mod query;
#[rustfmt::skip]
mod replays;
#[rustfmt::skip]
mod reports;
#[rustfmt::skip]
mod schemas;
#[rustfmt::skip]
mod webhooks;

pub use alerts::*;
pub use annotations::*;
pub use ask::*;
pub use behaviors::*;
pub use business_context::*;
pub use cohorts::*;
pub use custom_events::*;
pub use custom_properties::*;
pub use dashboards::*;
pub use drop_filters::*;
pub use experiments::*;
pub use export::*;
pub use flags::*;
pub use inspect::*;
pub use lexicon::*;
pub use lookup_tables::*;
pub use metrics::*;
pub use models::*;
pub use query::*;
pub use replays::*;
pub use reports::*;
pub use schemas::*;
pub use webhooks::*;
