//! The operations of `cohorts`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::Cohort;

calls! {
    /// Delete several cohorts. It destroys.
    ///
    /// * `ids`: Ids, separated by commas.
    bulk_delete_cohorts BulkDeleteCohortsCall = "cohorts.bulk-delete" -> (), nothing {
        first ids: ints = "ids";
    }

    /// Change several cohorts; each entry's definition is merged into the entry.
    ///
    /// * `entries`: Changes, as a JSON list of objects with an id.
    bulk_update_cohorts BulkUpdateCohortsCall = "cohorts.bulk-update" -> (), nothing {
        first entries: list = "entries";
    }

    /// Create a cohort; the definition's keys go to the top level of the body.
    ///
    /// * `name`: Its name.
    create_cohort CreateCohortCall = "cohorts.create" -> Cohort, answer {
        first name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Id of the data group.
        option data_group_id: text = "data_group_id";
        /// Its definition, as a JSON object.
        option definition: json = "definition";
    }

    /// Delete one cohort. It destroys.
    ///
    /// * `cohort_id`: Id of the cohort.
    delete_cohort DeleteCohortCall = "cohorts.delete" -> (), nothing {
        first cohort_id: int = "cohort_id";
    }

    /// Show one cohort.
    ///
    /// * `cohort_id`: Id of the cohort.
    get_cohort GetCohortCall = "cohorts.get" -> Cohort, answer {
        first cohort_id: int = "cohort_id";
    }

    /// List cohorts with their definitions.
    list_cohorts_full ListCohortsFullCall = "cohorts.list" -> Vec<Cohort>, answer {
        /// Only cohorts of this data group.
        option data_group_id: text = "data_group_id";
        /// Only these ids, separated by commas.
        option ids: ints = "ids";
    }

    /// Change a cohort.
    ///
    /// * `cohort_id`: Id of the cohort.
    update_cohort UpdateCohortCall = "cohorts.update" -> Cohort, answer {
        first cohort_id: int = "cohort_id";
        /// Its name.
        option name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Its definition, as a JSON object.
        option definition: json = "definition";
    }
}
