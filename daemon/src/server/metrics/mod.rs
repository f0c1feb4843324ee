//! `GET /v1/metrics`: the numbers of all services, in the format that is asked for.

mod accept;
mod process;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, VARY};
use mp_proto::version::BUILD;
use mp_proto::wire::{AccountStatus, BudgetStatus, CredentialState};

use crate::meter::families::{self as of, MOST, OTHERS};
use crate::meter::page::{Family, Page};
use crate::server::app::App;

/// `GET /v1/metrics`.
pub(crate) async fn show(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let format = accept::format(headers.get(ACCEPT).and_then(|value| value.to_str().ok()));
    let mut page = Page::new(format);
    page.begin(&of::BUILD);
    page.row(&[BUILD], 1);
    let seconds = app.clock.now().duration_since(app.started_at).as_secs();
    page.single(&of::UPTIME, u64::try_from(seconds).unwrap_or(0));
    calls(&app, &mut page);
    connections(&app, &mut page);
    events(&app, &mut page);
    config(&app, &mut page);
    accounts(&mut page, &app.account_states());
    page.single(&of::LOGINS_OPEN, app.logins.open());
    refreshes(&app, &mut page);
    upstream(&app, &mut page);
    budgets(&mut page, &app.gates.status());
    reads(&app, &mut page);
    process::write(&mut page, app.started_at.as_millisecond() as f64 / 1000.0, app.limits.files);
    ([(CONTENT_TYPE, format.content_type()), (VARY, "accept")], page.end()).into_response()
}

fn load(number: &AtomicU64) -> u64 {
    number.load(Ordering::Relaxed)
}

fn calls(app: &App, page: &mut Page) {
    page.begin(&of::CALLS);
    for row in app.counters.rows() {
        row.statuses.counted().for_each(|(code, count)| page.row(&[row.path, row.method, &code], count));
    }
    page.begin(&of::CALL_DURATION);
    app.counters.rows().for_each(|row| page.histogram(&[row.path, row.method], &row.time));
    page.single(&of::CALLS_OPEN, load(&app.counters.open));
    page.begin(&of::FAILURES);
    app.counters.failures().for_each(|(code, count)| page.row(&[code], count));
}

fn connections(app: &App, page: &mut Page) {
    let counters = &app.counters;
    page.single(&of::CONNECTIONS_OPEN, load(&counters.connections));
    page.single(&of::CONNECTIONS_MOST, app.limits.connections());
    page.single(&of::CONNECTIONS, load(&counters.accepted));
    page.single(&of::FOREIGN, load(&counters.foreign));
    page.single(&of::CROWDED, load(&counters.crowded));
}

fn events(app: &App, page: &mut Page) {
    page.single(&of::STREAMS, app.hub.streams());
    page.begin(&of::EVENTS);
    app.hub.published().for_each(|(name, count)| page.row(&[name], count));
    page.begin(&of::NOTIFICATIONS);
    for (event, outcomes) in app.meters.notices() {
        outcomes.counted().for_each(|(outcome, count)| page.row(&[event, outcome], count));
    }
}

fn config(app: &App, page: &mut Page) {
    let snapshot = app.store.current();
    page.single(&of::CONFIG_REVISION, snapshot.revision);
    page.single(&of::CONFIG_USABLE, u8::from(snapshot.problems().is_empty()));
    page.single(&of::RESTART_PENDING, u8::from(app.restart_pending()));
}

/// The states of a credential. A word of a newer daemon is none of this one's.
const STATES: [CredentialState; 8] = [
    CredentialState::Ok,
    CredentialState::Expired,
    CredentialState::Refreshing,
    CredentialState::Backoff,
    CredentialState::Degraded,
    CredentialState::LoginRequired,
    CredentialState::Unreadable,
    CredentialState::Caller,
];

fn accounts(page: &mut Page, all: &[AccountStatus]) {
    let (named, others) = all.split_at(all.len().min(MOST));
    let rows: Vec<(&str, &[AccountStatus])> = named
        .iter()
        .map(|one| (one.name.as_str(), std::slice::from_ref(one)))
        .chain((!others.is_empty()).then_some((OTHERS, others)))
        .collect();
    page.begin(&of::ACCOUNT_STATE);
    for (name, accounts) in &rows {
        for state in STATES {
            let count = accounts.iter().filter(|account| account.state == state).count();
            page.row(&[name, state.as_str()], count);
        }
    }
    page.begin(&of::TOKEN_EXPIRY);
    for (name, accounts) in &rows {
        // Of several the one that ends first.
        if let Some(end) = accounts.iter().filter_map(|account| account.expires_at).min() {
            page.row(&[name], end.as_second());
        }
    }
}

fn refreshes(app: &App, page: &mut Page) {
    let (refreshed, failed) = app.keeper.counts();
    page.single(&of::REFRESHES, refreshed);
    page.single(&of::REFRESH_FAILURES, failed);
    page.begin(&of::REFRESH_DURATION);
    app.meters.refreshes().for_each(|(outcome, time)| page.histogram(&[outcome], time));
}

fn upstream(app: &App, page: &mut Page) {
    page.begin(&of::UPSTREAM);
    for (word, plane) in app.meters.planes() {
        plane.statuses.counted().for_each(|(code, count)| page.row(&[word, &code], count));
    }
    page.begin(&of::UPSTREAM_DURATION);
    app.meters.planes().for_each(|(word, plane)| page.histogram(&[word], &plane.time));
    page.begin(&of::UPSTREAM_FAILURES);
    for (word, plane) in app.meters.planes() {
        plane.failures.counted().for_each(|(reason, count)| page.row(&[word, reason], count));
    }
    page.begin(&of::UPSTREAM_RETRIES);
    for (word, plane) in app.meters.planes() {
        plane.retries.counted().for_each(|(reason, count)| page.row(&[word, reason], count));
    }
    page.begin(&of::UPSTREAM_OPEN);
    app.meters.planes().for_each(|(word, plane)| page.row(&[word], plane.open()));
    page.begin(&of::WAIT_DURATION);
    app.meters.waits().for_each(|(reason, time)| page.histogram(&[reason], time));
    page.begin(&of::SPANS);
    app.meters.spans.counted().for_each(|(outcome, count)| page.row(&[outcome], count));
}

/// A number of a budget.
type Column = (&'static Family, fn(&BudgetStatus) -> u64);

/// Adds what is used of Mixpanel's limits, with one row for each project.
fn budgets(page: &mut Page, budgets: &[BudgetStatus]) {
    let columns: [Column; 6] = [
        (&of::BUDGET_RUNNING, |budget| budget.running),
        (&of::BUDGET_CONCURRENT, |budget| budget.concurrent),
        (&of::BUDGET_WAITING, |budget| budget.waiting),
        (&of::BUDGET_USED, |budget| budget.used),
        (&of::BUDGET_HOURLY, |budget| budget.hourly),
        (&of::BUDGET_CLOSED, |budget| budget.closed_for_s.unwrap_or(0)),
    ];
    for (family, value) in columns {
        page.begin(family);
        let mut rows: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
        for (at, budget) in budgets.iter().enumerate() {
            let project = if at < MOST { budget.project.as_str() } else { OTHERS };
            *rows.entry((budget.region.as_str(), project, budget.family.as_str())).or_default() += value(budget);
        }
        rows.iter().for_each(|((region, project, family), value)| page.row(&[region, project, family], value));
    }
}

fn reads(app: &App, page: &mut Page) {
    let reads = app.reads.status();
    page.single(&of::KEPT, reads.entries);
    page.single(&of::KEPT_BYTES, reads.bytes);
    page.single(&of::KEPT_HITS, reads.hits);
    page.single(&of::JOINED, reads.joined);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::page::Format;

    fn account(name: &str, state: &str, end: &str) -> AccountStatus {
        let body = format!(
            r#"{{"name": "{name}", "type": "oauth_browser", "region": "us", "state": "{state}", "expires_at": {end}}}"#
        );
        serde_json::from_str(&body).expect("a status")
    }

    #[test]
    fn a_thousand_accounts_have_no_thousand_rows() {
        let mut all: Vec<_> = (0..1000).map(|at| account(&format!("a{at:04}"), "ok", "null")).collect();
        all.push(account("other", "login_required", "\"2026-01-01T00:00:00Z\""));
        all.push(account("z", "ok", "\"2025-01-01T00:00:00Z\""));
        let mut page = Page::new(Format::Text);
        accounts(&mut page, &all);
        let text = page.end();
        assert_eq!(
            text.lines().filter(|line| line.starts_with("mpd_account_state{")).count(),
            (MOST + 1) * STATES.len()
        );
        assert!(text.contains("mpd_account_state{account=\"(other)\",state=\"login_required\"} 1\n"), "{text}");
        assert!(text.contains("mpd_account_state{account=\"(other)\",state=\"ok\"} 951\n"), "{text}");
        assert!(text.contains("mpd_token_expiry_timestamp_seconds{account=\"(other)\"} 1735689600\n"), "{text}");
    }

    #[test]
    fn budgets_beyond_the_bound_are_one_row() {
        let budget = |project: usize| -> BudgetStatus {
            let body = format!(
                r#"{{"region": "eu", "project": "{project}", "family": "query", "running": 1, "waiting": 2, "concurrent": 5, "used": 3, "hourly": 60}}"#
            );
            serde_json::from_str(&body).expect("a budget")
        };
        let all: Vec<_> = (0..MOST + 10).map(budget).collect();
        let mut page = Page::new(Format::OpenMetrics);
        budgets(&mut page, &all);
        let text = page.end();
        assert!(text.contains("mpd_budget_waiting{region=\"eu\",project=\"(other)\",family=\"query\"} 20\n"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("mpd_budget_used_last_hour{")).count(), MOST + 1);
    }
}
