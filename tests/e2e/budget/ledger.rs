//! The ledger of queries that newer releases of the Python tool keep on disk: both spend one hour.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use mp_sandbox::upstream::{Fault, Meter};
use serde_json::Value;

use super::World;

impl World {
    /// Returns the ledger of the project, by the host that requests go to.
    fn ledger(&self) -> PathBuf {
        let host = self.upstream.url().trim_start_matches("http://").replace(':', "_");
        self.home.at(".mp/pacer").join(host).join("3187654-query.json")
    }

    fn entered(&self) -> Value {
        let text = fs::read(self.ledger()).expect("it is kept");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// Keeps a ledger from now on, as a home does in which the Python tool has been.
    fn keep(&self) {
        fs::create_dir_all(self.home.at(".mp/pacer")).expect("writable");
    }
}

/// A peer in Python.
struct Peer {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Peer {
    /// Starts one; none where there is no Python.
    fn start(ledger: &Path, limit: u32) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/budget/peer.py");
        let mut command = std::process::Command::new("python3");
        command.args(["-B", script]).arg(ledger).arg(limit.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Some(Self { child, answers })
    }

    /// Lets it send a query, if it may.
    fn query(&mut self) -> String {
        let mut answer = String::new();
        self.child.stdin.as_mut().expect("piped").write_all(b"\n").expect("it reads");
        self.answers.read_line(&mut answer).expect("it answers");
        answer.trim().to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[test]
fn queries_are_entered_where_a_ledger_is_kept_and_nowhere_else() {
    let world = World::new();
    let _daemon = world.start(&[]);
    world.query().ok();
    assert!(!world.home.at(".mp/pacer").exists(), "nobody keeps one");
    world.keep();
    world.query().ok();
    assert_eq!(world.entered()["sent"].as_array().map(Vec::len), Some(1));
    world.upstream.fault("POST", super::ENGAGE, Fault::RetryAfter(429, "0".to_owned()));
    world.query().ok();
    assert_eq!(
        world.entered()["sent"].as_array().map(Vec::len),
        Some(2),
        "a refusal does not count, the next try does"
    );
    world.home.mp(["dashboards", "list"]).ok();
    assert_eq!(world.entered()["sent"].as_array().map(Vec::len), Some(2), "the App API has no hour");
    let set = World::new();
    set.home.replace(".mp/config.toml", &format!("{}\n[settings.limits]\nledger = true\n", super::CONFIG));
    let _daemon = set.start(&[]);
    set.query().ok();
    assert_eq!(set.entered()["limit_source"], "default");
}

#[test]
fn a_limit_that_mixpanel_tells_is_written_and_kept() {
    let world = World::new();
    let _daemon = world.start(&[]);
    world.keep();
    world
        .upstream
        .limits(Meter::Query, |limits| (limits.hourly, limits.tells, limits.retry_after) = (Some(3), true, None));
    (0..3).for_each(|_| drop(world.query().ok()));
    let said = world.query().fails(5);
    assert!(said.contains("3/3 queries running in the last hour"), "{said}");
    let ledger = world.entered();
    assert_eq!((&ledger["limit"], &ledger["limit_source"]), (&Value::from(3), &Value::from("server")));
    assert_eq!(ledger["sent"].as_array().map(Vec::len), Some(3));
    let before = world.times().len();
    let said = world.query().fails(5);
    assert!(said.contains("again in 3"), "{said}");
    assert_eq!(world.times().len(), before, "nobody asks in vain");
}

#[test]
fn a_peer_in_python_and_the_daemon_spend_one_hour() {
    let world = World::new();
    let _daemon = world.start(&[]);
    world.keep();
    world.query().ok();
    let Some(mut peer) = Peer::start(&world.ledger(), 5) else {
        println!("skipped the peer: there is no python3");
        return;
    };
    assert_eq!(peer.query(), "sent");
    world.query().ok();
    assert_eq!([peer.query(), peer.query()], ["sent", "sent"]);
    assert!(peer.query().starts_with("wait 36"), "five are sent");
    let said = world.query().fails(5);
    assert!(said.contains("other tools of this machine share its hour"), "{said}");
    assert_eq!((world.times().len(), world.entered()["sent"].as_array().map(Vec::len)), (2, Some(5)));
    // What one writes the other reads to the last digit.
    let text = fs::read_to_string(world.ledger()).expect("readable");
    let last =
        text.split(['[', ']']).nth(1).expect("a list").split(',').next_back().expect("an entry").trim().to_owned();
    let left = text.replace(&format!(",{last}"), "").replace(&format!(", {last}"), "");
    fs::write(world.ledger(), left).expect("writable");
    world.query().ok();
    assert_eq!(world.entered()["sent"].as_array().map(Vec::len), Some(5));
}
