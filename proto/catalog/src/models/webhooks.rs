//! What `ops/webhooks.rs` sends and gets.

use crate::operation::{Field, Model, Of};

/// `ProjectWebhook`.
pub(crate) const PROJECT_WEBHOOK: Model = Model::new(
    "ProjectWebhook",
    &[
        Field::new("id", Of::Text).required(),
        Field::new("name", Of::Text).required(),
        Field::new("url", Of::Text).required(),
        Field::new("is_enabled", Of::Bool).required(),
        Field::new("auth_type", Of::Word(&["basic"])),
        Field::new("created", Of::Text),
        Field::new("modified", Of::Text),
        Field::new("creator_id", Of::Int),
        Field::new("creator_name", Of::Text),
    ],
)
.columns(&["id", "name", "url", "is_enabled"]);

/// `WebhookMutationResult`.
pub(crate) const WEBHOOK_MUTATION_RESULT: Model = Model::new(
    "WebhookMutationResult",
    &[Field::new("id", Of::Text).required(), Field::new("name", Of::Text).required()],
);

/// `WebhookTestResult`.
pub(crate) const WEBHOOK_TEST_RESULT: Model = Model::new(
    "WebhookTestResult",
    &[
        Field::new("success", Of::Bool).required(),
        Field::new("status_code", Of::Int).required(),
        Field::new("message", Of::Text).required(),
    ],
);
