//! What the client repeats and what it does not, against a daemon that plays a script.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use mp_proto::version::{IDENTITY_FLAG, identity};
use serde_json::{Value, json};

use super::*;
use crate::caller::Environment;
use crate::place::Place;

/// What the script does with one request.
enum Act {
    /// Answers with a status, a line of headers, and a body.
    Say(u16, &'static str, Value),
    /// Closes the connection without a word.
    HangUp,
    /// Keeps the connection, and says nothing for as long as the client waits.
    Wait,
}

/// A request as the script saw it: its first line, and its context.
type Seen = (String, String);

/// Plays the acts, one for each request, over as many connections as the client opens.
fn play(listener: &UnixListener, acts: Vec<Act>, seen: &Sender<Seen>) {
    let mut acts = acts.into_iter().peekable();
    while acts.peek().is_some() {
        let Ok((stream, _)) = listener.accept() else { return };
        let mut reader = BufReader::new(stream);
        while let Some(request) = acts.peek().and_then(|_| read(&mut reader)) {
            // A test that has failed no longer listens.
            let _ = seen.send(request);
            match acts.next() {
                Some(Act::Say(status, headers, body)) => answer(reader.get_mut(), status, headers, &body),
                Some(Act::Wait) => drop(read(&mut reader)),
                Some(Act::HangUp) | None => break,
            }
        }
    }
}

fn read(reader: &mut BufReader<UnixStream>) -> Option<Seen> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header = |name: &str| head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or("");
    let length = header("content-length").parse().unwrap_or(0);
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    Some((head[0].clone(), header("mp-context").to_owned()))
}

fn answer(stream: &mut UnixStream, status: u16, headers: &str, body: &Value) {
    let body = body.to_string();
    let text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
    let _ = stream.write_all(text.as_bytes());
}

fn problem_of(kind: FailureKind) -> Value {
    let mut failure = Failure::new(kind, "scripted");
    failure.env = vec!["CI_TOKEN".to_owned()];
    serde_json::to_value(failure.to_body()).expect("plain data")
}

/// Sends one request to a script and returns what came of it and what the script saw.
fn check(method: Method, acts: Vec<Act>) -> (Result<Value, Failure>, Vec<Seen>) {
    with_connection(acts, async |daemon| {
        daemon.call::<Value>(method, "/v1/x", None::<&()>).await.map(|answer| answer.body)
    })
}

/// Has a client talk to a script, and returns what came of it and what the script saw.
fn with_connection<T>(acts: Vec<Act>, talk: impl AsyncFnOnce(&mut Connection) -> T) -> (T, Vec<Seen>) {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).expect("made private");
    let socket = dir.path().join("s");
    let listener = UnixListener::bind(&socket).expect("bound");
    let (sender, seen): (_, Receiver<Seen>) = channel();
    // It is not joined: one whose client gave up early waits for a connection that never comes.
    std::thread::spawn(move || play(&listener, acts, &sender));
    let options = Options {
        place: Place::below(Some(dir.path()), Some(&socket), false, &Environment::default()).expect("a place"),
        context: mp_proto::context::Context::default(),
        environment: Environment::of(&[("CI_TOKEN", "tok")]),
        deadline: Duration::from_secs(5),
        observer: None,
        build: None,
        told: None,
        waits: None,
        call: None,
        preference: None,
        tool: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut connection = Connection::new(options);
    let result = runtime.block_on(talk(&mut connection));
    // Every request was noted before it was answered.
    (result, seen.try_iter().collect())
}

fn lines(seen: &[Seen]) -> Vec<&str> {
    seen.iter().map(|(line, _)| line.trim_end_matches(" HTTP/1.1")).collect()
}

fn good() -> Act {
    Act::Say(200, "", json!("good"))
}

#[test]
fn a_variable_is_added_when_the_daemon_asks_for_it_and_only_once() {
    let ask = || Act::Say(428, "", problem_of(FailureKind::ContextRequired));
    let (result, seen) = check(Method::GET, vec![ask(), good()]);
    assert_eq!(result, Ok(json!("good")));
    assert_eq!(seen[0].1, "");
    assert_eq!(seen[1].1, r#"{"env":{"CI_TOKEN":"tok"}}"#);
    let (result, seen) = check(Method::GET, vec![ask(), ask()]);
    assert_eq!((result.map_err(|failure| failure.kind), seen.len()), (Err(FailureKind::ContextRequired), 2));
}

#[test]
fn a_read_is_repeated_when_the_daemon_dies_and_a_change_is_not() {
    let (result, seen) = check(Method::GET, vec![Act::HangUp, good()]);
    assert_eq!((result, seen.len()), (Ok(json!("good")), 2));
    for method in [Method::POST, Method::PATCH, Method::DELETE] {
        let (result, seen) = check(method, vec![Act::HangUp]);
        let failure = result.expect_err("nobody knows whether it was done");
        assert_eq!((failure.kind, seen.len()), (FailureKind::Unreachable, 1));
        assert!(failure.detail.contains("may or may not") && !failure.next.is_empty(), "{failure}");
    }
}

#[test]
fn a_daemon_that_is_leaving_has_done_nothing_so_even_a_change_is_repeated() {
    let leaving = Act::Say(503, "", problem_of(FailureKind::Stopping));
    let (result, seen) = check(Method::POST, vec![leaving, good()]);
    assert_eq!((result, seen.len()), (Ok(json!("good")), 2));
}

#[test]
fn a_request_may_have_a_deadline_of_its_own() {
    let short = Duration::from_millis(50);
    let (result, _) = with_connection(vec![Act::Wait], async |daemon| daemon.get_within::<Value>("/v1/x", short).await);
    assert_eq!(result.map(drop).map_err(|failure| failure.kind), Err(FailureKind::Timeout));
}

#[test]
fn an_answer_tells_whether_something_was_made() {
    let acts = vec![Act::Say(201, "", json!(1)), good()];
    let (made, _) = with_connection(acts, async |daemon| {
        let first = daemon.get::<Value>("/v1/x").await.map(|answer| answer.created);
        (first, daemon.get::<Value>("/v1/x").await.map(|answer| answer.created))
    });
    assert_eq!(made, (Ok(true), Ok(false)));
}

#[test]
fn an_answer_tells_how_long_it_waited_for_its_turn() {
    let acts = vec![Act::Say(200, "mp-waited-ms: 3249\r\n", json!(1)), good()];
    let (waited, _) = with_connection(acts, async |daemon| {
        let first = daemon.get::<Value>("/v1/x").await.map(|answer| answer.waited);
        (first, daemon.get::<Value>("/v1/x").await.map(|answer| answer.waited))
    });
    assert_eq!(waited, (Ok(Some(Duration::from_millis(3249))), Ok(None)));
}

#[test]
fn a_token_that_cannot_be_had_just_now_is_an_answer_and_no_leaving_daemon() {
    let unavailable = || Act::Say(503, "", problem_of(FailureKind::TokenUnavailable));
    for method in [Method::GET, Method::POST] {
        let (result, seen) = check(method, vec![unavailable(), good()]);
        assert_eq!((result.map_err(|failure| failure.kind), seen.len()), (Err(FailureKind::TokenUnavailable), 1));
    }
}

#[test]
fn an_older_daemon_is_asked_to_leave_and_a_newer_one_is_left_alone() {
    let mismatch = |range| Act::Say(426, range, problem_of(FailureKind::ProtocolMismatch));
    let left = || Act::Say(202, "connection: close\r\n", json!({"status": "stopping"}));
    let still = Act::Say(200, "mp-protocol: 0-0\r\n", json!({}));
    let acts = vec![mismatch("mp-protocol: 0-0\r\n"), still, left(), good()];
    let (result, seen) = with_connection(acts, async |daemon| {
        let place = &mut daemon.options.place;
        (place.autostart, place.program) = (true, Some(place.root.join("mpd")));
        // It is of a release that does not take over, either.
        let text = format!("#!/bin/sh\n[ $1 = {IDENTITY_FLAG} ] && exec echo '{}'\n", identity());
        std::fs::write(place.root.join("new"), text + "echo 'error: unknown option --take-over; see the help'\n")
            .expect("written");
        std::fs::set_permissions(place.root.join("new"), std::fs::Permissions::from_mode(0o700)).expect("ours");
        std::fs::rename(place.root.join("new"), place.root.join("mpd")).expect("the same folder");
        daemon.get::<Value>("/v1/x").await.map(|answer| answer.body)
    });
    assert_eq!(result, Ok(json!("good")));
    assert_eq!(lines(&seen), ["GET /v1/x", "GET /v1/version", "POST /v1/shutdown", "GET /v1/x"]);
    // The second one is older, too, but whoever may start none would leave nobody to be asked.
    for range in ["mp-protocol: 8-9\r\n", "mp-protocol: 0-0\r\n"] {
        let (result, seen) = check(Method::GET, vec![mismatch(range)]);
        assert_eq!(result.map_err(|failure| failure.kind.exit_code()), Err(6));
        assert_eq!(lines(&seen), ["GET /v1/x"]);
    }
}

#[test]
fn what_is_no_daemon_is_told_apart() {
    let (result, _) = check(Method::GET, vec![Act::Say(404, "", json!("who?"))]);
    assert!(result.is_err_and(|failure| failure.detail.contains("without a reason")));
}
