//! Starting, being the only one, losing the socket, and stopping.

pub(crate) mod kills;
mod programs;
mod recovery;
mod remains;

use std::fs;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use mp_proto::routes;
use mp_sandbox::home::{Daemon, keeps_running};
use mp_sandbox::process::{daemons_of, is_running, kill, picture, terminate, wait};
use mp_sandbox::wait::{eventually, poll};
use mp_sandbox::wire::{Ask, EventStream};

use self::kills::kill_at_random;
use crate::{SOON, configured, empty, project, session};

/// A lost socket is noticed by the watch, or at the latest by the tick every 30 s.
const TICK: Duration = Duration::from_secs(40);

#[test]
fn the_first_call_starts_a_daemon_that_outlives_it() {
    let home = configured();
    assert!(home.daemon().is_none());
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
    let (pid, instance) = home.daemon().expect("a daemon was started");
    home.mp(["session"]).ok();
    assert_eq!(home.daemon(), Some((pid, instance)), "the second call found the same daemon");
    assert!(home.at(".mp/run/mpd.log").exists(), "a daemon that a client started logs to a file");
}

/// Where the system gives huge pages to all, a daemon of a few megabytes would have many.
#[cfg(target_os = "linux")]
#[test]
fn no_daemon_has_huge_pages_whoever_starts_it() {
    let by_client = configured();
    by_client.mp(["session"]).ok();
    let by_hand = configured();
    let daemon = by_hand.start();
    for pid in [by_client.daemon().expect("a daemon was started").0, daemon.pid()] {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        // Before Linux 5.0 the line is missing.
        let line = status.lines().find_map(|line| line.strip_prefix("THP_enabled:"));
        assert!(line.is_none_or(|enabled| enabled.trim() == "0"), "{line:?}");
    }
}

#[test]
fn a_hundred_cold_calls_at_once_get_one_daemon_and_equal_answers() {
    let home = configured();
    let running: Vec<_> = (0..100).map(|_| home.mp(["session", "-f", "json"]).start()).collect();
    let answers: Vec<_> = running.into_iter().map(mp_sandbox::home::Running::finish).collect();
    for answer in &answers {
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        assert_eq!(answer.stdout, answers[0].stdout);
    }
    assert!(answers[0].stdout.contains("3018488"), "{}", answers[0].stdout);
    let (pid, _) = home.daemon().expect("one daemon answers");
    if cfg!(target_os = "linux") {
        assert_eq!(daemons_of(home.path()), [pid]);
    }
}

#[test]
fn a_second_daemon_of_the_same_root_is_refused() {
    let home = configured();
    let first = home.start();
    let second = home.command(&home.programs().mpd).stdin(Stdio::null()).output().expect("mpd runs");
    assert!(!second.status.success(), "two daemons own one root");
    assert_eq!(home.daemon().map(|(pid, _)| pid), Some(first.pid()));
}

#[test]
fn killing_the_daemon_at_any_moment_loses_no_acknowledged_edit() {
    kill_at_random(&configured(), 200, 20);
}

#[test]
fn what_a_failure_shows_of_a_home_is_its_own_daemon_and_its_log() {
    let (home, other) = (configured(), configured());
    home.mp(["session"]).ok();
    other.mp(["session"]).ok();
    let picture = picture(home.path());
    assert!(picture.contains("| ") && picture.contains("started"), "{picture}");
    assert!(!picture.contains(other.path().to_str().expect("a text")), "{picture}");
    if cfg!(target_os = "linux") {
        let (pid, _) = home.daemon().expect("one daemon answers");
        assert!(picture.contains(&format!("{pid}: ")) && picture.contains("tokio"), "{picture}");
    }
}

#[test]
fn a_stale_socket_does_not_stand_in_the_way() {
    let home = configured();
    home.write(".mp/run/x", "");
    drop(UnixListener::bind(home.socket()).expect("the directory is there"));
    assert!(home.socket().exists(), "the file outlives its listener");
    home.mp(["session"]).ok();
}

#[test]
fn a_killed_daemon_is_replaced_by_the_next_call() {
    let home = configured();
    home.mp(["session"]).ok();
    let (first, _) = home.daemon().expect("a daemon was started");
    kill(first);
    home.mp(["session"]).ok();
    assert_ne!(home.daemon().expect("another was started").0, first);
}

#[test]
fn a_removed_socket_comes_back_and_mp_works_at_once() {
    let home = configured();
    let mut daemon = home.start();
    fs::remove_file(home.socket()).expect("it is there");
    home.mp(["session"]).ok();
    eventually(TICK, "the socket is bound again", || home.daemon().is_some_and(|(pid, _)| pid == daemon.pid()));
    assert!(daemon.is_running());
}

#[test]
fn a_daemon_whose_socket_was_taken_over_leaves_without_touching_it() {
    let home = configured();
    let daemon = home.start();
    // In one step: a socket that is only removed comes back within a moment.
    let beside = home.at(".mp/run/other.sock");
    let _other = UnixListener::bind(&beside).expect("the directory is there");
    fs::rename(&beside, home.socket()).expect("the same directory");
    assert_eq!(daemon.wait(TICK), 0);
    assert!(home.socket().exists(), "the other's socket is still there");
}

#[test]
fn an_idle_daemon_exits() {
    let home = configured();
    let daemon = home.start_with(|mpd| mpd.args(["--started-by", "client", "--idle-exit", "1"]));
    assert_eq!(daemon.wait(SOON), 0);
    assert!(!home.socket().exists(), "it takes its socket along");
}

#[test]
fn an_open_event_stream_keeps_an_idle_daemon() {
    let home = configured();
    let mut daemon = home.start_with(|mpd| mpd.args(["--started-by", "client", "--idle-exit", "1"]));
    let stream = EventStream::open(&home.socket(), None);
    keeps_running(&mut daemon, Duration::from_secs(3));
    drop(stream);
    assert_eq!(daemon.wait(SOON), 0);
}

#[test]
fn sigterm_ends_event_streams_with_a_reason() {
    let home = configured();
    let daemon = home.start();
    let mut stream = EventStream::open(&home.socket(), None);
    stream.until("snapshot");
    terminate(daemon.pid());
    let last = stream.until("daemon.stopping").pop().expect("it has come");
    assert!(last.data["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{last:?}");
    assert!(stream.receive().expect("a clean end").is_none(), "the stream ends there");
    assert_eq!(daemon.wait(SOON), 0);
    assert!(!home.socket().exists(), "it takes its socket along");
}

#[test]
fn sigint_stops_it_too() {
    let home = configured();
    let daemon = home.start();
    let pid = rustix::process::Pid::from_raw(i32::try_from(daemon.pid()).expect("a pid")).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
    assert_eq!(daemon.wait(SOON), 0);
}

#[test]
fn the_shutdown_route_stops_it() {
    let home = configured();
    let daemon = home.start();
    let answer = home.ask(&Ask::change("POST", routes::SHUTDOWN, &serde_json::json!({})));
    assert_eq!(answer.ok()["status"], "stopping");
    assert_eq!(daemon.wait(SOON), 0);
}

#[test]
fn idle_connections_do_not_delay_a_stop() {
    let home = configured();
    let daemon = home.start();
    let mut kept = home.connect();
    session(&mut kept);
    let silent = home.connect();
    terminate(daemon.pid());
    // Shorter than the grace period of 10 s, which is for calls that run.
    assert_eq!(daemon.wait(Duration::from_secs(8)), 0);
    drop(silent);
}

#[test]
fn mp_daemon_start_status_stop_do_what_they_say() {
    let home = configured();
    home.mp(["daemon", "start"]).ok();
    let (pid, _) = home.daemon().expect("it was started");
    assert!(home.mp(["daemon", "status"]).ok().contains(&pid.to_string()));
    home.mp(["daemon", "restart"]).ok();
    let (next, _) = home.daemon().expect("it was started again");
    assert_ne!(next, pid);
    home.mp(["daemon", "stop"]).ok();
    eventually(SOON, "the daemon is gone", || !is_running(next));
    assert!(!home.socket().exists());
}

#[test]
fn autostart_can_be_turned_off() {
    let home = configured();
    let by_variable = home.mp(["session"]).env("MPD_AUTOSTART", "0").fails(6);
    let by_flag = home.mp(["--no-autostart", "session"]).fails(6);
    assert!(!by_variable.is_empty() && !by_flag.is_empty(), "the failure is explained");
    assert!(home.daemon().is_none());
    assert!(daemons_of(home.path()).is_empty());
}

#[test]
fn the_reason_of_a_failed_start_reaches_the_caller() {
    let home = configured();
    // The daemon cannot take its lock, whoever runs it.
    home.write(".mp/run/mpd.lock/x", "");
    let message = home.mp(["session"]).fails(6);
    assert!(message.contains("mpd.lock"), "{message}");
}

#[test]
fn a_started_daemon_inherits_neither_environment_nor_directory() {
    let home = configured();
    home.mp(["session"]).env("MP_PROJECT_ID", "77").env("MP_SECRET", "inherited-secret").ok();
    let (pid, _) = home.daemon().expect("it was started");
    assert_eq!(project(&session(&mut home.connect())), "3018488", "it does not resolve with the starter's variables");
    if cfg!(target_os = "linux") {
        if let Ok(environ) = fs::read(format!("/proc/{pid}/environ")) {
            let environ = String::from_utf8_lossy(&environ).into_owned();
            assert!(!environ.contains("inherited-secret") && !environ.contains("MP_PROJECT_ID"), "{environ}");
        }
        if let Ok(cwd) = fs::read_link(format!("/proc/{pid}/cwd")) {
            assert_eq!(cwd.to_str(), Some("/"));
        }
    }
}

#[test]
fn a_listening_socket_can_be_inherited() {
    let home = configured();
    home.write(".mp/run/x", "");
    let listener = UnixListener::bind(home.socket()).expect("the directory is there");
    fs::set_permissions(home.socket(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("our own socket");
    let notices = home.at("notify");
    let manager = UnixDatagram::bind(&notices).expect("the home is writable");
    manager.set_read_timeout(Some(SOON)).expect("not zero");
    // What systemd does: the socket is descriptor 3, and LISTEN_PID names the process that is to take it.
    let mut command = home.command("/bin/sh".as_ref());
    let script = r#"exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --started-by service"#;
    command.arg("-c").arg(script).arg(&home.programs().mpd).env("NOTIFY_SOCKET", &notices);
    let daemon = start_with_stdin(command, &home, listener);
    assert!(notified(&manager, "READY=1"), "the service manager hears that it is ready");
    assert_eq!(project(&session(&mut home.connect())), "3018488");
    terminate(daemon.id());
    assert!(notified(&manager, "STOPPING=1"), "and that it stops");
    let mut daemon = daemon;
    assert!(wait(&mut daemon, SOON).is_some_and(|status| status.success()));
    assert!(home.socket().exists(), "the socket belongs to the service manager");
}

fn start_with_stdin(mut command: Command, home: &mp_sandbox::home::Home, stdin: UnixListener) -> std::process::Child {
    let log = fs::File::create(home.at("mpd.stderr")).expect("the home is writable");
    let child = command
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(stdin)))
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("sh is there");
    // The socket accepts connections already; that somebody answers is what counts.
    assert!(poll(SOON, || home.daemon()).is_some(), "no answer: {}", home.read("mpd.stderr"));
    child
}

/// Reads messages to the service manager until one holds this line.
fn notified(manager: &UnixDatagram, line: &str) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match manager.recv(&mut bytes) {
            Ok(count) if String::from_utf8_lossy(&bytes[..count]).lines().any(|known| known == line) => return true,
            Ok(_) => {}
            // With a time-out set, the kernel does not go on by itself after a signal.
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

#[test]
fn a_daemon_with_a_socket_of_its_own_is_found_by_flag_and_variable() {
    let home = configured();
    home.write("s/x", "");
    let socket = home.at("s/d.sock");
    let mut command = home.command(&home.programs().mpd);
    command.arg("--socket").arg(&socket);
    let _daemon = Daemon::start(command, home.path(), &socket);
    let path = socket.to_str().expect("it is ASCII");
    home.mp(["--socket", path, "--no-autostart", "session"]).ok();
    home.mp(["--no-autostart", "session"]).env("MPD_SOCKET", path).ok();
    home.mp(["--no-autostart", "session"]).fails(6);
}

#[test]
fn a_root_with_a_long_path_still_gets_a_socket() {
    let home = empty();
    let root = home.at("d".repeat(120));
    fs::create_dir(&root).expect("the home is writable");
    let call = |words: &[&str]| home.mp(words).env("MP_STORAGE_DIR", &root);
    call(&["session"]).ok();
    let socket = mp_proto::location::default_socket(&root, rustix::process::getuid().as_raw()).expect("a short path");
    assert!(socket.exists() && !socket.starts_with(&root), "{}", socket.display());
    call(&["daemon", "stop"]).ok();
    eventually(SOON, "the socket is gone", || !socket.exists());
}

#[test]
fn the_version_needs_no_daemon() {
    let home = configured();
    assert!(home.mp(["--version"]).ok().contains(env!("CARGO_PKG_VERSION")));
    let mpd = home.command(&home.programs().mpd).arg("--version").arg0("mpd").output().expect("mpd runs");
    assert!(String::from_utf8_lossy(&mpd.stdout).contains(env!("CARGO_PKG_VERSION")));
    assert!(home.daemon().is_none() && !home.at(".mp/run").exists());
}

#[test]
fn looking_at_the_status_starts_no_daemon() {
    let home = configured();
    let message = home.mp(["daemon", "status"]).fails(6);
    assert!(message.contains("no daemon listens") && message.contains("mp daemon start"), "{message}");
    assert!(home.daemon().is_none());
}
