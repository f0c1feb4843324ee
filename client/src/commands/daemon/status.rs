//! `mp daemon status`: daemon, files and credentials.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::SecretStore;
use mp_proto::routes::STATUS;
use mp_proto::wire::{AccountStatus, BudgetStatus, StatusBody};

use super::health::Health;
use super::lock;
use crate::arg::switch;
use crate::call::Call;
use crate::output::{Reader, escaped, fitted, json, moment};

/// Its arguments.
pub(super) fn arguments(command: clap::Command) -> clap::Command {
    let about = "Tell how it is in one line and by the exit code: 0 well, 1 degraded, 2 login required, 6 no daemon; \
                 of one account with -a";
    command.arg(switch("exit-code", about))
}

/// Runs the command. Looking changes nothing: where no daemon runs, that is the answer (exit 6).
///
/// # Errors
/// When no daemon answers, or the exit code is to say that not all is well.
pub(super) async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    call.set_autostart(false);
    let status = match call.get::<StatusBody>(STATUS).await {
        Ok(status) => status,
        Err(failure) => {
            let place = &call.daemon.options().place;
            let is_lost = failure.kind == FailureKind::Unreachable;
            let lives = if is_lost { lock::held_soon(place).await } else { None };
            return Err(match lives {
                Some(path) => lock::without_socket(place, &path).await,
                None => failure,
            });
        }
    };
    if call.arguments.get_flag("exit-code") {
        let health = Health::of(&status, call.text("account").as_deref())?;
        call.output.show(&health.json(), || health.line())?;
        return health.outcome();
    }
    call.output.show(&json(&status), || describe(&status))
}

fn describe(status: &StatusBody) -> String {
    let never = || "never".to_owned();
    let line = |name: &str, value: &str| format!("{}\n", format!("{name:<12} {}", escaped(value)).trim_end());
    let mut text =
        line("mpd", &format!("{}, pid {}, up {} s", status.daemon.version, status.daemon.pid, status.uptime_s));
    if let Some(upstream) = &status.upstream {
        text.push_str(&line("UPSTREAM", &format!("{upstream} IN PLACE OF MIXPANEL: nothing here is real")));
    }
    for (name, decided) in [
        ("proxy", &status.network.proxy),
        ("no proxy", &status.network.no_proxy),
        ("certificates", &status.network.ca_file),
    ] {
        if let Some(decided) = decided {
            text.push_str(&line(name, &format!("{}, by {}", decided.value, decided.by)));
        }
    }
    if let Some(problem) = &status.network.problem {
        text.push_str(&line("network", problem));
    }
    text.push_str(&line("root", &status.daemon.root));
    text.push_str(&line("socket", &status.socket));
    text.push_str(&line("idle exit", &status.idle_exit_s.map_or_else(never, |seconds| format!("after {seconds} s"))));
    let most = Some(status.process.most_connections).filter(|most| *most > 0);
    let most = most.map_or_else(String::new, |most| format!(" of {most}"));
    text.push_str(&line("calls", &format!("{} on {}{most} connections", status.calls, status.connections)));
    for problem in &status.process.problems {
        text.push_str(&line("limits", problem));
    }
    text.push_str(&line("log", &format!("{} at {}", status.log_file.as_deref().unwrap_or("stderr"), status.log_level)));
    text.push_str(&line("watch", &format!("{} {}", status.watch.mode, status.watch.detail.as_deref().unwrap_or(""))));
    text.push_str(&line(
        "config",
        &format!("{}: {}, revision {}", status.config.path, status.config.state, status.config.revision),
    ));
    if status.secret_store != SecretStore::File {
        let problem = status.secrets_problem.as_deref().map(|problem| format!(": {problem}")).unwrap_or_default();
        text.push_str(&line("secrets", &format!("{}{problem}", status.secret_store)));
    }
    for problem in &status.config.problems {
        text.push_str(&format!("  {}: {}\n", escaped(&problem.at), escaped(&problem.detail)));
    }
    if status.restart_pending {
        text.push_str("mpd was replaced by another build since it started: run `mp daemon restart`\n");
    }
    if !status.accounts.is_empty() {
        let rows: Vec<Vec<String>> =
            status.accounts.iter().map(|account| account_row(account, Reader::of_stdout())).collect();
        text.push_str(&format!("\n{}", fitted(&["ACCOUNT", "TYPE", "REGION", "STATE", ""], &rows, None)));
    }
    if !status.limits.is_empty() {
        let rows: Vec<Vec<String>> = status.limits.iter().map(budget_row).collect();
        text.push_str(&format!("\n{}", fitted(&["PROJECT", "REGION", "LIMIT", "NOW", "LAST HOUR", ""], &rows, None)));
    }
    text
}

fn budget_row(budget: &BudgetStatus) -> Vec<String> {
    let waiting = (budget.waiting > 0).then(|| format!("{} wait", budget.waiting));
    let closed = budget.closed_for_s.map(|seconds| format!("Mixpanel wants no more for {seconds} s"));
    vec![
        budget.project.to_string(),
        budget.region.to_string(),
        budget.family.as_str().to_owned(),
        format!("{} of {}", budget.running, budget.concurrent),
        format!("{} of {}", budget.used, budget.hourly),
        [waiting, closed].into_iter().flatten().collect::<Vec<_>>().join(", "),
    ]
}

fn account_row(account: &AccountStatus, reader: Reader) -> Vec<String> {
    let ends = account.expires_at.map(|end| format!("until {}", moment(end, reader)));
    // A counter that has not moved tells nothing.
    let counted = (account.generation > 0).then(|| format!("token {}", account.generation));
    let detail = [
        account.detail.clone().or(ends),
        account.since.map(|since| format!("since {}", moment(since, reader))),
        account.retry_at.map(|again| format!("again at {}", moment(again, reader))),
        counted,
        account.next.first().map(|next| format!("run `{}`", next.command)),
    ];
    vec![
        account.name.to_string(),
        account.r#type.to_string(),
        account.region.to_string(),
        account.state.to_string(),
        detail.into_iter().flatten().collect::<Vec<_>>().join(", "),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_tells_its_state_and_what_to_do() {
        let row = |fields: &str| {
            let body = format!(r#"{{"name": "br", "type": "oauth_browser", "region": "us", {fields}}}"#);
            account_row(&serde_json::from_str(&body).expect("a status"), Reader::Program).join(" | ")
        };
        let shown = row(r#""state": "ok", "expires_at": "2026-11-23T04:38:01.567282Z""#);
        assert_eq!(shown, "br | oauth_browser | us | ok | until 2026-11-23T04:38:01Z");
        let shown = row(r#""state": "backoff", "detail": "no answer", "since": "2026-11-23T04:00:00Z",
            "retry_at": "2026-11-23T04:05:00Z", "generation": 3,
            "next": [{"command": "mp account login br", "label": "log in"}]"#);
        let expected =
            "no answer, since 2026-11-23T04:00:00Z, again at 2026-11-23T04:05:00Z, token 3, run `mp account login br`";
        assert_eq!(shown, format!("br | oauth_browser | us | backoff | {expected}"));
    }

    #[test]
    fn a_budget_tells_what_is_used_and_what_keeps_it() {
        let row = |fields: &str| {
            let body = format!(
                r#"{{"region": "eu", "project": "7", "family": "query", "running": 5, "concurrent": 5, "used": 61,
                "hourly": 60, {fields}}}"#
            );
            budget_row(&serde_json::from_str(&body).expect("a budget")).join(" | ")
        };
        assert_eq!(row(r#""waiting": 0, "closed_for_s": null"#), "7 | eu | query | 5 of 5 | 61 of 60 | ");
        let expected = "7 | eu | query | 5 of 5 | 61 of 60 | 3 wait, Mixpanel wants no more for 9 s";
        assert_eq!(row(r#""waiting": 3, "closed_for_s": 9"#), expected);
    }
}
