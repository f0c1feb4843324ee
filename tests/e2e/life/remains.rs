//! What those leave who die: tests their daemons, daemons their queue.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use mp_sandbox::process::{is_running, kill};
use mp_sandbox::wait::eventually;

use crate::{SOON, configured};

#[cfg(target_os = "linux")]
mod linux;

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
