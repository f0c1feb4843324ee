//! The event stream.

mod command;

use std::io::ErrorKind;
use std::time::Duration;

use mp_proto::routes;
use mp_sandbox::home::Home;
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::{Ask, EventStream, Sse};
use serde_json::json;

use crate::{config_with_project, configured, session};

fn open(home: &Home) -> EventStream {
    EventStream::open(&home.socket(), None)
}

/// Splits `<instance>-<seq>`.
#[track_caller]
fn sequence(event: &Sse) -> (String, u64) {
    let (instance, number) = event.id.rsplit_once('-').unwrap_or_else(|| panic!("not an id: {event:?}"));
    (instance.to_owned(), number.parse().expect("a number"))
}

fn add(home: &Home, name: &str) {
    home.ask(&Ask::change("POST", routes::ACCOUNTS, &json!({"name": name, "type": "oauth_browser"}))).ok();
}

fn names(events: &[Sse]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}

#[test]
fn a_stream_begins_with_a_snapshot() {
    let home = configured();
    let _daemon = home.start();
    let first = open(&home).receive().expect("it comes").expect("an event");
    assert_eq!(first.event, "snapshot");
    assert_eq!(first.data["type"], "snapshot");
    assert_eq!(first.data["active_account"], "team");
    assert_eq!(first.data["accounts"], json!(["ci", "personal", "team"]));
    assert_eq!(first.data["targets"], json!(["ecom"]));
}

#[test]
fn each_change_has_its_event() {
    let home = configured();
    let _daemon = home.start();
    let mut stream = open(&home);
    stream.until("snapshot");
    add(&home, "new");
    let added = stream.until("account.added").pop().expect("it has come");
    assert_eq!((&added.data["name"], &added.data["account_type"]), (&json!("new"), &json!("oauth_browser")));
    home.ask(&Ask::change("PATCH", "/v1/accounts/new", &json!({"region": "in"}))).ok();
    assert_eq!(stream.until("account.changed").pop().expect("it has come").data["name"], "new");
    home.ask(&Ask::change("POST", "/v1/accounts/new/use", &json!({}))).ok();
    assert_eq!(stream.until("session.changed").pop().expect("it has come").data["account"], "new");
    home.ask(&Ask::change("DELETE", "/v1/accounts/new", &json!(null))).ok();
    assert_eq!(stream.until("account.removed").pop().expect("it has come").data["name"], "new");
}

#[test]
fn a_change_from_outside_is_told_without_a_call() {
    let home = configured();
    let _daemon = home.start();
    let mut stream = open(&home);
    stream.until("snapshot");
    home.replace(".mp/config.toml", &config_with_project("77"));
    assert_eq!(stream.until("session.changed").pop().expect("it has come").data["project"], "77");
}

#[test]
fn an_untouched_meaning_is_no_session_change() {
    let home = configured();
    let _daemon = home.start();
    let mut stream = open(&home);
    stream.until("snapshot");
    home.replace(".mp/config.toml", &format!("# a comment\n{}", crate::CONFIG));
    session(&mut home.connect());
    add(&home, "mark");
    let seen = stream.until("account.added");
    assert!(!names(&seen).contains(&"session.changed"), "{seen:?}");
}

#[test]
fn ids_count_up_within_an_instance() {
    let home = configured();
    let _daemon = home.start();
    let mut stream = open(&home);
    let mut events = stream.until("snapshot");
    for name in ["a", "b", "c"] {
        add(&home, name);
        events.extend(stream.until("account.added"));
    }
    let (_, instance) = home.daemon().expect("it runs");
    for pair in events.windows(2) {
        let [(before, first), (after, second)] = [sequence(&pair[0]), sequence(&pair[1])];
        assert_eq!((&before, &after), (&instance, &instance));
        assert!(second > first, "{pair:?}");
    }
}

#[test]
fn a_stream_resumes_where_it_broke_off() {
    let home = configured();
    let _daemon = home.start();
    let mut stream = open(&home);
    stream.until("snapshot");
    add(&home, "seen");
    let last = stream.until("account.added").pop().expect("it has come");
    drop(stream);
    add(&home, "missed");
    let mut resumed = EventStream::open(&home.socket(), Some(&last.id));
    let events = resumed.until("account.added");
    assert_eq!(events.last().expect("it has come").data["name"], "missed");
    assert!(!names(&events).contains(&"snapshot") && !names(&events).contains(&"reset"), "{events:?}");
    let (_, number) = sequence(&last);
    assert!(events.iter().all(|event| sequence(event).1 > number), "nothing comes twice: {events:?}");
}

#[test]
fn a_stream_that_cannot_resume_gets_a_reset_and_a_snapshot() {
    let home = configured();
    let _daemon = home.start();
    for id in ["another-instance-5", "nonsense", "99999999999999999999"] {
        let mut stream = EventStream::open(&home.socket(), Some(id));
        let events = stream.until("snapshot");
        assert_eq!(names(&events), ["reset", "snapshot"], "{id}");
    }
}

#[test]
fn a_resume_over_more_than_the_ring_is_a_reset() {
    let home = configured();
    let _daemon = home.start();
    let first = open(&home).until("snapshot").pop().expect("it has come");
    flood(&home, 2 * mp_proto::event::RING);
    let events = EventStream::open(&home.socket(), Some(&first.id)).until("snapshot");
    assert_eq!(names(&events), ["reset", "snapshot"]);
}

/// Causes at least this many events, many per change: accounts come and go by the hundred.
fn flood(home: &Home, count: usize) {
    let crowd: String =
        (0..200).map(|n| format!("[accounts.x{n}]\ntype = \"oauth_browser\"\nregion = \"us\"\n")).collect();
    let crowded = format!("{}\n{crowd}", crate::CONFIG);
    let mut connection = home.connect();
    for round in 0..=count / 200 {
        home.replace(".mp/config.toml", if round % 2 == 0 { &crowded } else { crate::CONFIG });
        session(&mut connection);
    }
}

#[test]
fn a_stuck_reader_is_cut_off_and_told() {
    let home = configured();
    let _daemon = home.start();
    let mut stuck = open(&home);
    let mut other = open(&home);
    other.until("snapshot");
    // Enough to fill the socket's buffers (some hundred KiB), the daemon's own, and the queue.
    let (sender, receiver) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut count = 0;
        while let Ok(Some(event)) = other.receive() {
            count += 1;
            if event.data["name"] == "mark" {
                break;
            }
        }
        sender.send(count).expect("the test waits");
    });
    flood(&home, 12_000);
    session(&mut home.connect());
    let mut last = None;
    stuck.connection().set_patience(Duration::from_secs(20));
    loop {
        match stuck.receive() {
            Ok(Some(event)) => last = Some(event),
            Ok(None) => break,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("the stream hangs: {error}"),
        }
    }
    let last = last.expect("some events have come");
    assert_eq!(last.event, "lagged", "{last:?}");
    assert!(last.data["missed"].as_u64().is_some_and(|missed| missed > 0), "{last:?}");
    add(&home, "mark");
    // A reader that keeps up may still be cut off under such a flood; what counts is that it was not held up.
    assert!(receiver.recv_timeout(crate::SOON).is_ok_and(|count| count > 0));
    reader.join().expect("it read");
}

#[test]
fn a_thousand_readers_come_and_go_beside_one_that_does_not_read() {
    let home = configured();
    let daemon = home.start();
    let mut stuck = open(&home);
    let streams = || home.ask(&Ask::get(routes::STATUS)).ok()["event_streams"].as_u64().expect("a number");
    for wave in 0..5 {
        let mut readers: Vec<EventStream> = (0..200).map(|_| open(&home)).collect();
        // Each is there when it has its snapshot, and each hears of the same change.
        readers.iter_mut().for_each(|reader| drop(reader.until("snapshot")));
        add(&home, &format!("wave{wave}"));
        for reader in &mut readers {
            assert_eq!(reader.until("account.added").pop().expect("it has come").data["name"], format!("wave{wave}"));
        }
        drop(readers);
        eventually(crate::SOON, "they have left", || streams() <= 1);
    }
    // What the one that does not read was sent fits into the socket; it has missed nothing, and holds up nobody.
    let names = names(&stuck.until("account.added")).join(" ");
    assert!(names.starts_with("snapshot"), "{names}");
    drop(stuck);
    eventually(crate::SOON, "all have left", || streams() == 0);
    println!("resident: {} KiB", resident_kib(daemon.pid()));
}

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

#[test]
fn an_idle_stream_has_a_heartbeat() {
    let home = configured();
    let _daemon = home.start();
    let mut connection = home.connect();
    connection.set_patience(Duration::from_secs(25));
    connection.write(&Ask::get(routes::EVENTS).to_bytes()).expect("it listens");
    // A comment line begins with a colon; the snapshot comes first.
    let mut bytes = Vec::new();
    let start = std::time::Instant::now();
    while !String::from_utf8_lossy(&bytes).lines().any(|line| line.starts_with(':')) {
        assert!(start.elapsed() < Duration::from_secs(25), "{}", String::from_utf8_lossy(&bytes));
        let mut part = [0; 1024];
        let count = match std::io::Read::read(&mut connection.stream(), &mut part) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.expect("something comes"),
        };
        assert!(count > 0, "the stream ended");
        bytes.extend_from_slice(&part[..count]);
    }
}
