//! What a daemon and its clients do when sockets, locks and their directories are lost, elsewhere, or cannot be had at all.

use std::fs;
use std::path::{Path, PathBuf};

use mp_sandbox::home::{Daemon, Home};
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::Connection;

use super::TICK;
use crate::{CONFIG, SOON, configured};

#[cfg(target_os = "linux")]
mod linux;

/// Starts a daemon that listens elsewhere than its root says.
fn listening_at(home: &Home, socket: &Path) -> Daemon {
    let mut command = home.command(&home.programs().mpd);
    command.arg("--socket").arg(socket);
    Daemon::start(command, home.path(), socket)
}

#[test]
fn a_removed_directory_of_the_socket_is_made_again() {
    let home = configured();
    let socket = home.at("gone/deep/d.sock");
    let mut daemon = listening_at(&home, &socket);
    fs::remove_dir_all(home.at("gone")).expect("ours");
    eventually(TICK, "the socket is bound again", || Connection::open(&socket).is_ok());
    home.mp(["--no-autostart", "--socket", socket.to_str().expect("ASCII"), "session"]).ok();
    assert!(daemon.is_running());
    // Once more, and this time somebody else makes the directory again.
    fs::remove_dir_all(home.at("gone/deep")).expect("ours");
    home.write("gone/deep/x", "");
    eventually(TICK, "the socket is bound again", || Connection::open(&socket).is_ok());
    assert!(daemon.is_running());
}

#[test]
fn the_whole_run_directory_comes_back_with_lock_and_socket() {
    let home = configured();
    let daemon = home.start();
    fs::remove_dir_all(home.at(".mp/run")).expect("ours");
    eventually(TICK, "the daemon is found again", || home.daemon().is_some_and(|(pid, _)| pid == daemon.pid()));
    assert!(home.read(".mp/run/mpd.lock").starts_with(&format!("{}\n", daemon.pid())), "the lock is there, too");
}

#[test]
fn a_daemon_whose_directory_was_just_removed_is_not_said_to_be_gone() {
    let home = configured();
    let daemon = home.start();
    fs::remove_dir_all(home.at(".mp/run")).expect("ours");
    let said = home.mp(["daemon", "stop"]).ok();
    assert!(said.contains("has stopped"), "{said}");
    assert_eq!(daemon.wait(TICK), 0);
}

#[test]
fn a_daemon_that_cannot_have_its_socket_back_leaves() {
    let home = configured();
    let daemon = listening_at(&home, &home.at("gone/d.sock"));
    fs::remove_dir_all(home.at("gone")).expect("ours");
    // Both at once is not to be had: if the daemon was faster, its socket goes once more.
    eventually(SOON, "a file stands in the place of the directory", || {
        let _ = fs::remove_dir_all(home.at("gone"));
        fs::write(home.at("gone"), "in the way").is_ok()
    });
    assert_eq!(daemon.wait(TICK), 0, "it does not stay where nobody finds it");
}

#[test]
fn a_daemon_without_a_socket_is_seen_and_stopped_by_its_lock() {
    let home = configured();
    let daemon = listening_at(&home, &home.at("s/d.sock"));
    let message = home.mp(["daemon", "status"]).fails(6);
    let pid = format!("pid {}", daemon.pid());
    assert!(message.contains("mpd runs") && message.contains(&pid), "{message}");
    assert!(message.contains("no socket leads to it") && message.contains("mp daemon stop"), "{message}");
    // A start says who is in the way.
    let message = home.mp(["session"]).fails(6);
    assert!(message.contains("another host or process holds") && message.contains(&pid), "{message}");
    if cfg!(target_os = "linux") {
        let told = home.mp(["daemon", "stop"]).ok();
        assert!(told.contains(&pid) && told.contains("has stopped"), "{told}");
        assert_eq!(daemon.wait(SOON), 0);
    } else {
        drop(daemon);
    }
    // The daemon that the failed start has left may have waited for the lock, and is the next one.
    eventually(SOON, "none is left", || home.mp(["daemon", "stop"]).ok().contains("mpd is not running"));
}

#[test]
fn a_directory_that_is_chosen_while_a_daemon_runs_counts_from_the_next_start() {
    let home = configured();
    let _daemon = home.start();
    let chosen = home.at("here");
    home.write(".mp/config.toml", &format!("{CONFIG}\n[settings]\nrun_dir = {:?}\n", chosen.display().to_string()));
    home.mp(["--no-autostart", "session"]).ok();
    assert!(!chosen.exists(), "the daemon that runs is the daemon");
    let usual = home.socket();
    home.mp(["daemon", "restart"]).ok();
    assert!(!usual.exists() && only_below(&chosen).join("mpd.sock").exists());
    home.mp(["--no-autostart", "session"]).ok();
    assert!(home.mp(["daemon", "stop"]).ok().contains("has stopped"));
}

/// Returns the only entry of a directory.
#[track_caller]
fn only_below(directory: &Path) -> PathBuf {
    let mut entries = fs::read_dir(directory).expect("it is there").map(|entry| entry.expect("readable").path());
    let only = entries.next().expect("one entry");
    assert!(entries.next().is_none(), "only one entry");
    only
}
