//! `mp daemon`: start, stop and look at the daemon.

mod doctor;

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::location::{log_file, run_dir};
use mp_proto::routes::{SHUTDOWN, STATUS, VERSION};
use mp_proto::wire::{Accepted, AccountStatus, BudgetStatus, StatusBody, VersionBody};
use tokio::time::Instant;

use crate::api::Connection;
use crate::arg::{group, option, switch};
use crate::call::{Call, place, session_flags};
use crate::caller::{Environment, SessionFlags};
use crate::connect::{ConnectError, probe};
use crate::output::fitted;
use crate::place::Place;
use crate::spawn;

/// Longest wait for a daemon to leave: its grace for calls (10 s) and for a refresh (25 s), and a little.
const LEAVE: Duration = Duration::from_secs(40);

/// Between two looks at a log or a lock.
const PAUSE: Duration = Duration::from_millis(20);

/// How much of a log is shown unless asked otherwise, in lines.
const LINES: usize = 50;

/// What `-f` of `logs` leaves in the place of a format.
const FOLLOW: &str = "follow";

/// Adds the commands.
pub(crate) fn build(command: Command) -> Command {
    let lines =
        option("lines", "N", "How many lines to show [default: 50]").short('n').value_parser(value_parser!(u64));
    group(command)
        .subcommand(Command::new("start").about("Start the daemon, if it does not run"))
        .subcommand(Command::new("stop").about("Stop it, after its running calls"))
        .subcommand(Command::new("restart").about("Stop it and start the one beside mp"))
        .subcommand(Command::new("status").about("Show daemon, files and credentials"))
        .subcommand(Command::new("run").about("Run it in the foreground"))
        .subcommand(
            Command::new("logs")
                .about("Show its log")
                .arg(switch("follow", "Keep showing new lines; also -f"))
                .arg(lines)
                .arg(follow_as_f()),
        )
        .subcommand(Command::new("doctor").about("Look for what is wrong with daemon, files and socket"))
}

/// `-f` as everybody knows it from `tail`. clap has one `-f` a command, and everywhere else it is `--format`, which a log has not.
fn follow_as_f() -> Arg {
    option("format", "", "Keep showing new lines")
        .long(None)
        .short('f')
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value(FOLLOW)
        .hide(true)
}

fn follows(arguments: &ArgMatches) -> bool {
    arguments.get_flag("follow") || arguments.get_one::<String>("format").is_some_and(|value| value == FOLLOW)
}

/// Runs one of them.
///
/// # Errors
/// Those of the command.
pub(crate) async fn run(name: &str, arguments: &ArgMatches) -> Result<(), Failure> {
    let environment = Environment::of_this_process();
    match name {
        "run" => foreground(&place(arguments, &environment)?),
        "logs" => logs(&place(arguments, &environment)?, arguments).await,
        "doctor" => doctor::run(&mut Call::prepare(arguments, &SessionFlags::default())?).await,
        "stop" => stop(&mut Call::prepare(arguments, &session_flags(arguments))?).await,
        "restart" => {
            let mut call = Call::prepare(arguments, &session_flags(arguments))?;
            stop(&mut call).await?;
            start(&mut call).await
        }
        "status" => status(&mut Call::prepare(arguments, &session_flags(arguments))?).await,
        _ => start(&mut Call::prepare(arguments, &session_flags(arguments))?).await,
    }
}

/// Decides anew whether a call may start a daemon. Who says `daemon start` means it, whatever `MPD_AUTOSTART` says for the commands
/// that start one by the way; `--no-autostart` is said in the same breath and holds.
fn autostart(call: &mut Call<'_>, allowed: bool) {
    let mut options = call.daemon.options().clone();
    options.place.autostart = allowed && !call.arguments.get_flag("no-autostart");
    call.daemon = Connection::new(options);
}

async fn start(call: &mut Call<'_>) -> Result<(), Failure> {
    autostart(call, true);
    let version = call.get::<VersionBody>(VERSION).await?;
    call.output.show(&crate::output::json(&version), || {
        format!("mpd {} is running, pid {}, root {}", version.version, version.pid, version.root)
    })
}

async fn stop(call: &mut Call<'_>) -> Result<(), Failure> {
    match probe(&call.daemon.options().place).await {
        Err(ConnectError::Nobody { .. }) => return call.output.line("mpd is not running"),
        Err(error) => return Err(error.into()),
        Ok(stream) => drop(stream),
    }
    // One that has left meanwhile must not be started to be stopped.
    autostart(call, false);
    let instance = instance(call).await;
    match call.daemon.call::<Accepted>(Method::POST, SHUTDOWN, None::<&()>).await {
        Ok(answer) => drop(call.body(answer)),
        // Somebody else stops it; what counts is that it leaves.
        Err(failure) if matches!(failure.kind, FailureKind::Stopping | FailureKind::Unreachable) => {}
        Err(failure) => return Err(failure),
    }
    gone(call, instance.as_deref()).await?;
    call.output.line("mpd has stopped")
}

/// Waits until the lock is free, or held by another daemon: a client that found none may have started it at once.
async fn gone(call: &mut Call<'_>, before: Option<&str>) -> Result<(), Failure> {
    let lock = run_dir(&call.daemon.options().place.root).join("mpd.lock");
    let deadline = Instant::now() + LEAVE;
    while is_locked(&lock) {
        if let (Some(before), Some(now)) = (before, instance(call).await)
            && before != now
        {
            return Ok(());
        }
        if Instant::now() > deadline {
            let detail = format!("mpd has not left within {} s", LEAVE.as_secs());
            return Err(Failure::new(FailureKind::Timeout, detail).next("mp daemon logs", "see what it waits for"));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Returns what distinguishes the daemon that answers now from those before and after it.
async fn instance(call: &mut Call<'_>) -> Option<String> {
    call.daemon.get::<VersionBody>(VERSION).await.ok().map(|version| version.body.instance)
}

/// Returns whether a daemon lives: it holds this lock for life. A shared try does not disturb one that is starting; it tries again.
pub(crate) fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Looking changes nothing: where no daemon runs, that is the answer (exit 6).
async fn status(call: &mut Call<'_>) -> Result<(), Failure> {
    autostart(call, false);
    let status = call.get::<StatusBody>(STATUS).await?;
    call.output.show(&crate::output::json(&status), || describe(&status))
}

fn describe(status: &StatusBody) -> String {
    let never = || "never".to_owned();
    let line = |name: &str, value: &str| format!("{}\n", format!("{name:<12} {value}").trim_end());
    let mut text =
        line("mpd", &format!("{}, pid {}, up {} s", status.daemon.version, status.daemon.pid, status.uptime_s));
    if let Some(upstream) = &status.upstream {
        text.push_str(&line("UPSTREAM", &format!("{upstream} IN PLACE OF MIXPANEL: nothing here is real")));
    }
    text.push_str(&line("root", &status.daemon.root));
    text.push_str(&line("socket", &status.socket));
    text.push_str(&line("idle exit", &status.idle_exit_s.map_or_else(never, |seconds| format!("after {seconds} s"))));
    text.push_str(&line("calls", &format!("{} on {} connections", status.calls, status.connections)));
    text.push_str(&line("log", &format!("{} at {}", status.log_file.as_deref().unwrap_or("stderr"), status.log_level)));
    text.push_str(&line("watch", &format!("{} {}", status.watch.mode, status.watch.detail.as_deref().unwrap_or(""))));
    text.push_str(&line(
        "config",
        &format!("{}: {}, revision {}", status.config.path, status.config.state, status.config.revision),
    ));
    for problem in &status.config.problems {
        text.push_str(&format!("  {}: {}\n", problem.at, problem.detail));
    }
    if status.restart_pending {
        text.push_str("mpd was replaced by another build since it started: run `mp daemon restart`\n");
    }
    if !status.accounts.is_empty() {
        let rows: Vec<Vec<String>> = status.accounts.iter().map(account_row).collect();
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

fn account_row(account: &AccountStatus) -> Vec<String> {
    let ends = account.expires_at.map(|end| format!("until {end:.0}"));
    // A counter that has not moved tells nothing.
    let counted = (account.generation > 0).then(|| format!("token {}", account.generation));
    let detail = [
        account.detail.clone().or(ends),
        account.since.map(|since| format!("since {since:.0}")),
        account.retry_at.map(|again| format!("again at {again:.0}")),
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

fn foreground(place: &Place) -> Result<(), Failure> {
    let program = spawn::program(&Environment::of_this_process())
        .map_err(|error| Failure::new(FailureKind::Unreachable, error.to_string()))?;
    let error =
        std::process::Command::new(&program).arg("--root").arg(&place.root).arg("--socket").arg(&place.socket).exec();
    Err(Failure::new(FailureKind::Unreachable, format!("could not run {}: {error}", program.display())))
}

async fn logs(place: &Place, arguments: &ArgMatches) -> Result<(), Failure> {
    let path = log_file(&place.root);
    let failed = |error: io::Error| {
        let failure = Failure::new(FailureKind::Storage, format!("could not read {}: {error}", path.display()));
        failure.next("journalctl --user -u mixpanel-mpd", "see the log of a daemon that systemd started")
    };
    let mut file = File::open(&path).map_err(failed)?;
    let wanted = arguments.get_one::<u64>("lines").and_then(|count| usize::try_from(*count).ok()).unwrap_or(LINES);
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    if !shown(last_lines(&text, wanted)) || !follows(arguments) {
        return Ok(());
    }
    let mut at = text.len() as u64;
    loop {
        tokio::time::sleep(PAUSE).await;
        let size = std::fs::metadata(&path).map(|found| found.len()).unwrap_or(at);
        if size < at {
            // The log was put aside and begun anew.
            file = File::open(&path).map_err(failed)?;
            at = 0;
        }
        let mut fresh = Vec::new();
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_to_end(&mut fresh)).map_err(failed)?;
        at += fresh.len() as u64;
        if !shown(&fresh) {
            return Ok(());
        }
    }
}

/// Prints bytes. Returns whether anybody still reads.
fn shown(bytes: &[u8]) -> bool {
    let mut out = io::stdout();
    out.write_all(bytes).and_then(|()| out.flush()).is_ok()
}

fn last_lines(text: &[u8], count: usize) -> &[u8] {
    let body = text.strip_suffix(b"\n").unwrap_or(text);
    if count == 0 {
        return &[];
    }
    let start = body.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').nth(count - 1);
    &text[start.map_or(0, |(at, _)| at + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_whole() {
        assert_eq!(last_lines(b"a\nb\nc\n", 2), b"b\nc\n");
        assert_eq!(last_lines(b"a\nb\nc", 1), b"c");
        assert_eq!(last_lines(b"a\n", 9), b"a\n");
        assert_eq!(last_lines(b"a\n", 0), b"");
        assert_eq!(last_lines(b"", 3), b"");
    }

    #[test]
    fn an_account_tells_its_state_and_what_to_do() {
        let row = |fields: &str| {
            let body = format!(r#"{{"name": "br", "type": "oauth_browser", "region": "us", {fields}}}"#);
            account_row(&serde_json::from_str(&body).expect("a status")).join(" | ")
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

    #[test]
    fn a_lock_tells_whether_a_daemon_lives() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("mpd.lock");
        assert!(!is_locked(&path));
        let file = File::create(&path).expect("made");
        assert!(!is_locked(&path));
        file.lock().expect("locked");
        assert!(is_locked(&path));
    }
}
