//! The operations of `webhooks`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, sent, taken};
use crate::typed::generated::models::{ProjectWebhook, WebhookMutationResult, WebhookTestResult};

calls! {
    /// Create a webhook.
    ///
    /// * `name`: Its name.
    /// * `url`: Address that is called.
    create_webhook CreateWebhookCall = "webhooks.create" -> WebhookMutationResult, answer {
        first name: text = "name";
        first url: text = "url";
        /// How it is authenticated: `basic`.
        option auth_type: text = "auth_type";
        /// Name for it.
        option username: text = "username";
        /// Password for it; - for standard input.
        option password: text = "password";
    }

    /// Delete a webhook. It destroys.
    ///
    /// * `webhook_id`: Id of the webhook.
    delete_webhook DeleteWebhookCall = "webhooks.delete" -> (), nothing {
        first webhook_id: text = "webhook_id";
    }

    /// List webhooks.
    list_webhooks ListWebhooksCall = "webhooks.list" -> Vec<ProjectWebhook>, answer {
    }

    /// Send a test request to a webhook URL.
    ///
    /// * `url`: Address that is called.
    test_webhook TestWebhookCall = "webhooks.test" -> WebhookTestResult, answer {
        first url: text = "url";
        /// Its name.
        option name: text = "name";
        /// How it is authenticated: `basic`.
        option auth_type: text = "auth_type";
        /// Name for it.
        option username: text = "username";
        /// Password for it; - for standard input.
        option password: text = "password";
    }

    /// Change a webhook.
    ///
    /// * `webhook_id`: Id of the webhook.
    update_webhook UpdateWebhookCall = "webhooks.update" -> WebhookMutationResult, answer {
        first webhook_id: text = "webhook_id";
        /// Whether it is active.
        option is_enabled: flag = "enabled";
        /// Its name.
        option name: text = "name";
        /// Address that is called.
        option url: text = "url";
        /// How it is authenticated: `basic`.
        option auth_type: text = "auth_type";
        /// Name for it.
        option username: text = "username";
        /// Password for it; - for standard input.
        option password: text = "password";
    }
}
