//! Manage webhooks.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Operation, Param, Reply};

const URL: Param = Param::body("url", Kind::Str, "Address that is called").required();

const AUTH_TYPE: Param = Param::body("auth_type", Kind::OneOf(&["basic"]), "How it is authenticated");

const USERNAME: Param = Param::body("username", Kind::Str, "Name for it");

const PASSWORD: Param = Param::body("password", Kind::Secret, "Password for it; - for standard input");

const WEBHOOK_ID: Param = Param::path("webhook_id", Kind::Str, "Id of the webhook");

const NAME: Param = Param::body("name", Kind::Str, "Its name");

/// The operations on webhooks.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "webhooks.create",
        command: &["webhooks", "create"],
        summary: "Create a webhook",
        effect: Effect::Write,
        params: &[Param::body("name", Kind::Str, "Its name").required(), URL, AUTH_TYPE, USERNAME, PASSWORD],
        call: Call::post(Plane::App, "webhooks/"),
        reply: Reply::ONE.of(&models::WEBHOOK_MUTATION_RESULT),
        ..Operation::APP
    },
    Operation {
        id: "webhooks.delete",
        command: &["webhooks", "delete"],
        summary: "Delete a webhook",
        effect: Effect::Destroy,
        params: &[WEBHOOK_ID],
        call: Call::delete(Plane::App, "webhooks/{webhook_id}/"),
        reply: Reply::EMPTY.done("Deleted webhook {webhook_id}"),
        ..Operation::APP
    },
    Operation {
        id: "webhooks.list",
        command: &["webhooks", "list"],
        summary: "List webhooks",
        call: Call::get(Plane::App, "webhooks/"),
        reply: Reply::LIST.of(&models::PROJECT_WEBHOOK),
        ..Operation::APP
    },
    Operation {
        id: "webhooks.test",
        command: &["webhooks", "test"],
        summary: "Send a test request to a webhook URL",
        effect: Effect::Write,
        params: &[URL, NAME, AUTH_TYPE, USERNAME, PASSWORD],
        call: Call::post(Plane::App, "webhooks/test/"),
        reply: Reply::ONE.of(&models::WEBHOOK_TEST_RESULT),
        ..Operation::APP
    },
    Operation {
        id: "webhooks.update",
        command: &["webhooks", "update"],
        summary: "Change a webhook",
        effect: Effect::Write,
        params: &[
            WEBHOOK_ID,
            NAME,
            Param::body("url", Kind::Str, "Address that is called"),
            AUTH_TYPE,
            USERNAME,
            PASSWORD,
            Param::body("enabled", Kind::Toggle, "Whether it is active").wire("is_enabled"),
        ],
        call: Call::patch(Plane::App, "webhooks/{webhook_id}/"),
        reply: Reply::ONE.of(&models::WEBHOOK_MUTATION_RESULT),
        ..Operation::APP
    },
];
