//! The operations of `reports`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;
use serde_json::Value;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{Bookmark, BookmarkHistoryResponse, ReportLink, ResolvedReport};

calls! {
    /// Delete several saved reports. It destroys.
    ///
    /// * `ids`: Ids, separated by commas.
    bulk_delete_bookmarks BulkDeleteBookmarksCall = "reports.bulk-delete" -> (), nothing {
        first ids: ints = "ids";
    }

    /// Change several saved reports in one call.
    ///
    /// * `entries`: Changes, as a JSON list of objects with an id.
    bulk_update_bookmarks BulkUpdateBookmarksCall = "reports.bulk-update" -> (), nothing {
        first entries: list = "entries";
    }

    /// Save a report and attach it to a dashboard.
    ///
    /// * `bookmark_type`: Type of the report: `insights`, `funnels`, `retention`, `flows`, `user`.
    /// * `name`: Its name.
    /// * `params`: Its parameters, as a JSON object.
    /// * `dashboard_id`: Id of the dashboard.
    create_bookmark CreateBookmarkCall = "reports.create" -> Bookmark, answer {
        first bookmark_type: text = "type";
        first name: text = "name";
        first params: json = "params";
        first dashboard_id: int = "dashboard_id";
        /// What it is about.
        option description: text = "description";
    }

    /// List ids of dashboards that contain a report.
    ///
    /// * `bookmark_id`: Id of the report.
    get_bookmark_dashboard_ids GetBookmarkDashboardIdsCall = "reports.dashboard-ids" -> Vec<Value>, answer {
        first bookmark_id: int = "bookmark_id";
    }

    /// Delete one saved report. It destroys.
    ///
    /// * `bookmark_id`: Id of the report.
    delete_bookmark DeleteBookmarkCall = "reports.delete" -> (), nothing {
        first bookmark_id: int = "bookmark_id";
    }

    /// Show one saved report.
    ///
    /// * `bookmark_id`: Id of the report.
    get_bookmark GetBookmarkCall = "reports.get" -> Bookmark, answer {
        first bookmark_id: int = "bookmark_id";
    }

    /// Show one page of the change history of a report.
    ///
    /// * `bookmark_id`: Id of the report.
    get_bookmark_history GetBookmarkHistoryCall = "reports.history" -> BookmarkHistoryResponse, answer {
        first bookmark_id: int = "bookmark_id";
        /// Where the page begins, from the page before.
        option cursor: text = "cursor";
        /// Entries of a page.
        option page_size: int = "page_size";
    }

    /// Store report params under a new slug and print a URL that opens them.
    ///
    /// * `params`: Its parameters, as a JSON object.
    create_report_link CreateReportLinkCall = "reports.link" -> ReportLink, answer {
        /// Its parameters, as a JSON object.
        option params: json = "params";
        /// Type of the report; else insights: `insights`, `funnels`, `retention`, `flows`.
        option report_type: text = "type";
        /// File with the parameters, as JSON.
        option params_file: json = "params_file";
        /// Its name.
        option name: text = "name";
        /// What it is about.
        option description: text = "description";
        /// Workspace of the link.
        option workspace_id: int = "workspace_id";
        /// Id of the saved report it comes from.
        option bookmark_id: int = "bookmark_id";
        /// Leave it to Mixpanel to check the parameters.
        option no_validate: flag = "no_validate";
    }

    /// List ids of dashboards that a report links to.
    ///
    /// * `bookmark_id`: Id of the report.
    bookmark_linked_dashboard_ids BookmarkLinkedDashboardIdsCall = "reports.linked-dashboards" -> Vec<Value>, answer {
        first bookmark_id: int = "bookmark_id";
    }

    /// List saved reports.
    list_bookmarks_v2 ListBookmarksV2Call = "reports.list" -> Vec<Bookmark>, answer {
        /// Only reports of this type: `insights`, `funnels`, `retention`, `flows`, `launch-analysis`.
        option bookmark_type: text = "type";
        /// Only these ids, separated by commas.
        option ids: ints = "ids";
    }

    /// Turn a report URL, shortlink or slug into its definition, or run it.
    ///
    /// * `link`: URL, short link or slug.
    resolve_report_link ResolveReportLinkCall = "reports.resolve" -> ResolvedReport, answer {
        first link: text = "link";
        /// Run it and print the result.
        option run: flag = "run";
        /// How flows are drawn: `sankey`, `paths`, `tree`.
        option mode: text = "mode";
    }

    /// Turn a report URL, shortlink or slug into its definition, or run it.
    ///
    /// * `link`: URL, short link or slug.
    query_report_link QueryReportLinkCall = "reports.resolve" -> ResolvedReport, answer {
        first link: text = "link";
        fixed "run" = "true";
        /// How flows are drawn: `sankey`, `paths`, `tree`.
        option mode: text = "mode";
    }

    /// Change name, description or params of a saved report.
    ///
    /// * `bookmark_id`: Id of the report.
    update_bookmark UpdateBookmarkCall = "reports.update" -> Bookmark, answer {
        first bookmark_id: int = "bookmark_id";
        /// Its name.
        option name: text = "name";
        /// Its parameters, as a JSON object.
        option params: json = "params";
        /// What it is about.
        option description: text = "description";
    }
}
