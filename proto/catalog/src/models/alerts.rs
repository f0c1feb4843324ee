//! What `ops/alerts.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `AlertBookmark`.
pub(crate) const ALERT_BOOKMARK: Model = Model::new(
    "AlertBookmark",
    &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text), Field::new("type", Of::Text)],
);

/// `AlertCount`.
pub(crate) const ALERT_COUNT: Model = Model::new(
    "AlertCount",
    &[
        Field::new("anomaly_alerts_count", Of::Int).required(),
        Field::new("alert_limit", Of::Int).required(),
        Field::new("is_below_limit", Of::Bool).required(),
    ],
);

/// `AlertCreator`.
pub(crate) const ALERT_CREATOR: Model = Model::new(
    "AlertCreator",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("first_name", Of::Text),
        Field::new("last_name", Of::Text),
        Field::new("email", Of::Text),
    ],
);

/// `AlertHistoryPagination`.
pub(crate) const ALERT_HISTORY_PAGINATION: Model = Model::new(
    "AlertHistoryPagination",
    &[
        Field::new("next_cursor", Of::Text),
        Field::new("previous_cursor", Of::Text),
        Field::new("page_size", Of::Int).default("20"),
    ],
);

/// `AlertHistoryResponse`.
pub(crate) const ALERT_HISTORY_RESPONSE: Model = Model::new(
    "AlertHistoryResponse",
    &[Field::new("results", Of::Objects).default("[]"), Field::new("pagination", Of::One(&ALERT_HISTORY_PAGINATION))],
);

/// `AlertProject`.
pub(crate) const ALERT_PROJECT: Model =
    Model::new("AlertProject", &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text)]);

/// `AlertScreenshotResponse`.
pub(crate) const ALERT_SCREENSHOT_RESPONSE: Model =
    Model::new("AlertScreenshotResponse", &[Field::new("signed_url", Of::Text).required()]);

/// `AlertValidation`.
pub(crate) const ALERT_VALIDATION: Model = Model::new(
    "AlertValidation",
    &[
        Field::new("alert_id", Of::Int).required(),
        Field::new("alert_name", Of::Text).required(),
        Field::new("valid", Of::Bool).required(),
        Field::new("reason", Of::Text),
    ],
);

/// `AlertWorkspace`.
pub(crate) const ALERT_WORKSPACE: Model =
    Model::new("AlertWorkspace", &[Field::new("id", Of::Int).required(), Field::new("name", Of::Text)]);

/// `CustomAlert`.
pub(crate) const CUSTOM_ALERT: Model = Model::new(
    "CustomAlert",
    &[
        Field::new("id", Of::Int).required(),
        Field::new("name", Of::Text).required(),
        Field::new("bookmark", Of::One(&ALERT_BOOKMARK)),
        Field::new("condition", Of::Object).default("{}"),
        Field::new("frequency", Of::Int).default("0"),
        Field::new("paused", Of::Bool).default("false"),
        Field::new("subscriptions", Of::Objects).default("[]"),
        Field::new("notification_windows", Of::Object),
        Field::new("creator", Of::One(&ALERT_CREATOR)),
        Field::new("workspace", Of::One(&ALERT_WORKSPACE)),
        Field::new("project", Of::One(&ALERT_PROJECT)),
        Field::new("created", Of::Text).default("\"\""),
        Field::new("modified", Of::Text).default("\"\""),
        Field::new("last_checked", Of::Text),
        Field::new("last_fired", Of::Text),
        Field::new("valid", Of::Bool).default("true"),
        Field::new("results", Of::Object),
    ],
)
.columns(&["id", "name", "paused", "frequency", "last_fired"]);

/// `ValidateAlertsForBookmarkResponse`.
pub(crate) const VALIDATE_ALERTS_FOR_BOOKMARK_RESPONSE: Model = Model::new(
    "ValidateAlertsForBookmarkResponse",
    &[
        Field::new("alert_validations", Of::List(&ALERT_VALIDATION)).default("[]"),
        Field::new("invalid_count", Of::Int).default("0"),
    ],
);
