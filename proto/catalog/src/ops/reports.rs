//! Manage saved reports.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Audience, Call, Effect, Kind, Of, Operation, Param, Reply, Scope, Touches, Weight, Workflow};
use crate::shape::{bodies, discovery, pages, results};

/// Kinds of saved reports.
const TYPES: Kind = Kind::OneOf(&["insights", "funnels", "retention", "flows", "launch-analysis"]);

/// Kinds of reports that can be saved.
const NEW_TYPES: Kind = Kind::OneOf(&["insights", "funnels", "retention", "flows", "user"]);

/// Kinds of reports that a link can open without their being saved.
const LINK_TYPES: Kind = Kind::OneOf(&["insights", "funnels", "retention", "flows"]);

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about").short('d');

const BOOKMARK_ID: Param = Param::path("bookmark_id", Kind::Int, "Id of the report");

const NAME: Param = Param::body("name", Kind::Str, "Its name").short('n');

/// The operations on reports.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "reports.bulk-delete",
        command: &["reports", "bulk-delete"],
        summary: "Delete several saved reports",
        effect: Effect::Destroy,
        params: &[Param::body("ids", Kind::Ints, "Ids, separated by commas").wire("bookmark_ids").required().strict()],
        call: Call::post(Plane::App, "bookmarks/bulk-delete"),
        reply: Reply::EMPTY.done("Deleted reports {ids}"),
        touches: Some(Touches { argument: "ids", list: "reports.list", only: Some("ids"), id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "reports.bulk-update",
        command: &["reports", "bulk-update"],
        summary: "Change several saved reports in one call",
        effect: Effect::Write,
        weight: Weight::settled("each entry names its report, and the history of a report keeps what it was"),
        params: &[Param::body(
            "entries",
            Kind::Json(Of::List(&models::BULK_UPDATE_BOOKMARK_ENTRY)),
            "Changes, as a JSON list of objects with an id",
        )
        .wire("bookmarks")
        .required()
        .short('e')],
        call: Call::post(Plane::App, "bookmarks/bulk-update"),
        reply: Reply::EMPTY.done("Changed the reports"),
        ..Operation::APP
    },
    Operation {
        id: "reports.create",
        command: &["reports", "create"],
        summary: "Save a report and attach it to a dashboard",
        effect: Effect::Write,
        params: &[
            Param::body("name", Kind::Str, "Its name").required().short('n'),
            Param::body("type", NEW_TYPES, "Type of the report").required().short('t'),
            Param::body("params", Kind::Json(Of::Object), "Its parameters, as a JSON object").required().short('p'),
            DESCRIPTION,
            Param::body("dashboard_id", Kind::Int, "Id of the dashboard").required(),
        ],
        call: Call::post(Plane::App, "bookmarks")
            .fixed_body(&[("v", "2")])
            .by(Workflow::ReportCreate)
            .arrange(bodies::report),
        reply: Reply::ONE.of(&models::BOOKMARK),
        ..Operation::APP
    },
    Operation {
        id: "reports.dashboard-ids",
        command: &["reports", "dashboard-ids"],
        summary: "List ids of dashboards that contain a report",
        params: &[BOOKMARK_ID],
        call: Call::get(Plane::App, "dashboards/bookmarks/{bookmark_id}/dashboard-ids"),
        reply: Reply::VALUES,
        ..Operation::APP
    },
    Operation {
        id: "reports.delete",
        command: &["reports", "delete"],
        summary: "Delete one saved report",
        effect: Effect::Destroy,
        params: &[BOOKMARK_ID],
        call: Call::delete(Plane::App, "bookmarks/{bookmark_id}"),
        reply: Reply::EMPTY.done("Deleted report {bookmark_id}"),
        ..Operation::APP
    },
    Operation {
        id: "reports.get",
        command: &["reports", "get"],
        summary: "Show one saved report",
        params: &[BOOKMARK_ID],
        call: Call::get(Plane::App, "bookmarks/{bookmark_id}").fixed(&[("v", "2")]),
        reply: Reply::ONE.of(&models::BOOKMARK),
        ..Operation::APP
    },
    Operation {
        id: "reports.history",
        command: &["reports", "history"],
        summary: "Show one page of the change history of a report",
        params: &[
            BOOKMARK_ID,
            Param::query("cursor", Kind::Str, "Where the page begins, from the page before").unless_empty(),
            Param::query("page_size", Kind::Int, "Entries of a page"),
        ],
        call: Call::get(Plane::App, "bookmarks/{bookmark_id}/history"),
        reply: Reply::ONE.of(&models::BOOKMARK_HISTORY_RESPONSE).reshape(pages::history).rows(pages::entries_of),
        ..Operation::APP
    },
    Operation {
        id: "reports.link",
        command: &["reports", "link"],
        summary: "Store report params under a new slug and print a URL that opens them",
        effect: Effect::Write,
        scope: Scope::Project,
        params: &[
            Param::local("source", Kind::OneOf(&["-"]), "Read the parameters from standard input")
                .positional()
                .optional(),
            Param::local("params", Kind::Json(Of::Object), "Its parameters, as a JSON object"),
            Param::local("params_file", Kind::JsonFile, "File with the parameters, as JSON").or_stdin(&["params"]),
            Param::body("type", LINK_TYPES, "Type of the report").short('t').default("insights"),
            NAME,
            DESCRIPTION,
            Param::local("workspace_id", Kind::Int, "Workspace of the link").through(bodies::positive),
            Param::body("bookmark_id", Kind::Int, "Id of the saved report it comes from"),
            Param::local("no_validate", Kind::Flag, "Leave it to Mixpanel to check the parameters"),
        ],
        call: Call::post(Plane::App, "bookmark-urls/").by(Workflow::ReportStore).arrange(bodies::report),
        reply: Reply::ONE.described(&models::REPORT_LINK).audience(Audience {
            text: "url",
            data: None,
            is_usual: false,
            file: None,
        }),
        ..Operation::APP
    },
    Operation {
        id: "reports.linked-dashboards",
        command: &["reports", "linked-dashboards"],
        summary: "List ids of dashboards that a report links to",
        params: &[BOOKMARK_ID],
        call: Call::get(Plane::App, "bookmarks/{bookmark_id}/linked-dashboard-ids"),
        reply: Reply::VALUES,
        ..Operation::APP
    },
    Operation {
        id: "reports.list",
        command: &["reports", "list"],
        summary: "List saved reports",
        params: &[
            Param::query("type", TYPES, "Only reports of this type").short('t'),
            Param::query("ids", Kind::Ints, "Only these ids, separated by commas").strict(),
        ],
        call: Call::get(Plane::App, "bookmarks").fixed(&[("v", "2")]),
        reply: Reply::LIST.of(&models::BOOKMARK).reshape(discovery::inner_results),
        ..Operation::APP
    },
    Operation {
        id: "reports.resolve",
        command: &["reports", "resolve"],
        summary: "Turn a report URL, shortlink or slug into its definition, or run it",
        scope: Scope::Project,
        params: &[
            Param::local("link", Kind::Str, "URL, short link or slug").positional(),
            Param::local("run", Kind::Flag, "Run it and print the result"),
            Param::local("mode", Kind::OneOf(&["sankey", "paths", "tree"]), "How flows are drawn"),
        ],
        call: Call::get(Plane::App, "bookmark-urls/").by(Workflow::ReportResolve),
        reply: Reply::ONE.described(&models::RESOLVED_REPORT).rows(results::rows),
        ..Operation::APP
    },
    Operation {
        id: "reports.update",
        command: &["reports", "update"],
        summary: "Change name, description or params of a saved report",
        effect: Effect::Write,
        params: &[
            BOOKMARK_ID,
            NAME,
            Param::body("params", Kind::Json(Of::Object), "Its parameters, as a JSON object").short('p').unless_empty(),
            DESCRIPTION,
        ],
        call: Call::patch(Plane::App, "bookmarks/{bookmark_id}").fixed_body(&[("v", "2")]),
        reply: Reply::ONE.of(&models::BOOKMARK),
        ..Operation::APP
    },
];
