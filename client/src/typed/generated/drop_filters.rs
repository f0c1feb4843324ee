//! The operations of `drop-filters`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, sent, taken};
use crate::typed::generated::models::{DropFilter, DropFilterLimitsResponse};

calls! {
    /// Create a drop filter; the whole list comes back. It destroys.
    ///
    /// * `event_name`: Name of the event.
    /// * `filters`: Which events, as JSON.
    create_drop_filter CreateDropFilterCall = "drop-filters.create" -> Vec<DropFilter>, answer {
        first event_name: text = "event_name";
        first filters: json = "filters";
    }

    /// Delete a drop filter; the remaining list comes back. It destroys.
    ///
    /// * `drop_filter_id`: Id of the drop filter.
    delete_drop_filter DeleteDropFilterCall = "drop-filters.delete" -> Vec<DropFilter>, answer {
        first drop_filter_id: int = "id";
    }

    /// Show the drop filter quota.
    get_drop_filter_limits GetDropFilterLimitsCall = "drop-filters.limits" -> DropFilterLimitsResponse, answer {
    }

    /// List drop filters.
    list_drop_filters ListDropFiltersCall = "drop-filters.list" -> Vec<DropFilter>, answer {
    }

    /// Change a drop filter; the whole list comes back. It may destroy: a filter that is not switched off drops events, which cannot be
    /// had back.
    ///
    /// * `id`: Id of the drop filter.
    update_drop_filter UpdateDropFilterCall = "drop-filters.update" -> Vec<DropFilter>, answer {
        first id: int = "id";
        /// Name of the event.
        option event_name: text = "event_name";
        /// Which events, as JSON.
        option filters: json = "filters";
        /// Whether it is active.
        option active: flag = "active";
    }
}
