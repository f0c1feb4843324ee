//! The plain server: what it hears, what it says, and that each fault of the wire is really one.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use mp_sandbox::upstream::server::{Gate, Reply, Server};
use mp_sandbox::upstream::visit;
use serde_json::json;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[test]
fn a_handler_sees_everything_that_was_sent() {
    let (sender, seen) = mpsc::channel();
    let server = Server::start(move |received| {
        sender.send(received.clone()).expect("the test listens");
        Reply::json(201, &json!({"path": received.path})).header("X-One", "1")
    });
    let url = format!("{}/a%20b/?q=x%26y&q=%C3%A9+z&empty=", server.url());
    let answer = visit::post_form(&url, &[("code", "a b&c"), ("code", "d")]).expect("an answer");
    assert_eq!((answer.status, answer.header("x-one")), (201, Some("1")));
    assert_eq!(answer.json(), json!({"path": "/a%20b/"}));
    let received = seen.recv().expect("one request");
    assert_eq!((received.number, received.method.as_str()), (1, "POST"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(received.query, [pair("q", "x&y"), pair("q", "é z"), pair("empty", "")]);
    assert_eq!(received.fields(), [pair("code", "a b&c"), pair("code", "d")]);
    assert_eq!(received.media_type(), "application/x-www-form-urlencoded");
    assert_eq!(received.form()["code"], "d");
    visit::get(&server.url()).expect("an answer");
    assert_eq!(seen.recv().expect("another request").number, 2);
}

#[test]
fn a_truncated_answer_ends_early_and_without_a_reset() {
    for (after, head_only) in [(3, false), (0, true)] {
        let server = Server::start(move |_| Reply::text(200, "0123456789").truncated(after));
        let (bytes, end) = visit::exchange(server.address(), GET);
        end.expect("a plain end");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("content-length: 10\r\n"), "{text}");
        assert!(text.ends_with(if head_only { "\r\n\r\n" } else { "\r\n\r\n012" }), "{text}");
        let error = visit::get(&server.url()).expect_err("it is shorter than announced");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}

#[test]
fn a_reset_is_one_and_a_close_is_none() {
    let server = Server::start(|received| match received.path.as_str() {
        "/reset" => Reply::reset(),
        _ => Reply::close(),
    });
    let (bytes, end) = visit::exchange(server.address(), b"GET /reset HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!((bytes.len(), end.expect_err("reset").kind()), (0, io::ErrorKind::ConnectionReset));
    let (bytes, end) = visit::exchange(server.address(), GET);
    end.expect("a plain end");
    assert!(bytes.is_empty());
}

#[test]
fn a_held_answer_has_taken_effect_and_a_deferred_one_has_not() {
    let effects = Arc::new(AtomicUsize::new(0));
    let (held, deferred) = (Gate::new(), Gate::new());
    let server = {
        let (effects, held, deferred) = (Arc::clone(&effects), held.clone(), deferred.clone());
        Server::start(move |received| {
            let effects = Arc::clone(&effects);
            let act = move || {
                effects.fetch_add(1, Ordering::SeqCst);
                Reply::text(200, "done")
            };
            match received.path.as_str() {
                "/held" => act().hold(&held),
                _ => Reply::deferred(deferred.clone(), act),
            }
        })
    };
    let start = |path: &str| {
        let url = format!("{}{path}", server.url());
        thread::spawn(move || visit::get(&url).expect("an answer").text())
    };
    let first = start("/deferred");
    deferred.wait_for_arrival(1);
    assert_eq!(effects.load(Ordering::SeqCst), 0);
    let second = start("/held");
    held.wait_for_arrival(1);
    assert_eq!(effects.load(Ordering::SeqCst), 1);
    assert!(!first.is_finished() && !second.is_finished());
    deferred.release();
    assert_eq!(first.join().expect("no panic"), "done");
    assert_eq!(effects.load(Ordering::SeqCst), 2);
    held.release();
    assert_eq!(second.join().expect("no panic"), "done");
    assert_eq!(start("/held").join().expect("no panic"), "done", "an open gate stays open");
    assert_eq!(held.arrived(), 2);
}

#[test]
fn a_gate_holds_up_only_its_own_answer() {
    let gate = Gate::new();
    let held = gate.clone();
    let server = Server::start(move |received| match received.path.as_str() {
        "/slow" => Reply::new(204).hold(&held),
        _ => Reply::new(204),
    });
    let slow = {
        let url = format!("{}/slow", server.url());
        thread::spawn(move || visit::get(&url).expect("an answer"))
    };
    gate.wait_for_arrival(1);
    assert_eq!(visit::get(&server.url()).expect("an answer").status, 204);
    assert!(!slow.is_finished());
    gate.release();
    assert_eq!(slow.join().expect("no panic").status, 204);
}

#[test]
fn a_dropped_server_breaks_what_it_holds_and_listens_no_more() {
    let gate = Gate::new();
    let held = gate.clone();
    let server = Server::start(move |_| Reply::new(204).hold(&held));
    let url = server.url();
    let waiting = {
        let url = url.clone();
        thread::spawn(move || visit::get(&url))
    };
    gate.wait_for_arrival(1);
    drop(server);
    waiting.join().expect("no panic").expect_err("no answer comes");
    assert_eq!(visit::get(&url).expect_err("nobody listens").kind(), io::ErrorKind::ConnectionRefused);
}
