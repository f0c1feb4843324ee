//! `mp daemon doctor`: what is wrong, and what to do about it. It tries what a start tries, leaves nothing behind, and works without a
//! daemon too.

mod files;
mod findings;
mod network;
mod start;

use clap::ArgMatches;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::SecretStore;
use mp_proto::routes::STATUS;
use mp_proto::wire::{CredentialState, StatusBody, WatchMode};
use serde_json::{Value, json};
use std::time::Duration;

use self::findings::{Findings, Verdict};
use super::lock;
use crate::api::{Answer, VERSION};
use crate::arg::switch;
use crate::call::Call;
use crate::connect::{ConnectError, probe};
use crate::output::fitted;
use crate::place::Place;

/// How long a daemon may take for its status; one that is stuck is a finding, too.
const PATIENCE: Duration = Duration::from_secs(10);

/// Its arguments.
pub(super) fn arguments(command: clap::Command) -> clap::Command {
    command.arg(switch("online", "Ask Mixpanel too: the way there, and the clock"))
}

fn is_online(arguments: &ArgMatches) -> bool {
    arguments.get_flag("online")
}

/// Runs the command.
///
/// # Errors
/// When a check failed.
pub(super) async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut findings = Findings::default();
    let place = call.daemon.options().place.clone();
    findings.add(Verdict::Ok, format!("mp {VERSION}, root {}", place.root.display()), "");
    files::directories(&place.root, &mut findings);
    files::other_config(&place.root, &call.environment, &mut findings);
    files::credentials(&place.root, &mut findings);
    files::writing(&place, &mut findings);
    start::limits(&mut findings);
    start::starting(&place, &mut findings);
    let held = lock::held(&place);
    let lives = held.is_some();
    match probe(&place).await {
        Ok(stream) => {
            drop(stream);
            served(call, &place, lives, &mut findings).await;
        }
        Err(ConnectError::Nobody { .. }) => {
            match held {
                Some(path) => {
                    let failure = lock::without_socket(&place, &path).await;
                    let hint = failure.next.first().map(|next| next.command.clone()).unwrap_or_default();
                    findings.add(Verdict::Fail, failure.detail, hint);
                }
                None => findings.add(Verdict::Ok, "no daemon runs; the next command starts one", ""),
            }
            if is_online(call.arguments) {
                findings.add(Verdict::Warn, "Mixpanel was not asked: the daemon does that", "mp daemon start");
            }
        }
        Err(error) => {
            let hint = files::hint_for(&error);
            findings.add(Verdict::Fail, error.to_string(), hint);
        }
    }
    show(call, &findings)
}

/// Something listens: asks it.
async fn served(call: &mut Call<'_>, place: &Place, lives: bool, findings: &mut Findings) {
    findings.add(Verdict::Ok, format!("{} is served by your own user", place.socket.display()), "");
    if lives {
        findings.add(Verdict::Ok, "the lock of the storage root is held", "");
    } else {
        let what = "the storage root is not locked: what listens may serve another root";
        findings.add(Verdict::Warn, what, "compare --socket and MPD_SOCKET with MP_STORAGE_DIR");
    }
    match call.daemon.get_within::<StatusBody>(STATUS, PATIENCE).await {
        Ok(Answer { body, notes, .. }) => {
            running(&body, findings);
            network::of_status(&body, &notes, findings);
            network::tried(call, is_online(call.arguments), findings).await;
        }
        Err(failure) => findings.add(Verdict::Fail, format!("no status: {failure}"), "mp daemon logs"),
    }
}

fn running(status: &StatusBody, findings: &mut Findings) {
    let daemon = &status.daemon;
    let what = format!("mpd {}, pid {}", daemon.version, daemon.pid);
    if daemon.version != VERSION || status.restart_pending {
        findings.add(Verdict::Warn, format!("{what} is another build than mp"), "mp daemon restart");
    } else {
        findings.add(Verdict::Ok, what, "");
    }
    let detail = status.watch.detail.clone().unwrap_or_default();
    let verdict = if status.watch.mode == WatchMode::Events { Verdict::Ok } else { Verdict::Warn };
    findings.add(verdict, format!("files are watched by {} {detail}", status.watch.mode), "");
    findings.add(
        if status.config.problems.is_empty() { Verdict::Ok } else { Verdict::Fail },
        format!("{} is {}", status.config.path, status.config.state),
        "",
    );
    for problem in &status.config.problems {
        findings.add(Verdict::Fail, format!("{}: {}", problem.at, problem.detail), "correct the file");
    }
    if status.secret_store != SecretStore::File {
        let what = format!("secrets are kept in: {}", status.secret_store);
        match &status.secrets_problem {
            Some(problem) => findings.add(Verdict::Warn, format!("{what}; {problem}"), "mp daemon secrets"),
            None => findings.add(Verdict::Ok, what, ""),
        }
    }
    for account in &status.accounts {
        let detail = account.detail.clone().unwrap_or_default();
        let verdict = if matches!(account.state, CredentialState::Ok | CredentialState::Caller) {
            Verdict::Ok
        } else {
            Verdict::Warn
        };
        let hint = account.next.first().map(|next| next.command.clone()).unwrap_or_default();
        findings.add(verdict, format!("account {} is {} {detail}", account.name, account.state), hint);
    }
}

fn show(call: &mut Call<'_>, findings: &Findings) -> Result<(), Failure> {
    let record = |(verdict, what, hint): &(Verdict, String, String)| json!({"verdict": verdict.word(), "what": what.trim(), "hint": hint});
    let records: Vec<Value> = findings.all().iter().map(record).collect();
    call.output.show(&Value::Array(records), || {
        let row = |(verdict, what, hint): &(Verdict, String, String)| {
            vec![verdict.word().to_owned(), what.trim().to_owned(), hint.clone()]
        };
        let rows: Vec<Vec<String>> = findings.all().iter().map(row).collect();
        fitted(&["", "WHAT", "HINT"], &rows, None)
    })?;
    match findings.failed() {
        0 => Ok(()),
        failed => Err(Failure::new(FailureKind::ConfigInvalid, format!("{failed} checks failed"))),
    }
}
