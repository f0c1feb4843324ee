//! What only Linux shows: the queue of a socket, in `/proc/net/unix`.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use mp_sandbox::process::{is_running, kill};
use mp_sandbox::wait::eventually;

use super::{PART, play, told};
use crate::{SOON, configured, project};

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
fn a_client_in_the_queue_of_a_dead_daemon_soon_asks_the_next_one() {
    if let Ok(socket) = std::env::var(PART) {
        return leave_a_listener(&socket);
    }
    let home = configured();
    home.write(".mp/run/x", "");
    let socket = home.socket();
    let test = "a_client_in_the_queue_of_a_dead_daemon_soon_asks_the_next_one";
    let mut dead = play(&format!("linux::{test}"), socket.to_str().expect("a text"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
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
