//! The operations of `alerts`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{AlertCount, AlertHistoryResponse, AlertScreenshotResponse, CustomAlert, ValidateAlertsForBookmarkResponse};

calls! {
    /// Delete several alerts. It destroys.
    ///
    /// * `ids`: Ids, separated by commas.
    bulk_delete_alerts BulkDeleteAlertsCall = "alerts.bulk-delete" -> (), nothing {
        first ids: ints = "ids";
    }

    /// Count alerts against the limit.
    get_alert_count GetAlertCountCall = "alerts.count" -> AlertCount, answer {
        /// Only alerts of this type.
        option alert_type: text = "type";
    }

    /// Create a custom alert.
    ///
    /// * `bookmark_id`: Id of the report it watches.
    /// * `name`: Its name.
    /// * `condition`: When it fires, as JSON.
    /// * `frequency`: Seconds between two checks.
    create_alert CreateAlertCall = "alerts.create" -> CustomAlert, answer {
        first bookmark_id: int = "bookmark_id";
        first name: text = "name";
        first condition: json = "condition";
        first frequency: int = "frequency";
        /// Whether it rests; else false.
        option paused: flag = "paused";
        /// Who is told, as a JSON list; else \[\].
        option subscriptions: list = "subscriptions";
        /// When may be told, as a JSON object.
        option notification_windows: json = "notification_windows";
    }

    /// Delete an alert. It destroys.
    ///
    /// * `alert_id`: Id of the alert.
    delete_alert DeleteAlertCall = "alerts.delete" -> (), nothing {
        first alert_id: int = "alert_id";
    }

    /// Show one alert.
    ///
    /// * `alert_id`: Id of the alert.
    get_alert GetAlertCall = "alerts.get" -> CustomAlert, answer {
        first alert_id: int = "alert_id";
    }

    /// Show one page of an alert's firing history.
    ///
    /// * `alert_id`: Id of the alert.
    get_alert_history GetAlertHistoryCall = "alerts.history" -> AlertHistoryResponse, answer {
        first alert_id: int = "alert_id";
        /// Where the page begins, from the page before.
        option next_cursor: text = "cursor";
        /// Entries of a page.
        option page_size: int = "page_size";
    }

    /// List custom alerts.
    list_alerts ListAlertsCall = "alerts.list" -> Vec<CustomAlert>, answer {
        /// Only alerts of this report.
        option bookmark_id: int = "bookmark_id";
        /// Also those of other users.
        option skip_user_filter: flag = "skip_user_filter";
    }

    /// Get a signed URL of an alert screenshot.
    ///
    /// * `gcs_key`: Key of the screenshot.
    get_alert_screenshot_url GetAlertScreenshotUrlCall = "alerts.screenshot" -> AlertScreenshotResponse, answer {
        first gcs_key: text = "gcs_key";
    }

    /// Send a test notification.
    ///
    /// * `bookmark_id`: Id of the report it watches.
    /// * `name`: Its name.
    /// * `condition`: When it fires, as JSON.
    /// * `frequency`: Seconds between two checks.
    test_alert TestAlertCall = "alerts.test" -> Value, answer {
        first bookmark_id: int = "bookmark_id";
        first name: text = "name";
        first condition: json = "condition";
        first frequency: int = "frequency";
        /// Who is told, as a JSON list; else \[\].
        option subscriptions: list = "subscriptions";
    }

    /// Change an alert.
    ///
    /// * `alert_id`: Id of the alert.
    update_alert UpdateAlertCall = "alerts.update" -> CustomAlert, answer {
        first alert_id: int = "alert_id";
        /// Its name.
        option name: text = "name";
        /// Id of the report it watches.
        option bookmark_id: int = "bookmark_id";
        /// When it fires, as JSON.
        option condition: json = "condition";
        /// Seconds between two checks.
        option frequency: int = "frequency";
        /// Whether it rests.
        option paused: flag = "paused";
        /// Who is told, as a JSON list.
        option subscriptions: list = "subscriptions";
        /// When may be told, as a JSON object.
        option notification_windows: json = "notification_windows";
    }

    /// Check whether alerts still fit changed report params.
    ///
    /// * `alert_ids`: Ids of alerts, separated by commas.
    /// * `bookmark_type`: Type of the report: `insights`, `funnels`.
    /// * `bookmark_params`: Parameters of the report, as JSON.
    validate_alerts_for_bookmark ValidateAlertsForBookmarkCall = "alerts.validate" -> ValidateAlertsForBookmarkResponse, answer {
        first alert_ids: ints = "alert_ids";
        first bookmark_type: text = "bookmark_type";
        first bookmark_params: json = "bookmark_params";
    }
}
