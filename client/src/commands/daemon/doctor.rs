//! `mp daemon doctor`: what is wrong, and what to do about it. It changes nothing, and works without a daemon too.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::location::run_dir;
use mp_proto::routes::STATUS;
use mp_proto::wire::{CredentialState, StatusBody, WatchMode};
use serde_json::{Value, json};

use super::lock;
use crate::api::VERSION;
use crate::call::Call;
use crate::connect::{ConnectError, probe};
use crate::output::fitted;
use crate::place::uid;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

#[derive(Default)]
struct Findings(Vec<(Verdict, String, String)>);

impl Findings {
    fn add(&mut self, verdict: Verdict, what: impl Into<String>, hint: impl Into<String>) {
        self.0.push((verdict, what.into(), hint.into()));
    }
}

/// Runs the command.
///
/// # Errors
/// When a check failed.
pub(super) async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut findings = Findings::default();
    let place = call.daemon.options().place.clone();
    findings.add(Verdict::Ok, format!("mp {VERSION}, root {}", place.root.display()), "");
    directories(&place.root, &mut findings);
    other_config(&place.root, &call.environment, &mut findings);
    credentials(&place.root, &mut findings);
    let lives = lock::held(&place).is_some();
    match probe(&place).await {
        Ok(stream) => {
            drop(stream);
            findings.add(Verdict::Ok, format!("{} is served by your own user", place.socket.display()), "");
            if lives {
                findings.add(Verdict::Ok, "the lock of the storage root is held", "");
            } else {
                let what = "the storage root is not locked: what listens may serve another root";
                findings.add(Verdict::Warn, what, "compare --socket and MPD_SOCKET with MP_STORAGE_DIR");
            }
            match call.daemon.get::<StatusBody>(STATUS).await {
                Ok(status) => running(&status.body, &mut findings),
                Err(failure) => findings.add(Verdict::Fail, format!("no status: {failure}"), "mp daemon logs"),
            }
        }
        Err(ConnectError::Nobody { .. }) if lives => {
            findings.add(Verdict::Fail, "a daemon lives but its socket is gone", "it binds again within 30 s");
        }
        Err(ConnectError::Nobody { .. }) => {
            findings.add(Verdict::Ok, "no daemon runs; the next command starts one", "")
        }
        Err(error) => findings.add(Verdict::Fail, error.to_string(), "remove it if it is not yours"),
    }
    show(call, &findings)
}

fn directories(root: &Path, findings: &mut Findings) {
    for directory in [root.to_owned(), run_dir(root)] {
        let shown = directory.display();
        match std::fs::symlink_metadata(&directory) {
            Err(_) => findings.add(Verdict::Ok, format!("{shown} is not there yet"), ""),
            Ok(found) if found.is_symlink() => {
                findings.add(
                    Verdict::Fail,
                    format!("{shown} is a symbolic link"),
                    "name the real directory by MP_STORAGE_DIR",
                );
            }
            Ok(found) if found.uid() != uid() => {
                findings.add(
                    Verdict::Fail,
                    format!("{shown} belongs to uid {}", found.uid()),
                    format!("chown it to uid {}", uid()),
                );
            }
            Ok(found) if found.mode() & 0o077 != 0 => {
                let what = format!("{shown} has mode {:04o}", found.mode() & 0o7777);
                findings.add(Verdict::Warn, what, format!("chmod 700 {shown}"));
            }
            Ok(_) => findings.add(Verdict::Ok, format!("{shown} is private"), ""),
        }
    }
}

/// Files that hold credentials are refused by whoever reads them unless they are private.
fn credentials(root: &Path, findings: &mut Findings) {
    let mut files = vec![root.join("config.toml")];
    let accounts = std::fs::read_dir(root.join("accounts")).into_iter().flatten().flatten();
    files.extend(accounts.flat_map(|account| ["tokens.json", "me.json"].map(|name| account.path().join(name))));
    files.sort();
    let before = findings.0.len();
    let mut seen = 0;
    for file in files {
        let Ok(found) = std::fs::symlink_metadata(&file) else { continue };
        seen += 1;
        let shown = file.display();
        if !found.is_file() {
            findings.add(Verdict::Fail, format!("{shown} is no regular file"), "put a regular file in its place");
        } else if found.uid() != uid() {
            let what = format!("{shown} belongs to uid {}", found.uid());
            findings.add(Verdict::Fail, what, format!("chown it to uid {}", uid()));
        } else if found.mode() & 0o077 != 0 {
            let what = format!("{shown} has mode {:04o}", found.mode() & 0o7777);
            findings.add(Verdict::Fail, what, format!("chmod 600 {shown}"));
        }
    }
    if seen > 0 && findings.0.len() == before {
        findings.add(Verdict::Ok, format!("{seen} credential files are private"), "");
    }
}

/// The Python tool keeps its config in `~/.mp` whatever `MP_STORAGE_DIR` says; somebody may wonder where the accounts went.
fn other_config(root: &Path, environment: &crate::caller::Environment, findings: &mut Findings) {
    let Some(home) = environment.get("HOME") else { return };
    let usual = PathBuf::from(home).join(".mp").join("config.toml");
    let own = root.join("config.toml");
    if usual != own && usual.exists() && !own.exists() {
        let what = format!("{} exists, but the storage root is {}", usual.display(), root.display());
        findings.add(Verdict::Warn, what, format!("MP_CONFIG_PATH={} uses it", usual.display()));
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
    if let Some(upstream) = &status.upstream {
        let what = format!("every request goes to {upstream} in place of Mixpanel");
        findings.add(Verdict::Warn, what, "unset MPD_UPSTREAM, then mp daemon restart");
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
    let records: Vec<Value> = findings
        .0
        .iter()
        .map(|(verdict, what, hint)| json!({"verdict": verdict.word(), "what": what.trim(), "hint": hint}))
        .collect();
    call.output.show(&Value::Array(records), || {
        let rows: Vec<Vec<String>> = findings
            .0
            .iter()
            .map(|(verdict, what, hint)| vec![verdict.word().to_owned(), what.trim().to_owned(), hint.clone()])
            .collect();
        fitted(&["", "WHAT", "HINT"], &rows, None)
    })?;
    let failed = findings.0.iter().filter(|(verdict, ..)| *verdict == Verdict::Fail).count();
    if failed == 0 { Ok(()) } else { Err(Failure::new(FailureKind::ConfigInvalid, format!("{failed} checks failed"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_credential_file_that_others_can_read_is_found() {
        let dir = tempfile::tempdir().expect("a directory");
        let account = dir.path().join("accounts/acme");
        std::fs::create_dir_all(&account).expect("made");
        let write = |path: &Path, mode| {
            std::fs::write(path, "{}").expect("written");
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("changed");
        };
        let check = || {
            let mut findings = Findings::default();
            credentials(dir.path(), &mut findings);
            findings.0
        };
        assert!(check().is_empty(), "nothing there is nothing wrong");
        write(&account.join("tokens.json"), 0o600);
        assert!(matches!(check().as_slice(), [(Verdict::Ok, ..)]));
        write(&account.join("me.json"), 0o644);
        assert!(matches!(check().as_slice(), [(Verdict::Fail, _, hint)] if hint.starts_with("chmod 600 ")));
        symlink("/dev/null", dir.path().join("config.toml")).expect("linked");
        assert_eq!(check().iter().filter(|(verdict, ..)| *verdict == Verdict::Fail).count(), 2);
    }
}
