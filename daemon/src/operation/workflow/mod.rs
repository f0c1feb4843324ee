//! What a row of the catalog cannot say, one file each; the first line of each says why it is code.

pub(crate) mod ask;
pub(crate) mod business_context;
pub(crate) mod checked_delete;
pub(crate) mod custom_event;
pub(crate) mod event_names;
pub(crate) mod event_properties;
pub(crate) mod export;
pub(crate) mod lookup_table_upload;
pub(crate) mod metric_query;
pub(crate) mod recording;
pub(crate) mod report_create;
pub(crate) mod report_link;
pub(crate) mod report_resolve;
pub(crate) mod report_store;
pub(crate) mod saved_behavior;
pub(crate) mod saved_metric;
pub(crate) mod schema_graph;
