//! What those leave who die: tests their daemons, daemons their queue.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use mp_sandbox::process::{is_running, kill};
use mp_sandbox::wait::eventually;

use crate::{SOON, configured, project};

/// Runs one test of this binary in a process of its own, which plays a part in another test when this variable tells its home.
fn play(test: &str, part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the test binary"));
    command.args(["--exact", &format!("life::remains::{test}"), "--nocapture"]).env(PART, part);
    command
}

const PART: &str = "MP_TEST_PART";

/// Reads lines until one begins like this, and returns the rest of it.
fn told(from: impl Read, word: &str) -> String {
    let mut lines = BufReader::new(from).lines().map_while(Result::ok);
    lines.find_map(|line| Some(line.split_once(word)?.1.trim().to_owned())).expect("it tells")
}

#[test]
fn tests_that_are_killed_leave_no_daemon_behind() {
    if std::env::var_os(PART).is_some() {
        let home = configured();
        home.mp(["session"]).ok();
        println!("started {}", home.daemon().expect("it was started").0);
        // Until it is killed.
        std::io::stdin().read_to_end(&mut Vec::new()).expect("a pipe");
        return;
    }
    let test = "tests_that_are_killed_leave_no_daemon_behind";
    let mut killed = play(test, "be killed").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let daemon: u32 = told(killed.stdout.take().expect("piped"), "started ").parse().expect("a pid");
    assert!(is_running(daemon));
    killed.kill().expect("our child");
    killed.wait().expect("our child");
    if cfg!(target_os = "linux") {
        eventually(SOON, "the daemon has ended, too", || !is_running(daemon));
    } else {
        kill(daemon);
    }
}

/// Listens at the socket of a home, hands the listener to a process that does nothing with it, and ends.
fn leave_a_listener(socket: &str) {
    let listener = UnixListener::bind(socket).expect("the directory is there");
    fs::set_permissions(socket, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("ours");
    let holder = Command::new("sleep").arg("600").stdin(OwnedFd::from(listener)).stdout(Stdio::null()).spawn();
    println!("holder {}", holder.expect("sleep is everywhere").id());
}

/// A process with the listener of another, which has died.
struct Holder(u32);

impl Drop for Holder {
    fn drop(&mut self) {
        kill(self.0);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_client_in_the_queue_of_a_dead_daemon_soon_asks_the_next_one() {
    if let Ok(socket) = std::env::var(PART) {
        return leave_a_listener(&socket);
    }
    let home = configured();
    home.write(".mp/run/x", "");
    let socket = home.socket();
    let test = "a_client_in_the_queue_of_a_dead_daemon_soon_asks_the_next_one";
    let mut dead = play(test, socket.to_str().expect("a text")).stdout(Stdio::piped()).spawn().expect("it runs");
    let holder = Holder(told(dead.stdout.take().expect("piped"), "holder ").parse().expect("a pid"));
    dead.wait().expect("our child");
    // The listener itself, and each connection that waits for it.
    let in_queue = || {
        let table = fs::read_to_string("/proc/net/unix").expect("Linux has it");
        table.lines().filter(|line| line.ends_with(socket.to_str().expect("a text"))).count() > 1
    };
    let waiting = home.mp(["session", "-f", "json"]).start();
    eventually(SOON, "the client waits in the queue", in_queue);
    let begun = Instant::now();
    let aside: PathBuf = home.at(".mp/run/dead.sock");
    fs::rename(&socket, aside).expect("the same directory");
    let daemon = home.start();
    let done = waiting.finish();
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(project(&serde_json::from_str(&done.stdout).expect("JSON")), "3018488");
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    assert!(is_running(holder.0), "the queue was there all the time");
    let answered = daemon.pid();
    assert_eq!(home.daemon().map(|(pid, _)| pid), Some(answered));
    drop(daemon);
}
