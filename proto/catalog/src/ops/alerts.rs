//! Manage custom alerts.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Touches};
use crate::shape::pages;

const BOOKMARK_ID: Param = Param::body("bookmark_id", Kind::Int, "Id of the report it watches").required();

const NAME: Param = Param::body("name", Kind::Str, "Its name").required().at_most(50);

const CONDITION: Param = Param::body("condition", Kind::Json(Of::Object), "When it fires, as JSON").required();

const FREQUENCY: Param = Param::body("frequency", Kind::Int, "Seconds between two checks").required();

const PAUSED: Param = Param::body("paused", Kind::Toggle, "Whether it rests");

const SUBSCRIPTIONS: Param =
    Param::body("subscriptions", Kind::Json(Of::Objects), "Who is told, as a JSON list").default("[]");

const NOTIFICATION_WINDOWS: Param =
    Param::body("notification_windows", Kind::Json(Of::Object), "When may be told, as a JSON object");

const ALERT_ID: Param = Param::path("alert_id", Kind::Int, "Id of the alert");

/// The operations on alerts.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "alerts.bulk-delete",
        command: &["alerts", "bulk-delete"],
        summary: "Delete several alerts",
        effect: Effect::Destroy,
        params: &[Param::body("ids", Kind::Ints, "Ids, separated by commas").wire("alert_ids").required()],
        call: Call::post(Plane::App, "alerts/custom/bulk-delete/"),
        reply: Reply::EMPTY.done("Deleted alerts {ids}"),
        touches: Some(Touches { argument: "ids", list: "alerts.list", only: None, id: "id" }),
        ..Operation::APP
    },
    Operation {
        id: "alerts.count",
        command: &["alerts", "count"],
        summary: "Count alerts against the limit",
        params: &[Param::query("type", Kind::Str, "Only alerts of this type")],
        call: Call::get(Plane::App, "alerts/custom/alert-count/"),
        reply: Reply::ONE.of(&models::ALERT_COUNT),
        ..Operation::APP
    },
    Operation {
        id: "alerts.create",
        command: &["alerts", "create"],
        summary: "Create a custom alert",
        effect: Effect::Write,
        params: &[
            BOOKMARK_ID,
            NAME,
            CONDITION,
            FREQUENCY,
            PAUSED.default("false"),
            SUBSCRIPTIONS,
            NOTIFICATION_WINDOWS,
        ],
        call: Call::post(Plane::App, "alerts/custom/"),
        reply: Reply::ONE.of(&models::CUSTOM_ALERT),
        ..Operation::APP
    },
    Operation {
        id: "alerts.delete",
        command: &["alerts", "delete"],
        summary: "Delete an alert",
        effect: Effect::Destroy,
        params: &[ALERT_ID],
        call: Call::delete(Plane::App, "alerts/custom/{alert_id}/"),
        reply: Reply::EMPTY.done("Deleted alert {alert_id}"),
        ..Operation::APP
    },
    Operation {
        id: "alerts.get",
        command: &["alerts", "get"],
        summary: "Show one alert",
        params: &[ALERT_ID],
        call: Call::get(Plane::App, "alerts/custom/{alert_id}/"),
        reply: Reply::ONE.of(&models::CUSTOM_ALERT),
        ..Operation::APP
    },
    Operation {
        id: "alerts.history",
        command: &["alerts", "history"],
        summary: "Show one page of an alert's firing history",
        params: &[
            ALERT_ID,
            Param::query("page_size", Kind::Int, "Entries of a page"),
            Param::query("cursor", Kind::Str, "Where the page begins, from the page before").wire("next_cursor"),
        ],
        call: Call::get(Plane::App, "alerts/custom/{alert_id}/history/"),
        reply: Reply::ONE.of(&models::ALERT_HISTORY_RESPONSE).reshape(pages::history).rows(pages::entries_of),
        ..Operation::APP
    },
    Operation {
        id: "alerts.list",
        command: &["alerts", "list"],
        summary: "List custom alerts",
        params: &[
            Param::query("bookmark_id", Kind::Int, "Only alerts of this report"),
            Param::query("skip_user_filter", Kind::Flag, "Also those of other users"),
        ],
        call: Call::get(Plane::App, "alerts/custom/"),
        reply: Reply::LIST.of(&models::CUSTOM_ALERT),
        ..Operation::APP
    },
    Operation {
        id: "alerts.screenshot",
        command: &["alerts", "screenshot"],
        summary: "Get a signed URL of an alert screenshot",
        params: &[Param::query("gcs_key", Kind::Str, "Key of the screenshot").required()],
        call: Call::get(Plane::App, "alerts/custom/screenshot/"),
        reply: Reply::ONE.of(&models::ALERT_SCREENSHOT_RESPONSE),
        ..Operation::APP
    },
    Operation {
        id: "alerts.test",
        command: &["alerts", "test"],
        summary: "Send a test notification",
        effect: Effect::Write,
        params: &[BOOKMARK_ID, NAME, CONDITION, FREQUENCY, SUBSCRIPTIONS],
        call: Call::post(Plane::App, "alerts/custom/test/").fixed_body(&[("paused", "false")]),
        reply: Reply::ANY,
        ..Operation::APP
    },
    Operation {
        id: "alerts.update",
        command: &["alerts", "update"],
        summary: "Change an alert",
        effect: Effect::Write,
        params: &[
            ALERT_ID,
            Param::body("name", Kind::Str, "Its name"),
            Param::body("bookmark_id", Kind::Int, "Id of the report it watches"),
            Param::body("condition", Kind::Json(Of::Object), "When it fires, as JSON"),
            Param::body("frequency", Kind::Int, "Seconds between two checks"),
            PAUSED,
            Param::body("subscriptions", Kind::Json(Of::Objects), "Who is told, as a JSON list"),
            NOTIFICATION_WINDOWS,
        ],
        call: Call::patch(Plane::App, "alerts/custom/{alert_id}/"),
        reply: Reply::ONE.of(&models::CUSTOM_ALERT),
        ..Operation::APP
    },
    Operation {
        id: "alerts.validate",
        command: &["alerts", "validate"],
        summary: "Check whether alerts still fit changed report params",
        params: &[
            Param::body("alert_ids", Kind::Ints, "Ids of alerts, separated by commas").required(),
            Param::body("bookmark_type", Kind::OneOf(&["insights", "funnels"]), "Type of the report").required(),
            Param::body("bookmark_params", Kind::Json(Of::Object), "Parameters of the report, as JSON").required(),
        ],
        call: Call::post(Plane::App, "alerts/custom/validate-alerts-for-bookmark/"),
        reply: Reply::ONE.of(&models::VALIDATE_ALERTS_FOR_BOOKMARK_RESPONSE),
        ..Operation::APP
    },
];
