//! The operations of `metrics`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{QueryResult, SavedMetric};

calls! {
    /// Create a saved metric from a definition file.
    ///
    /// * `definition`: File with the definition, as JSON; - for standard input.
    /// * `name`: Its name.
    create_metric CreateMetricCall = "metrics.create" -> SavedMetric, answer {
        first definition: json = "definition_file";
        first name: text = "name";
        /// Id of the user who owns it.
        option owned_by: int = "owner_id";
        /// Kind of metric: `metric`, `formula`, `warehouse`.
        option kind: text = "kind";
        /// Id of the warehouse source.
        option warehouse_source_id: int = "warehouse_source_id";
        /// What it is about.
        option description: text = "description";
        /// Whether it is verified.
        option verified: flag = "verified";
        /// Leave it to Mixpanel to check the definition.
        option no_validate: flag = "no_validate";
    }

    /// Delete saved metrics that the account may edit. It destroys.
    ///
    /// * `metric_ids`: Ids of metrics.
    delete_metrics DeleteMetricsCall = "metrics.delete" -> (), nothing {
        first metric_ids: ints = "metric_ids";
        /// Also those that the account may not edit.
        option force: flag = "force";
    }

    /// Delete saved metrics that the account may edit. It destroys.
    ///
    /// * `metric_id`: Ids of metrics.
    delete_metric DeleteMetricCall = "metrics.delete" -> (), nothing {
        first metric_id: entry int = "metric_ids";
        /// Also those that the account may not edit.
        option force: flag = "force";
    }

    /// Show one saved metric.
    ///
    /// * `metric_id`: Id of the metric.
    get_metric GetMetricCall = "metrics.get" -> SavedMetric, answer {
        first metric_id: int = "metric_id";
    }

    /// List saved metrics; all filters are applied by the client.
    list_metrics ListMetricsCall = "metrics.list" -> Vec<SavedMetric>, answer {
        /// Only metrics of this type.
        option metric_type: text = "type";
        /// Only those that are verified, or are not.
        option verified: flag = "verified";
        /// Only with this in their name, in any case.
        option name_contains: text = "name_contains";
        /// Only those the account may see.
        option viewable_only: flag = "viewable_only";
    }

    /// Run a saved metric.
    ///
    /// * `metric_id`: Id of the metric.
    query_metric QueryMetricCall = "metrics.query" -> QueryResult, answer {
        first metric_id: int = "metric_id";
        /// First day, YYYY-MM-DD.
        option from_date: text = "from";
        /// Last day, YYYY-MM-DD.
        option to_date: text = "to";
        /// Days up to today; else 30.
        option last: int = "last";
        /// Unit of time; else day: `hour`, `day`, `week`, `month`, `quarter`.
        option unit: text = "unit";
        /// Property to group by.
        option group_by: text = "group_by";
    }

    /// Change a saved metric.
    ///
    /// * `metric_id`: Id of the metric.
    update_metric UpdateMetricCall = "metrics.update" -> SavedMetric, answer {
        first metric_id: int = "metric_id";
        /// File with the definition, as JSON; - for standard input.
        option definition: json = "definition_file";
        /// Id of the user who owns it.
        option owned_by: int = "owner_id";
        /// Its name.
        option name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Kind of metric: `metric`, `formula`, `warehouse`.
        option kind: text = "kind";
        /// Id of the warehouse source.
        option warehouse_source_id: int = "warehouse_source_id";
        /// Whether it is verified.
        option verified: flag = "verified";
        /// Leave it to Mixpanel to check the definition.
        option no_validate: flag = "no_validate";
    }

    /// Set or clear the verified mark of several metrics.
    ///
    /// * `metric_ids`: Ids of metrics.
    verify_metrics VerifyMetricsCall = "metrics.verify" -> Vec<SavedMetric>, answer {
        first metric_ids: ints = "metric_ids";
        /// Clear the mark instead.
        option unverify: flag = "unverify";
    }
}
