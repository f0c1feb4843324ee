//! Manage dashboards.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Touches, Weight};
use crate::shape::{dashboards, effects, pages};

const DASHBOARD_ID: Param = Param::path("dashboard_id", Kind::Int, "Id of the dashboard");

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about");

const PRIVATE: Param = Param::body("private", Kind::Toggle, "Whether only you see it").wire("is_private");

const RESTRICTED: Param = Param::body("restricted", Kind::Toggle, "Whether only you change it").wire("is_restricted");

/// The operations on dashboards.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "dashboards.add-report",
        command: &["dashboards", "add-report"],
        summary: "Put a copy of a saved report on a dashboard",
        effect: Effect::Write,
        params: &[
            DASHBOARD_ID,
            Param::body("bookmark_id", Kind::Int, "Id of the report")
                .wire("content.content_params.source_bookmark_id")
                .positional(),
        ],
        call: Call::patch(Plane::App, "dashboards/{dashboard_id}")
            .fixed_body(&[("content.action", "\"create\""), ("content.content_type", "\"report\"")]),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.blueprint-cohorts",
        command: &["dashboards", "blueprint-cohorts"],
        summary: "Set the cohorts that dashboards made from templates use",
        effect: Effect::Write,
        weight: Weight::settled("which cohorts are used can be set again"),
        params: &[Param::body("cohorts", Kind::Json(Of::Objects), "The cohorts, as a JSON list of objects").required()],
        call: Call::put(Plane::App, "dashboards/blueprints/cohorts"),
        reply: Reply::EMPTY.done("Set the cohorts of templates"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.blueprint-config",
        command: &["dashboards", "blueprint-config"],
        summary: "Show the variables of a dashboard that was made from a template",
        params: &[DASHBOARD_ID],
        call: Call::get(Plane::App, "dashboards/{dashboard_id}/blueprint-config"),
        reply: Reply::ONE.described(&models::BLUEPRINT_CONFIG),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.blueprint-create",
        command: &["dashboards", "blueprint-create"],
        summary: "Create a dashboard from a template",
        effect: Effect::Write,
        params: &[Param::body("template_type", Kind::Str, "Name of the template").positional()],
        call: Call::post(Plane::App, "dashboards/blueprints"),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.blueprint-finalize",
        command: &["dashboards", "blueprint-finalize"],
        summary: "Fill a dashboard that was made from a template with cards",
        effect: Effect::Write,
        params: &[
            Param::body("dashboard_id", Kind::Int, "Id of the dashboard").positional(),
            Param::body("cards", Kind::Json(Of::List(&models::BLUEPRINT_CARD)), "The cards, as a JSON list of objects")
                .required(),
        ],
        call: Call::post(Plane::App, "dashboards/blueprints/finish"),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.blueprints",
        command: &["dashboards", "blueprints"],
        summary: "List dashboard templates",
        params: &[Param::query("include_reports", Kind::Flag, "With their reports")],
        call: Call::get(Plane::App, "dashboards/blueprints-all"),
        reply: Reply::LIST.of(&models::BLUEPRINT_TEMPLATE).reshape(dashboards::templates),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.bulk-delete",
        command: &["dashboards", "bulk-delete"],
        summary: "Delete several dashboards in one call",
        effect: Effect::Destroy,
        params: &[Param::body("ids", Kind::Ints, "Ids, separated by commas").wire("dashboard_ids").required().strict()],
        call: Call::post(Plane::App, "dashboards/bulk-delete"),
        reply: Reply::EMPTY.done("Deleted dashboards {ids}"),
        touches: Some(Touches { argument: "ids", list: "dashboards.list", only: Some("ids"), id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.create",
        command: &["dashboards", "create"],
        summary: "Create a dashboard, optionally as a copy of another one",
        effect: Effect::Write,
        params: &[
            Param::body("title", Kind::Str, "Its title").required(),
            DESCRIPTION,
            PRIVATE,
            RESTRICTED,
            Param::body("duplicate", Kind::Int, "Id of the dashboard to copy"),
        ],
        call: Call::post(Plane::App, "dashboards"),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.delete",
        command: &["dashboards", "delete"],
        summary: "Delete one dashboard",
        effect: Effect::Destroy,
        params: &[DASHBOARD_ID],
        call: Call::delete(Plane::App, "dashboards/{dashboard_id}"),
        reply: Reply::EMPTY.done("Deleted dashboard {dashboard_id}"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.erf",
        command: &["dashboards", "erf"],
        summary: "Show the experiment-review metrics of a dashboard",
        params: &[DASHBOARD_ID],
        call: Call::get(Plane::App, "dashboards/{dashboard_id}/erf"),
        reply: Reply::ANY.rows(pages::metrics),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.favorite",
        command: &["dashboards", "favorite"],
        summary: "Mark a dashboard as favorite",
        effect: Effect::Write,
        params: &[DASHBOARD_ID],
        call: Call::post(Plane::App, "dashboards/{dashboard_id}/favorites"),
        reply: Reply::EMPTY.done("Dashboard {dashboard_id} is a favorite"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.get",
        command: &["dashboards", "get"],
        summary: "Show one dashboard",
        params: &[DASHBOARD_ID],
        call: Call::get(Plane::App, "dashboards/{dashboard_id}"),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.list",
        command: &["dashboards", "list"],
        summary: "List the dashboards of the project or pinned workspace",
        params: &[Param::query("ids", Kind::Ints, "Only these ids, separated by commas").strict()],
        call: Call::get(Plane::App, "dashboards"),
        reply: Reply::LIST.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.pin",
        command: &["dashboards", "pin"],
        summary: "Pin a dashboard",
        effect: Effect::Write,
        params: &[DASHBOARD_ID],
        call: Call::post(Plane::App, "dashboards/{dashboard_id}/pin"),
        reply: Reply::EMPTY.done("Pinned dashboard {dashboard_id}"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.rca",
        command: &["dashboards", "rca"],
        summary: "Create a root-cause-analysis dashboard",
        effect: Effect::Write,
        params: &[
            Param::body("source_id", Kind::Int, "Id of what to explain").wire("rca_source_id").required(),
            Param::body(
                "source_data",
                Kind::Json(Of::One(&models::RCA_SOURCE_DATA)),
                "What to explain, as a JSON object",
            )
            .wire("rca_source_data")
            .required(),
        ],
        call: Call::post(Plane::App, "dashboards/rca"),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.remove-report",
        command: &["dashboards", "remove-report"],
        summary: "Take a report off a dashboard",
        effect: Effect::Destroy,
        weight: Weight::settled("a dashboard has a copy of its own of a report, which goes with it"),
        params: &[
            DASHBOARD_ID,
            Param::body("bookmark_id", Kind::Int, "Id of the report").wire("content.content_id").positional(),
        ],
        call: Call::patch(Plane::App, "dashboards/{dashboard_id}")
            .fixed_body(&[("content.action", "\"delete\""), ("content.content_type", "\"report\"")]),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.unfavorite",
        command: &["dashboards", "unfavorite"],
        summary: "Remove the favorite mark",
        effect: Effect::Write,
        weight: Weight::settled("a mark that can be set again"),
        params: &[DASHBOARD_ID],
        call: Call::delete(Plane::App, "dashboards/{dashboard_id}/favorites"),
        reply: Reply::EMPTY.done("Dashboard {dashboard_id} is no favorite any more"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.unpin",
        command: &["dashboards", "unpin"],
        summary: "Unpin a dashboard",
        effect: Effect::Write,
        weight: Weight::settled("a mark that can be set again"),
        params: &[DASHBOARD_ID],
        call: Call::delete(Plane::App, "dashboards/{dashboard_id}/pin"),
        reply: Reply::EMPTY.done("Unpinned dashboard {dashboard_id}"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.update",
        command: &["dashboards", "update"],
        summary: "Change fields of a dashboard",
        effect: Effect::Write,
        params: &[DASHBOARD_ID, Param::body("title", Kind::Str, "Its title"), DESCRIPTION, PRIVATE, RESTRICTED],
        call: Call::patch(Plane::App, "dashboards/{dashboard_id}"),
        reply: Reply::ONE.of(&models::DASHBOARD),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.update-report-link",
        command: &["dashboards", "update-report-link"],
        summary: "Change the link type of a report on a dashboard",
        effect: Effect::Write,
        params: &[
            DASHBOARD_ID,
            Param::path("report_link_id", Kind::Int, "Id of the link"),
            Param::body("type", Kind::Str, "Type of the link").required(),
        ],
        call: Call::patch(Plane::App, "dashboards/{dashboard_id}/report-links/{report_link_id}"),
        reply: Reply::EMPTY.done("Changed link {report_link_id} of dashboard {dashboard_id}"),
        ..Operation::APP
    },
    Operation {
        id: "dashboards.update-text-card",
        command: &["dashboards", "update-text-card"],
        summary: "Change the text of a card on a dashboard",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::leaves_no_markdown, "an empty text clears the card"),
        params: &[
            DASHBOARD_ID,
            Param::path("text_card_id", Kind::Int, "Id of the card"),
            Param::body("markdown", Kind::Str, "Its text, as Markdown"),
        ],
        call: Call::patch(Plane::App, "dashboards/{dashboard_id}/text-cards/{text_card_id}"),
        reply: Reply::EMPTY.done("Changed card {text_card_id} of dashboard {dashboard_id}"),
        ..Operation::APP
    },
];
