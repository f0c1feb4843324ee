//! The operations of `dashboards`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{BlueprintConfig, BlueprintTemplate, Dashboard};

calls! {
    /// Put a copy of a saved report on a dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    /// * `bookmark_id`: Id of the report.
    add_report_to_dashboard AddReportToDashboardCall = "dashboards.add-report" -> Dashboard, answer {
        first dashboard_id: int = "dashboard_id";
        first bookmark_id: int = "bookmark_id";
    }

    /// Set the cohorts that dashboards made from templates use.
    ///
    /// * `cohorts`: The cohorts, as a JSON list of objects.
    update_blueprint_cohorts UpdateBlueprintCohortsCall = "dashboards.blueprint-cohorts" -> (), nothing {
        first cohorts: list = "cohorts";
    }

    /// Show the variables of a dashboard that was made from a template.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    get_blueprint_config GetBlueprintConfigCall = "dashboards.blueprint-config" -> BlueprintConfig, answer {
        first dashboard_id: int = "dashboard_id";
    }

    /// Create a dashboard from a template.
    ///
    /// * `template_type`: Name of the template.
    create_blueprint CreateBlueprintCall = "dashboards.blueprint-create" -> Dashboard, answer {
        first template_type: text = "template_type";
    }

    /// Fill a dashboard that was made from a template with cards.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    /// * `cards`: The cards, as a JSON list of objects.
    finalize_blueprint FinalizeBlueprintCall = "dashboards.blueprint-finalize" -> Dashboard, answer {
        first dashboard_id: int = "dashboard_id";
        first cards: list = "cards";
    }

    /// List dashboard templates.
    list_blueprint_templates ListBlueprintTemplatesCall = "dashboards.blueprints" -> Vec<BlueprintTemplate>, answer {
        /// With their reports.
        option include_reports: flag = "include_reports";
    }

    /// Delete several dashboards in one call. It destroys.
    ///
    /// * `ids`: Ids, separated by commas.
    bulk_delete_dashboards BulkDeleteDashboardsCall = "dashboards.bulk-delete" -> (), nothing {
        first ids: ints = "ids";
    }

    /// Create a dashboard, optionally as a copy of another one.
    ///
    /// * `title`: Its title.
    create_dashboard CreateDashboardCall = "dashboards.create" -> Dashboard, answer {
        first title: text = "title";
        /// Whether only you see it.
        option is_private: flag = "private";
        /// Whether only you change it.
        option is_restricted: flag = "restricted";
        /// What it is about.
        option description: text = "description";
        /// Id of the dashboard to copy.
        option duplicate: int = "duplicate";
    }

    /// Delete one dashboard. It destroys.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    delete_dashboard DeleteDashboardCall = "dashboards.delete" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
    }

    /// Show the experiment-review metrics of a dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    get_dashboard_erf GetDashboardErfCall = "dashboards.erf" -> Value, answer {
        first dashboard_id: int = "dashboard_id";
    }

    /// Mark a dashboard as favorite.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    favorite_dashboard FavoriteDashboardCall = "dashboards.favorite" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
    }

    /// Show one dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    get_dashboard GetDashboardCall = "dashboards.get" -> Dashboard, answer {
        first dashboard_id: int = "dashboard_id";
    }

    /// List the dashboards of the project or pinned workspace.
    list_dashboards ListDashboardsCall = "dashboards.list" -> Vec<Dashboard>, answer {
        /// Only these ids, separated by commas.
        option ids: ints = "ids";
    }

    /// Pin a dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    pin_dashboard PinDashboardCall = "dashboards.pin" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
    }

    /// Create a root-cause-analysis dashboard.
    ///
    /// * `rca_source_id`: Id of what to explain.
    /// * `rca_source_data`: What to explain, as a JSON object.
    create_rca_dashboard CreateRcaDashboardCall = "dashboards.rca" -> Dashboard, answer {
        first rca_source_id: int = "source_id";
        first rca_source_data: json = "source_data";
    }

    /// Take a report off a dashboard. It destroys.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    /// * `bookmark_id`: Id of the report.
    remove_report_from_dashboard RemoveReportFromDashboardCall = "dashboards.remove-report" -> Dashboard, answer {
        first dashboard_id: int = "dashboard_id";
        first bookmark_id: int = "bookmark_id";
    }

    /// Remove the favorite mark.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    unfavorite_dashboard UnfavoriteDashboardCall = "dashboards.unfavorite" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
    }

    /// Unpin a dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    unpin_dashboard UnpinDashboardCall = "dashboards.unpin" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
    }

    /// Change fields of a dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    update_dashboard UpdateDashboardCall = "dashboards.update" -> Dashboard, answer {
        first dashboard_id: int = "dashboard_id";
        /// Whether only you see it.
        option is_private: flag = "private";
        /// Whether only you change it.
        option is_restricted: flag = "restricted";
        /// Its title.
        option title: text = "title";
        /// What it is about.
        option description: text = "description";
    }

    /// Change the link type of a report on a dashboard.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    /// * `report_link_id`: Id of the link.
    /// * `link_type`: Type of the link.
    update_report_link UpdateReportLinkCall = "dashboards.update-report-link" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
        first report_link_id: int = "report_link_id";
        first link_type: text = "type";
    }

    /// Change the text of a card on a dashboard. It may destroy: an empty text clears the card.
    ///
    /// * `dashboard_id`: Id of the dashboard.
    /// * `text_card_id`: Id of the card.
    update_text_card UpdateTextCardCall = "dashboards.update-text-card" -> (), nothing {
        first dashboard_id: int = "dashboard_id";
        first text_card_id: int = "text_card_id";
        /// Its text, as Markdown.
        option markdown: text = "markdown";
    }
}
