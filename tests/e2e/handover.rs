//! A daemon takes over from another one: no call fails, none is made twice, and whatever dies in the middle leaves one that serves.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use mp_proto::handover::{READY, SERVING, UPGRADE, YOURS};
use mp_proto::ids::Region;
use mp_proto::routes;
use mp_proto::version::{IDENTITY_FLAG, identity};
use mp_sandbox::home::{Done, Home};
use mp_sandbox::process::{daemons_of, is_running, kill};
use mp_sandbox::program;
use mp_sandbox::upstream::gate::Gate;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{ADA, Fault, Upstream};
use mp_sandbox::wait::{Dice, eventually, pause};
use mp_sandbox::wire::{Ask, Connection, EventStream};
use serde_json::{Value, json};

use crate::life::kills::StopAtEnd;
use crate::{SOON, configured, project};

const ANNOTATIONS: &str = "/us/app/projects/3187654/annotations";

/// A home whose daemon sends what it is asked to a fake Mixpanel.
fn world() -> (Home, Upstream) {
    let (mut home, upstream) = (configured(), Upstream::start());
    home.set("MPD_UPSTREAM", &upstream.url());
    upstream.add_service_account(Region::Us, "sa.user", "hunter2", ADA);
    upstream.on("POST", ANNOTATIONS, |_| Reply::json(200, &json!({"status": "ok", "results": {"id": 1}})));
    (home, upstream)
}

fn annotation(text: &str) -> Ask {
    let body = json!({"date": "2026-01-01 00:00:00", "description": text});
    Ask::change("POST", "/v1/api/app/projects/3187654/annotations", &body)
}

/// How often each annotation was made.
fn made(upstream: &Upstream) -> BTreeMap<String, usize> {
    let mut made = BTreeMap::new();
    for request in upstream.requests().iter().filter(|request| request.method == "POST") {
        *made.entry(request.json()["description"].as_str().expect("a text").to_owned()).or_default() += 1;
    }
    made
}

fn restart(home: &Home) -> Done {
    home.mp(["daemon", "restart"]).run()
}

/// Puts a script in the place of the daemon's program.
fn script(home: &mut Home, text: &str) -> PathBuf {
    let path = home.at("mpd.sh");
    let text = text.replace("MPD", home.programs().mpd.to_str().expect("a text"));
    program::write(&path, &format!("#!/bin/sh\n{text}\n"), 0o700);
    home.set("MPD_BIN", path.to_str().expect("a text"));
    path
}

#[test]
fn no_call_of_64_clients_fails_while_daemons_follow_each_other() {
    let (home, upstream) = world();
    home.mp(["daemon", "start"]).ok();
    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let stopping = StopAtEnd(&stop);
        for number in 0..64 {
            let (home, stop, asked) = (&home, &stop, &asked);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    // As curl does: a connection for each call. It may not be closed before it is answered.
                    if number % 2 == 0 {
                        home.ask(&Ask::get(routes::SESSION)).ok();
                    } else {
                        let text = format!("annotation {}", asked.fetch_add(1, Ordering::Relaxed));
                        home.ask(&annotation(&text)).ok();
                    }
                    pause(Duration::from_millis(50));
                }
            });
        }
        for _ in 0..5 {
            let before = home.daemon().expect("it serves");
            let done = restart(&home);
            assert_eq!(done.code, 0, "{}", done.stderr);
            let now = home.daemon().expect("it serves");
            assert!(now.0 != before.0 && now.1 != before.1, "another process, and another start");
            eventually(SOON, "the one before has nothing to do any more", || !is_running(before.0));
        }
        drop(stopping);
    });
    let made = made(&upstream);
    assert_eq!(made.len(), asked.load(Ordering::Relaxed), "each change was made");
    assert!(made.values().all(|count| *count == 1), "and made once: {made:?}");
}

#[test]
fn a_call_that_runs_is_finished_by_the_old_one_while_the_new_one_serves() {
    let (home, upstream) = world();
    let gate = Gate::new();
    upstream.fault("POST", ANNOTATIONS, Fault::Hold(gate.clone()));
    home.mp(["daemon", "start"]).ok();
    let (old, _) = home.daemon().expect("it serves");
    let mut streams = EventStream::open(&home.socket(), None);
    streams.until("snapshot");
    let mut kept = home.connect();
    crate::session(&mut kept);
    let mut running = home.connect();
    running.write(&annotation("slow").to_bytes()).expect("it listens");
    gate.wait_for_arrival(1);
    assert_eq!(restart(&home).code, 0);
    let last = streams.until("daemon.stopping").pop().expect("it has come");
    assert_eq!(last.data["reason"], "another daemon has taken over");
    assert!(kept.is_closed().expect("a clean end"), "between two requests");
    let (new, _) = home.daemon().expect("another one serves");
    assert!(new != old && is_running(old), "it waits for its call");
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
    let held = fs::read_to_string(home.at(".mp/run/mpd.lock")).expect("there");
    assert!(held.starts_with(&new.to_string()), "{held}");
    gate.release();
    assert_eq!(running.read_answer().expect("it is answered").status, 200);
    eventually(SOON, "it has nothing to do any more", || !is_running(old));
    assert_eq!(home.daemon().map(|(pid, _)| pid), Some(new));
    assert_eq!(made(&upstream), BTreeMap::from([("slow".to_owned(), 1)]));
}

#[test]
fn a_stop_ends_those_that_have_handed_over_too() {
    let (home, upstream) = world();
    let gate = Gate::new();
    upstream.fault("POST", ANNOTATIONS, Fault::Hold(gate.clone()));
    home.mp(["daemon", "start"]).ok();
    let (old, _) = home.daemon().expect("it serves");
    let mut running = home.connect();
    running.write(&annotation("endless").to_bytes()).expect("it listens");
    gate.wait_for_arrival(1);
    assert_eq!(restart(&home).code, 0);
    assert!(is_running(old));
    home.mp(["daemon", "stop"]).ok();
    // After the grace that any stop gives to calls.
    eventually(SOON, "it has ended, too", || !is_running(old));
    gate.release();
}

#[test]
fn a_new_program_that_does_not_start_leaves_the_old_one_in_place() {
    let mut home = configured();
    home.mp(["daemon", "start"]).ok();
    let before = home.daemon();
    script(
        &mut home,
        &format!("[ \"$1\" = {IDENTITY_FLAG} ] && exec echo '{}'\necho 'error: no disk'; exit 1", identity()),
    );
    let told = home.mp(["daemon", "restart"]).fails(6);
    assert!(told.contains("no disk"), "{told}");
    assert_eq!(home.daemon(), before);
    // One that dies when it has everything but has not said that it is ready.
    let dies = "case \"$*\" in *take-over*) kill -KILL $$;; esac\nexec 'MPD' \"$@\"";
    script(&mut home, dies);
    assert!(home.mp(["daemon", "restart"]).fails(6).contains("signal 9"));
    assert_eq!(home.daemon(), before);
    // A music player.
    script(&mut home, "echo 'Music Player Daemon 0.23.5'; exit 1");
    assert!(home.mp(["daemon", "restart"]).fails(6).contains("Music Player"));
    assert_eq!(home.daemon(), before);
}

#[test]
fn a_program_of_an_older_release_is_started_after_a_stop() {
    let mut home = configured();
    home.mp(["daemon", "start"]).ok();
    let before = home.daemon().expect("it serves");
    let old =
        "for word; do [ \"$word\" = --take-over ] && { echo 'error: unknown option --take-over; see'; exit 3; }; done";
    script(&mut home, &format!("{old}\nexec 'MPD' \"$@\""));
    let told = home.mp(["daemon", "restart"]).ok();
    assert!(told.contains("mpd has stopped") && told.contains("is running"), "{told}");
    assert_ne!(home.daemon().expect("another one").0, before.0);
}

#[test]
fn restarts_at_once_both_succeed_and_leave_one_daemon() {
    let home = configured();
    home.mp(["daemon", "start"]).ok();
    let running: Vec<_> = (0..3).map(|_| home.mp(["daemon", "restart"]).start()).collect();
    for done in running.into_iter().map(mp_sandbox::home::Running::finish) {
        assert_eq!(done.code, 0, "{}", done.stderr);
    }
    let (pid, _) = home.daemon().expect("one serves");
    if cfg!(target_os = "linux") {
        eventually(SOON, "it is the only one", || daemons_of(home.path()) == [pid]);
    }
}

/// Asks a daemon to hand over, and hears what it says with the descriptors; those are closed unseen.
fn taker(home: &Home) -> UnixStream {
    let mut stream = UnixStream::connect(home.socket()).expect("it listens");
    stream.set_read_timeout(Some(SOON)).expect("not zero");
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: mpd\r\nMp-Client: test/1\r\nConnection: upgrade\r\nUpgrade: {UPGRADE}\r\nContent-Length: 0\r\n\r\n",
        routes::HANDOVER
    );
    stream.write_all(request.as_bytes()).expect("it listens");
    let head = heard(&mut stream, b"\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(heard(&mut stream, b"\n"), "here\n");
    stream
}

fn heard(stream: &mut UnixStream, end: &[u8]) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(end) && stream.read(&mut byte).expect("in time") == 1 {
        text.push(byte[0]);
    }
    String::from_utf8(text).expect("words")
}

fn say(stream: &mut UnixStream, word: &str) {
    stream.write_all(format!("{word}\n").as_bytes()).expect("it listens");
}

#[test]
fn whoever_takes_and_dies_at_any_step_leaves_a_daemon_that_serves() {
    let home = configured();
    home.mp(["daemon", "start"]).ok();
    let before = home.daemon().expect("it serves");
    drop(taker(&home));
    assert_eq!(home.daemon().as_ref(), Some(&before), "before it was ready");
    let mut confused = taker(&home);
    say(&mut confused, "redy");
    assert!(heard(&mut confused, b"\n").starts_with("kept the daemon that was to take over said"));
    let mut stream = taker(&home);
    say(&mut stream, READY);
    assert_eq!(heard(&mut stream, b"\n"), format!("{YOURS}\n"));
    drop(stream);
    eventually(SOON, "it has all back", || {
        let log = home.read(".mp/run/mpd.log");
        log.matches("and goes on").count() == 3
    });
    assert_eq!(home.daemon().as_ref(), Some(&before), "before it served");
    // It still looks after its socket.
    fs::remove_file(home.socket()).expect("there");
    eventually(Duration::from_secs(40), "the socket is bound again", || home.daemon().as_ref() == Some(&before));
    // One that dies as soon as it serves leaves nobody, and the next call starts another.
    let mut stream = taker(&home);
    say(&mut stream, READY);
    heard(&mut stream, b"\n");
    say(&mut stream, SERVING);
    drop(stream);
    eventually(SOON, "the old one has ended", || !is_running(before.0));
    assert_eq!(project(&home.mp(["session", "-f", "json"]).json()), "3018488");
}

#[test]
fn kills_in_the_middle_of_restarts_leave_a_daemon_that_serves() {
    let home = configured();
    let mut dice = Dice::seeded();
    for round in 0..20 {
        home.mp(["daemon", "start"]).ok();
        let (old, _) = home.daemon().expect("it serves");
        let restarting = home.mp(["daemon", "restart"]).start();
        pause(Duration::from_millis(dice.below(300)));
        let victims = if round % 2 == 0 { vec![old] } else { daemons_of(home.path()) };
        victims.iter().for_each(|pid| kill(*pid));
        let done = restarting.finish();
        let session = home.mp(["session", "-f", "json"]).json();
        assert_eq!(project(&session), "3018488", "round {round}: {}", done.stderr);
        if round % 2 == 0 {
            assert_eq!(done.code, 0, "round {round}: the old one was killed, the new one serves: {}", done.stderr);
        }
        let (pid, _) = home.daemon().expect("one serves");
        eventually(SOON, "it is the only one", || cfg!(not(target_os = "linux")) || daemons_of(home.path()) == [pid]);
    }
}

#[test]
fn a_request_on_a_connection_that_is_just_closed_is_read_or_refused_and_never_lost() {
    let (home, upstream) = world();
    home.mp(["daemon", "start"]).ok();
    let (stop, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let stopping = StopAtEnd(&stop);
        for _ in 0..8 {
            scope.spawn(|| {
                let mut kept: Option<Connection> = None;
                while !stop.load(Ordering::Relaxed) {
                    let text = format!("annotation {}", sent.fetch_add(1, Ordering::Relaxed));
                    let bytes = annotation(&text).to_bytes();
                    let mut connection = kept.take().unwrap_or_else(|| home.connect());
                    if connection.write(&bytes).is_err() {
                        // Nothing of it has gone.
                        connection = home.connect();
                        connection.write(&bytes).expect("a new one is answered");
                    }
                    connection.set_patience(SOON);
                    let answer = connection.read_answer().expect("what was sent is answered");
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    kept = (answer.header("connection") != Some("close")).then_some(connection);
                }
            });
        }
        for _ in 0..5 {
            assert_eq!(restart(&home).code, 0);
        }
        drop(stopping);
    });
    let made = made(&upstream);
    assert_eq!(made.len(), sent.load(Ordering::Relaxed));
    assert!(made.values().all(|count| *count == 1), "{made:?}");
}

#[test]
fn a_service_does_not_hand_over_and_is_started_again_by_its_manager() {
    let home = configured();
    let daemon = home.start_with(|mpd| mpd.args(["--started-by", "service"]));
    let (status, why) = home.ask(&Ask::change("POST", routes::HANDOVER, &Value::Null)).problem();
    assert_eq!((status, why.as_str()), (409, "declined"));
    let answer = home.ask(&Ask::change("POST", routes::SHUTDOWN, &json!({"again": true})));
    assert_eq!(answer.ok()["status"], "restarting");
    assert_eq!(daemon.wait(SOON), 75);
    // Where there is no manager, a restart is a stop.
    let daemon = home.start();
    let (status, why) = home.ask(&Ask::change("POST", routes::HANDOVER, &Value::Null)).problem();
    assert_eq!((status, why.as_str()), (400, "invalid_argument"), "an upgrade of the connection is expected");
    assert_eq!(home.ask(&Ask::change("POST", routes::SHUTDOWN, &json!({"again": true}))).ok()["status"], "stopping");
    assert_eq!(daemon.wait(SOON), 0);
}
