//! What `mp daemon status --exit-code` tells those who watch: one word, one line, and an exit code. Pure.

use mp_proto::failure::{Failure, FailureKind, Next};
use mp_proto::wire::{AccountStatus, CredentialState, StatusBody};
use serde_json::{Value, json};

/// What is not as it should be. The kind decides the exit code.
struct Finding {
    kind: FailureKind,
    detail: String,
    next: Vec<Next>,
}

/// How a daemon and its accounts are.
pub(super) struct Health {
    findings: Vec<Finding>,
    /// What was looked at.
    looked_at: String,
}

impl Health {
    /// Judges a status: all accounts, or the one that is named.
    ///
    /// # Errors
    /// When there is no such account.
    pub(super) fn of(status: &StatusBody, account: Option<&str>) -> Result<Self, Failure> {
        let is_meant = |one: &&AccountStatus| account.is_none_or(|name| one.name.as_str() == name);
        let accounts: Vec<&AccountStatus> = status.accounts.iter().filter(is_meant).collect();
        if let Some(name) = account.filter(|_| accounts.is_empty()) {
            let failure = Failure::new(FailureKind::AccountNotFound, format!("there is no account '{name}'"));
            return Err(failure.next("mp account list", "see all accounts"));
        }
        let looked_at = format!("mpd {} up {} s, accounts: {}", status.daemon.version, status.uptime_s, accounts.len());
        let mut findings: Vec<Finding> = accounts.into_iter().filter_map(of_account).collect();
        findings.extend(of_daemon(status));
        // The worst first; among equals, the order in which they were found.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.kind.exit_code()));
        Ok(Self { findings, looked_at })
    }

    fn word(&self) -> &'static str {
        match self.findings.first().map(|worst| worst.kind) {
            None => "ok",
            Some(FailureKind::LoginRequired) => "login_required",
            Some(_) => "degraded",
        }
    }

    /// Returns it for programs.
    pub(super) fn json(&self) -> Value {
        let finding = |one: &Finding| json!({"code": one.kind.code(), "detail": one.detail, "next": one.next});
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        json!({"state": self.word(), "exit_code": self.exit_code(), "findings": findings})
    }

    /// Returns it in a line: what monitoring shows first.
    pub(super) fn line(&self) -> String {
        let details: Vec<&str> = self.findings.iter().map(|finding| finding.detail.as_str()).collect();
        let told = if details.is_empty() { self.looked_at.clone() } else { details.join("; ") };
        format!("{}: {told}", self.word().replace('_', " ").to_uppercase())
    }

    fn exit_code(&self) -> u8 {
        self.findings.first().map_or(0, |worst| worst.kind.exit_code())
    }

    /// Returns the failure that its worst finding is.
    ///
    /// # Errors
    /// Unless all is well.
    pub(super) fn outcome(self) -> Result<(), Failure> {
        match self.findings.into_iter().next() {
            None => Ok(()),
            Some(worst) => Err(Failure { next: worst.next, ..Failure::new(worst.kind, worst.detail) }),
        }
    }
}

fn of_account(account: &AccountStatus) -> Option<Finding> {
    let kind = match account.state {
        CredentialState::LoginRequired | CredentialState::Unreadable => FailureKind::LoginRequired,
        CredentialState::Backoff => FailureKind::UpstreamUnreachable,
        CredentialState::Degraded => FailureKind::Unsaved,
        CredentialState::Ok
        | CredentialState::Expired
        | CredentialState::Refreshing
        | CredentialState::Caller
        | CredentialState::Unknown => return None,
    };
    let detail = account.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    let detail = format!("account '{}' is {}{detail}", account.name, account.state);
    Some(Finding { kind, detail, next: account.next.clone() })
}

fn of_daemon(status: &StatusBody) -> Vec<Finding> {
    let finding = |kind, detail: String, command: &str, label: &str| {
        let next = vec![Next::new(command, label)];
        Finding { kind, detail, next }
    };
    let config = status.config.problems.iter().map(|problem| {
        let detail = format!("{}: {}", problem.at, problem.detail);
        finding(FailureKind::ConfigInvalid, detail, "mp daemon status", "see all that is wrong")
    });
    let network = status.network.problem.iter().map(|problem| {
        finding(
            FailureKind::UpstreamUnreachable,
            problem.clone(),
            "mp daemon doctor --online",
            "try the way to Mixpanel",
        )
    });
    let limits = status.process.problems.iter().map(|problem| {
        finding(
            FailureKind::InvalidValue,
            problem.clone(),
            "mp daemon restart",
            "start it from a shell with higher limits",
        )
    });
    config.chain(network).chain(limits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(states: &[(&str, &str)], problems: &str) -> StatusBody {
        let account = |(name, state): &(&str, &str)| {
            format!(
                r#"{{"name": "{name}", "type": "oauth_browser", "region": "us", "state": "{state}", "detail": "why"}}"#
            )
        };
        let accounts = states.iter().map(account).collect::<Vec<_>>().join(",");
        let body = format!(
            r#"{{"daemon": {{"name": "mpd", "version": "1", "protocol": {{"min": 1, "max": 1}}, "capabilities": [], "pid": 1,
            "instance": "i", "root": "/r"}}, "started_by": "hand", "started_at": "2026-01-01T00:00:00Z", "uptime_s": 5,
            "socket": "/s", "restart_pending": false, "idle_exit_s": null, "connections": 1, "calls": 1, "event_streams": 0,
            "log_level": "info", "log_file": null, "config": {{"path": "/c", "state": "ok", "revision": 1,
            "problems": {problems}}}, "watch": {{"mode": "events", "detail": null}}, "accounts": [{accounts}]}}"#
        );
        serde_json::from_str(&body).expect("a status")
    }

    fn judged(states: &[(&str, &str)], problems: &str, account: Option<&str>) -> (u8, String) {
        let health = Health::of(&status(states, problems), account).expect("the account is there");
        let (line, code) = (health.line(), health.exit_code());
        assert_eq!(health.json()["exit_code"], code);
        assert_eq!(health.outcome().err().map_or(0, |failure| failure.kind.exit_code()), code);
        (code, line)
    }

    #[test]
    fn the_worst_decides_and_all_is_told() {
        let good = [("a", "ok"), ("b", "expired"), ("c", "refreshing"), ("d", "caller"), ("e", "of_a_newer_daemon")];
        assert_eq!(judged(&good, "[]", None), (0, "OK: mpd 1 up 5 s, accounts: 5".to_owned()));
        let (code, line) = judged(&[("a", "backoff"), ("b", "login_required"), ("c", "degraded")], "[]", None);
        assert_eq!(code, 2);
        assert_eq!(
            line,
            "LOGIN REQUIRED: account 'b' is login_required: why; account 'a' is backoff: why; account 'c' is degraded: why"
        );
        let (code, line) = judged(&[], r#"[{"at": "c:1:2", "detail": "odd"}]"#, None);
        assert_eq!((code, line.as_str()), (1, "DEGRADED: c:1:2: odd"));
    }

    #[test]
    fn one_account_can_be_meant() {
        let states = [("cron", "ok"), ("spare", "login_required")];
        assert_eq!(judged(&states, "[]", Some("cron")).0, 0);
        assert_eq!(judged(&states, "[]", Some("spare")).0, 2);
        let none = Health::of(&status(&states, "[]"), Some("x")).err().map(|failure| failure.kind.exit_code());
        assert_eq!(none, Some(4));
    }
}
