//! Manage feature flags.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Scope, Weight};
use crate::shape::{bodies, effects, pages};

/// How far a flag is.
const STATUS: Kind = Kind::AnyCase(&["enabled", "disabled", "archived"]);

/// Where flags are decided.
const SERVING: Kind = Kind::OneOf(&["client", "server", "remote_or_local", "remote_only"]);

/// What a new flag does unless a ruleset is given: all get "On" as soon as it is rolled out to somebody.
const RULESET: &str = r#"{"variants": [{"key": "On", "value": true, "is_control": false, "split": 1.0, "is_sticky": false},
    {"key": "Off", "value": false, "is_control": true, "split": 0.0, "is_sticky": false}], "rollout": []}"#;

const FLAG_ID: Param = Param::path("flag_id", Kind::Str, "Id of the flag");

const NAME: Param = Param::body("name", Kind::Str, "Its name").required();

const KEY: Param = Param::body("key", Kind::Str, "Key that programs ask for").required();

const DESCRIPTION: Param = Param::body("description", Kind::Str, "What it is about");

const TAGS: Param = Param::body("tags", Kind::Names, "Tags, separated by commas").or_none();

const SERVING_METHOD: Param = Param::body("serving_method", SERVING, "Where it is decided").default("client");

/// The operations on flags.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "flags.archive",
        command: &["flags", "archive"],
        summary: "Archive a feature flag",
        effect: Effect::Write,
        weight: Weight::settled("flags restore brings it back"),
        scope: Scope::WorkspaceRequired,
        params: &[FLAG_ID],
        call: Call::post(Plane::App, "feature-flags/{flag_id}/archive/"),
        reply: Reply::EMPTY.done("Archived flag {flag_id}"),
        ..Operation::APP
    },
    Operation {
        id: "flags.create",
        command: &["flags", "create"],
        summary: "Create a feature flag; several defaults are always sent",
        effect: Effect::Write,
        weight: Weight::settled("a flag that is new takes nothing away, whatever its status"),
        scope: Scope::WorkspaceRequired,
        params: &[
            NAME,
            KEY,
            DESCRIPTION,
            Param::body("status", STATUS, "Status"),
            TAGS,
            SERVING_METHOD,
            Param::body("ruleset", Kind::Json(Of::Object), "Who gets which variant, as a JSON object"),
        ],
        call: Call::post(Plane::App, "feature-flags/")
            .fixed_body(&[("context", "\"distinct_id\""), ("tags", "[]"), ("ruleset", RULESET)])
            .arrange(bodies::flag),
        reply: Reply::ONE.of(&models::FEATURE_FLAG),
        ..Operation::APP
    },
    Operation {
        id: "flags.delete",
        command: &["flags", "delete"],
        summary: "Delete a feature flag",
        effect: Effect::Destroy,
        scope: Scope::WorkspaceRequired,
        params: &[FLAG_ID],
        call: Call::delete(Plane::App, "feature-flags/{flag_id}/"),
        reply: Reply::EMPTY.done("Deleted flag {flag_id}"),
        ..Operation::APP
    },
    Operation {
        id: "flags.duplicate",
        command: &["flags", "duplicate"],
        summary: "Copy a feature flag",
        effect: Effect::Write,
        scope: Scope::WorkspaceRequired,
        params: &[FLAG_ID],
        call: Call::post(Plane::App, "feature-flags/{flag_id}/duplicate/"),
        reply: Reply::ONE.of(&models::FEATURE_FLAG),
        ..Operation::APP
    },
    Operation {
        id: "flags.get",
        command: &["flags", "get"],
        summary: "Show one feature flag",
        scope: Scope::WorkspaceRequired,
        params: &[FLAG_ID],
        call: Call::get(Plane::App, "feature-flags/{flag_id}/"),
        reply: Reply::ONE.of(&models::FEATURE_FLAG),
        ..Operation::APP
    },
    Operation {
        id: "flags.history",
        command: &["flags", "history"],
        summary: "Show one page of a flag's change history",
        scope: Scope::WorkspaceRequired,
        params: &[
            FLAG_ID,
            Param::query("page", Kind::Str, "Which page").unless_empty(),
            Param::query("page_size", Kind::Int, "Entries of a page"),
        ],
        call: Call::get(Plane::App, "feature-flags/{flag_id}/history/"),
        reply: Reply::ONE.of(&models::FLAG_HISTORY_RESPONSE).rows(pages::flag_changes),
        ..Operation::APP
    },
    Operation {
        id: "flags.limits",
        command: &["flags", "limits"],
        summary: "Show the flag quota of the project",
        scope: Scope::Project,
        call: Call::get(Plane::App, "feature-flags/limits/"),
        reply: Reply::ONE.of(&models::FLAG_LIMITS_RESPONSE),
        ..Operation::APP
    },
    Operation {
        id: "flags.list",
        command: &["flags", "list"],
        summary: "List feature flags",
        scope: Scope::WorkspaceRequired,
        params: &[Param::query("include_archived", Kind::Flag, "Also archived ones")],
        call: Call::get(Plane::App, "feature-flags/"),
        reply: Reply::LIST.of(&models::FEATURE_FLAG),
        ..Operation::APP
    },
    Operation {
        id: "flags.restore",
        command: &["flags", "restore"],
        summary: "Restore an archived feature flag",
        effect: Effect::Write,
        weight: Weight::settled("it takes the mark of the archive off"),
        scope: Scope::WorkspaceRequired,
        params: &[FLAG_ID],
        call: Call::delete(Plane::App, "feature-flags/{flag_id}/archive/"),
        reply: Reply::ONE.of(&models::FEATURE_FLAG),
        ..Operation::APP
    },
    Operation {
        id: "flags.set-test-users",
        command: &["flags", "set-test-users"],
        summary: "Set the test users of a feature flag",
        effect: Effect::Write,
        weight: Weight::destroys_if(effects::leaves_no_users, "without users, all test users are taken off the flag"),
        scope: Scope::WorkspaceRequired,
        params: &[
            FLAG_ID,
            Param::body("users", Kind::Json(Of::TextsByName), "Variants by user, as a JSON object").required(),
        ],
        call: Call::put(Plane::App, "feature-flags/{flag_id}/test-users/"),
        reply: Reply::EMPTY.done("Set the test users of flag {flag_id}"),
        ..Operation::APP
    },
    Operation {
        id: "flags.update",
        command: &["flags", "update"],
        summary: "Replace a feature flag completely",
        effect: Effect::Write,
        weight: Weight::settled("the flag stays, and its history keeps what it was"),
        scope: Scope::WorkspaceRequired,
        params: &[
            FLAG_ID,
            NAME,
            KEY,
            Param::body("status", STATUS, "Status").required(),
            Param::body("ruleset", Kind::Json(Of::Object), "Who gets which variant, as a JSON object").required(),
            DESCRIPTION,
            TAGS,
            Param::body("context", Kind::Str, "What tells users apart").default("distinct_id"),
            SERVING_METHOD,
        ],
        call: Call::put(Plane::App, "feature-flags/{flag_id}/").fixed_body(&[("tags", "[]")]).arrange(bodies::flag),
        reply: Reply::ONE.of(&models::FEATURE_FLAG),
        ..Operation::APP
    },
];
