//! Manage saved metrics.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply, Scope, Touches, Weight, Workflow};
use crate::shape::{bodies, results, saved_definitions};

const KIND: Param = Param::local("kind", Kind::OneOf(&["metric", "formula", "warehouse"]), "Kind of metric");

const WAREHOUSE_SOURCE_ID: Param = Param::local("warehouse_source_id", Kind::Int, "Id of the warehouse source");

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about").at_most(255);

const OWNER_ID: Param = Param::local("owner_id", Kind::Int, "Id of the user who owns it");

const NO_VALIDATE: Param = Param::local("no_validate", Kind::Flag, "Leave it to Mixpanel to check the definition");

const METRIC_IDS: Param = Param::local("metric_ids", Kind::Int, "Ids of metrics").positional().repeats();

const METRIC_ID: Param = Param::path("metric_id", Kind::Int, "Id of the metric");

/// The operations on metrics.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "metrics.create",
        command: &["metrics", "create"],
        summary: "Create a saved metric from a definition file",
        effect: Effect::Write,
        scope: Scope::Project,
        params: &[
            Param::body("name", Kind::Str, "Its name").required().trimmed().not_blank().at_most(255),
            Param::body("definition_file", Kind::JsonFile, "File with the definition, as JSON; - for standard input")
                .wire("definition")
                .required(),
            KIND,
            WAREHOUSE_SOURCE_ID,
            DESCRIPTION,
            OWNER_ID,
            Param::local("verified", Kind::Flag, "Whether it is verified"),
            NO_VALIDATE,
        ],
        call: Call::post(Plane::App, "metrics").arrange(saved_definitions::metric).by(Workflow::SavedMetric),
        reply: Reply::ONE.of(&models::SAVED_METRIC).reshape(saved_definitions::only),
        ..Operation::APP
    },
    Operation {
        id: "metrics.delete",
        command: &["metrics", "delete"],
        summary: "Delete saved metrics that the account may edit",
        effect: Effect::Destroy,
        scope: Scope::Project,
        params: &[METRIC_IDS, Param::local("force", Kind::Flag, "Also those that the account may not edit")],
        call: Call::delete(Plane::App, "metrics").arrange(saved_definitions::ids).by(Workflow::CheckedDelete),
        reply: Reply::EMPTY.done("Deleted metrics {metric_ids}"),
        touches: Some(Touches { argument: "metric_ids", list: "metrics.list", only: None, id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "metrics.get",
        command: &["metrics", "get"],
        summary: "Show one saved metric",
        scope: Scope::Project,
        params: &[METRIC_ID],
        call: Call::get(Plane::App, "metrics/{metric_id}"),
        reply: Reply::ONE.of(&models::SAVED_METRIC).reshape(saved_definitions::only),
        ..Operation::APP
    },
    Operation {
        id: "metrics.list",
        command: &["metrics", "list"],
        summary: "List saved metrics; all filters are applied by the client",
        scope: Scope::Project,
        params: &[
            Param::local("type", Kind::Str, "Only metrics of this type"),
            Param::local("verified", Kind::Toggle, "Only those that are verified, or are not"),
            Param::local("name_contains", Kind::Str, "Only with this in their name, in any case"),
            Param::local("viewable_only", Kind::Flag, "Only those the account may see"),
        ],
        call: Call::get(Plane::App, "metrics"),
        reply: Reply::LIST.of(&models::SAVED_METRIC).reshape(saved_definitions::list),
        ..Operation::APP
    },
    Operation {
        id: "metrics.query",
        command: &["metrics", "query"],
        summary: "Run a saved metric",
        scope: Scope::Project,
        params: &[
            Param::local("metric_id", Kind::Int, "Id of the metric").positional(),
            Param::local("from", Kind::Date, "First day, YYYY-MM-DD"),
            Param::local("to", Kind::Date, "Last day, YYYY-MM-DD"),
            Param::local("last", Kind::Int, "Days up to today").default("30"),
            Param::local("unit", Kind::OneOf(&["hour", "day", "week", "month", "quarter"]), "Unit of time")
                .short('u')
                .default("day"),
            Param::local("group_by", Kind::Str, "Property to group by"),
        ],
        call: Call::post(Plane::Query, "insights")
            .fixed_body(&[("queryLimits.limit", "3000")])
            .ids_of_workspace()
            .check(saved_definitions::range)
            .by(Workflow::MetricQuery),
        reply: Reply::ONE.described(&models::QUERY_RESULT).bare().rows(results::rows),
        ..Operation::APP
    },
    Operation {
        id: "metrics.update",
        command: &["metrics", "update"],
        summary: "Change a saved metric",
        effect: Effect::Write,
        scope: Scope::Project,
        params: &[
            METRIC_ID,
            Param::body("name", Kind::Str, "Its name").trimmed().not_blank().at_most(255),
            DESCRIPTION,
            Param::body("definition_file", Kind::JsonFile, "File with the definition, as JSON; - for standard input")
                .wire("definition"),
            KIND,
            WAREHOUSE_SOURCE_ID,
            OWNER_ID,
            Param::body("verified", Kind::Toggle, "Whether it is verified"),
            NO_VALIDATE,
        ],
        call: Call::patch(Plane::App, "metrics/{metric_id}")
            .arrange(saved_definitions::changed_metric)
            .by(Workflow::SavedMetric),
        reply: Reply::ONE.of(&models::SAVED_METRIC).reshape(saved_definitions::only),
        ..Operation::APP
    },
    Operation {
        id: "metrics.verify",
        command: &["metrics", "verify"],
        summary: "Set or clear the verified mark of several metrics",
        effect: Effect::Write,
        weight: Weight::settled("a mark that can be set again"),
        scope: Scope::Project,
        params: &[
            METRIC_IDS.through(bodies::all_positive),
            Param::local("unverify", Kind::Flag, "Clear the mark instead"),
        ],
        call: Call::patch(Plane::App, "metrics").arrange(saved_definitions::verify),
        reply: Reply::LIST.of(&models::SAVED_METRIC).reshape(saved_definitions::verified),
        ..Operation::APP
    },
];
