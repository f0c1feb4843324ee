//! What a row of the catalog cannot say, one file each; the first line of each says why it is code.

pub(crate) mod event_names;
pub(crate) mod event_properties;
pub(crate) mod export;
pub(crate) mod report_link;
pub(crate) mod schema_graph;
