//! HTTP at the socket: versions, limits, and answers to requests that are wrong.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::sync::mpsc;

use mp_proto::routes;
use mp_proto::version::{CAPABILITIES, ProtocolRange};
use mp_sandbox::home::Home;
use mp_sandbox::wire::{Answer, Ask};
use serde_json::json;

use crate::{configured, session};

#[test]
fn every_answer_names_its_origin_and_protocol() {
    let home = configured();
    let _daemon = home.start();
    let asks = [Ask::get(routes::HEALTH), Ask::get("/nowhere"), Ask::get(routes::SESSION).header("Origin", "x")];
    for ask in asks {
        let answer = home.ask(&ask);
        assert_eq!(answer.header(routes::ORIGIN_HEADER), Some("daemon"), "{ask:?}");
        let protocol = answer.header(routes::PROTOCOL_HEADER).and_then(ProtocolRange::parse);
        assert_eq!(protocol, Some(ProtocolRange::OURS), "{ask:?}");
        assert!(answer.header(routes::REQUEST_ID_HEADER).is_some_and(|id| !id.is_empty()), "{ask:?}");
    }
}

#[test]
fn the_version_tells_protocol_and_capabilities() {
    let home = configured();
    let daemon = home.start();
    let body = home.ask(&Ask::get(routes::VERSION)).ok();
    assert_eq!((&body["name"], &body["pid"]), (&json!("mpd"), &json!(daemon.pid())));
    assert_eq!(body["protocol"], json!({"min": ProtocolRange::OURS.min, "max": ProtocolRange::OURS.max}));
    assert_eq!(body["capabilities"], json!(CAPABILITIES));
    assert_eq!(body["root"].as_str(), home.root().to_str());
}

#[test]
fn a_client_of_another_protocol_is_told_both_ranges() {
    let home = configured();
    let _daemon = home.start();
    for range in ["7-9", "0-0"] {
        let answer = home.ask(&Ask::get(routes::SESSION).header(routes::PROTOCOL_HEADER, range));
        assert_eq!(answer.problem(), (426, "protocol_mismatch".to_owned()), "{range}");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(&ProtocolRange::OURS.to_string()), "{detail}");
    }
    home.ask(&Ask::get(routes::SESSION).header(routes::PROTOCOL_HEADER, "1-9")).ok();
}

/// Listens in place of a daemon and answers every request alike. What arrives is reported.
fn pretend(home: &Home, answer: &str) -> mpsc::Receiver<String> {
    home.write(".mp/run/x", "");
    let listener = UnixListener::bind(home.socket()).expect("the directory is there");
    std::fs::set_permissions(home.socket(), std::fs::Permissions::from_mode(0o600)).expect("our own socket");
    let (sender, receiver) = mpsc::channel();
    let answer = answer.to_owned();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut bytes = [0; 64 * 1024];
            while let Ok(count @ 1..) = stream.read(&mut bytes) {
                let _ = sender.send(String::from_utf8_lossy(&bytes[..count]).into_owned());
                if stream.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    receiver
}

#[test]
fn an_older_client_gives_up_at_a_newer_daemon_and_leaves_it_alone() {
    let home = configured();
    let body = json!({"type": "urn:mp:problem:protocol_mismatch", "title": "Protocol mismatch", "status": 426,
        "detail": "the daemon speaks protocol 7-9", "code": "protocol_mismatch"})
    .to_string();
    let received = pretend(
        &home,
        &format!(
            "HTTP/1.1 426 Upgrade Required\r\nContent-Type: application/problem+json\r\nMp-Origin: daemon\r\n\
             Mp-Protocol: 7-9\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    let message = home.mp(["session"]).fails(6);
    assert!(message.contains("7-9"), "{message}");
    let requests: String = received.try_iter().collect();
    assert!(requests.to_ascii_lowercase().contains("mp-protocol: 1-1"), "{requests}");
    assert!(!requests.contains(routes::SHUTDOWN), "an older client never stops a newer daemon: {requests}");
}

#[test]
fn something_that_is_no_daemon_is_not_believed() {
    let home = configured();
    let _received = pretend(&home, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let done = home.mp(["--no-autostart", "session"]).run();
    assert_ne!(done.code, 0, "{}", done.stdout);
    assert!(!done.stderr.is_empty());
}

#[test]
fn unknown_routes_and_methods_are_problems() {
    let home = configured();
    let _daemon = home.start();
    assert_eq!(home.ask(&Ask::get("/v1/nowhere")).problem(), (404, "route_not_found".to_owned()));
    let answer = home.ask(&Ask::change("DELETE", routes::SESSION, &json!(null)));
    assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()));
    assert_eq!(home.ask(&Ask::get("/v1/accounts/ghost")).problem(), (404, "account_not_found".to_owned()));
    assert_eq!(home.ask(&Ask::get("/v1/targets/ghost")).problem(), (404, "target_not_found".to_owned()));
}

#[test]
fn bad_bodies_and_contexts_are_problems_and_the_connection_goes_on() {
    let home = configured();
    let _daemon = home.start();
    let mut connection = home.connect();
    let post = || Ask::change("POST", routes::ACCOUNTS, &json!({}));
    for body in ["{", "[]", "null", r#"{"name": 5}"#, r#"{"name": "x", "type": "oauth_browser", "colour": "teal"}"#] {
        let answer = connection.call(&post().body(body));
        assert_eq!(answer.problem(), (400, "invalid_argument".to_owned()), "{body}");
    }
    for context in ["{", "[]", r#"{"colour": "teal"}"#, r#"{"env": {"MP_STORAGE_DIR": "/x"}}"#] {
        let answer = connection.call(&Ask::get(routes::SESSION).header(routes::CONTEXT_HEADER, context));
        assert_eq!(answer.problem(), (400, "invalid_context".to_owned()), "{context}");
    }
    let long = json!({"account": "x".repeat(17 * 1024)});
    let answer = connection.call(&Ask::get(routes::SESSION).context(&long));
    assert_eq!(answer.problem(), (400, "invalid_context".to_owned()));
    session(&mut connection);
}

#[test]
fn all_problems_of_a_new_account_are_told_together() {
    let home = configured();
    let _daemon = home.start();
    let body = json!({"name": "a b", "type": "service_account", "region": "mars", "default_project": "x"});
    let answer = home.ask(&Ask::change("POST", routes::ACCOUNTS, &body));
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    let errors = answer.json()["errors"].to_string();
    for field in ["name", "region", "default_project", "username"] {
        assert!(errors.contains(field), "{field} is missing in {errors}");
    }
    assert_eq!(home.read(".mp/config.toml"), crate::CONFIG);
}

/// Sends a body of more than 4 MiB; the answer may come before all of it was taken.
fn too_large(home: &Home, head: &str, frame: impl Fn(&[u8]) -> Vec<u8>) -> Answer {
    let mut connection = home.connect();
    connection.write(head.as_bytes()).expect("it listens");
    let chunk = frame(&[b' '; 64 * 1024]);
    for _ in 0..(5 << 20) / (64 * 1024) {
        if connection.write(&chunk).is_err() {
            break;
        }
    }
    connection.read_answer().expect("an answer, not a broken connection")
}

#[test]
fn a_body_over_four_mebibytes_is_refused() {
    let home = configured();
    let _daemon = home.start();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: mpd\r\nMp-Client: t/1\r\nContent-Type: application/json\r\n",
        routes::ACCOUNTS
    );
    let sized = too_large(&home, &format!("{head}Content-Length: {}\r\n\r\n", 5 << 20), <[u8]>::to_vec);
    assert_eq!(sized.problem(), (413, "body_too_large".to_owned()));
    let chunked = too_large(&home, &format!("{head}Transfer-Encoding: chunked\r\n\r\n"), |bytes| {
        [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
    });
    assert_eq!(chunked.problem(), (413, "body_too_large".to_owned()));
    session(&mut home.connect());
}

#[test]
fn a_body_just_below_the_limit_is_read() {
    let home = configured();
    let _daemon = home.start();
    let body = format!("{{{}", " ".repeat((4 << 20) - 1));
    let answer = home.ask(&Ask::change("POST", routes::ACCOUNTS, &json!({})).body(body));
    assert_eq!(answer.problem(), (400, "invalid_argument".to_owned()), "it is refused for what it says");
}

#[test]
fn a_head_over_64_kibibytes_is_refused() {
    let home = configured();
    let _daemon = home.start();
    let mut connection = home.connect();
    let ask = Ask::get(routes::SESSION).header("X-Long", "x".repeat(70 * 1024));
    // The daemon may close while we still write.
    let _ = connection.write(&ask.to_bytes());
    match connection.read_answer() {
        Ok(answer) => assert_eq!(answer.problem(), (431, "head_too_large".to_owned()), "{}", answer.text()),
        Err(error) => panic!("no answer to a head that is too long: {error}"),
    }
    let answer = home.ask(&Ask::get(routes::SESSION).header("X-Long", "x".repeat(32 * 1024)));
    assert_eq!(answer.status, 200, "a head within the limit is read");
}

#[test]
fn bytes_that_are_no_http_end_the_connection_alone() {
    let home = configured();
    let _daemon = home.start();
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", &[0; 200]] {
        let mut connection = home.connect();
        connection.write(bytes).expect("it listens");
        if let Ok(answer) = connection.read_answer() {
            assert!(answer.status >= 400, "{bytes:?}: {}", answer.status);
        }
    }
    session(&mut home.connect());
}

#[test]
fn a_head_that_is_no_http_is_answered_like_everything_else() {
    let home = configured();
    let _daemon = home.start();
    let many = format!("GET /v1/health HTTP/1.1\r\n{}\r\n", "X-A: 1\r\n".repeat(200));
    let heads = [
        ("GET /v1/health HTTP/1.1\r\nno colon\r\n\r\n", 400, "invalid_argument"),
        ("GET /v1/he alth HTTP/1.1\r\n\r\n", 400, "invalid_argument"),
        ("G{T /v1/health HTTP/1.1\r\n\r\n", 400, "invalid_argument"),
        ("GET /v1/health HTTP/1.1\r\nX: a\0b\r\n\r\n", 400, "invalid_argument"),
        ("POST /v1/accounts HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, "invalid_argument"),
        ("hello\r\n\r\n", 400, "invalid_argument"),
        (many.as_str(), 431, "head_too_large"),
    ];
    for (head, status, code) in heads {
        let mut connection = home.connect();
        // Also after an answer on the same connection.
        connection.call(&Ask::get(routes::HEALTH)).ok();
        connection.write(head.as_bytes()).expect("it listens");
        let answer = connection.read_answer().unwrap_or_else(|error| panic!("{head:?}: {error}"));
        assert_eq!(answer.problem(), (status, code.to_owned()), "{head:?}");
        assert_eq!(answer.header(routes::ORIGIN_HEADER), Some("daemon"), "{head:?}");
        assert!(connection.is_closed().expect("it ends"), "{head:?}");
    }
    let mut connection = home.connect();
    connection.write(b"HEAD /v1/he alth HTTP/1.1\r\n\r\n").expect("it listens");
    let mut answer = String::new();
    connection.stream().read_to_string(&mut answer).expect("it ends");
    assert!(answer.contains("mp-origin: daemon") && answer.ends_with("\r\n\r\n"), "a body: {answer}");
}

#[test]
fn a_path_says_which_methods_it_takes_and_trace_is_taken_by_none() {
    let home = configured();
    let _daemon = home.start();
    let allowed = |answer: &Answer| answer.header("allow").map(str::to_owned);
    for (method, path, allow) in [
        ("TRACE", routes::HEALTH, "GET, HEAD"),
        ("TRACE", "/v1/api/app/me", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("PUT", routes::ACCOUNTS, "GET, HEAD, POST"),
        ("DELETE", "/v1/accounts/team/use", "POST"),
        ("GET", "/v1/accounts/team/use", "POST"),
    ] {
        // Whether or not it says who it is: that the method is wrong is the first thing to know.
        for ask in [Ask::new(method, path), Ask::change(method, path, &json!(null))] {
            let answer = home.ask(&ask);
            assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()), "{method} {path}");
            assert_eq!(allowed(&answer).as_deref(), Some(allow), "{method} {path}");
        }
    }
}

#[test]
fn the_description_lists_every_route() {
    let home = configured();
    let _daemon = home.start();
    let body = home.ask(&Ask::get(routes::OPENAPI)).ok();
    assert!(body["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", body["openapi"]);
    let paths = body["paths"].as_object().expect("an object");
    for route in [
        routes::HEALTH,
        routes::VERSION,
        routes::STATUS,
        routes::METRICS,
        routes::SESSION,
        routes::SESSION_CREDENTIAL,
        routes::ACCOUNTS,
        routes::ACCOUNT,
        routes::ACCOUNT_USE,
        routes::ACCOUNT_LOGOUT,
        routes::ACCOUNT_TOKEN,
        routes::TARGETS,
        routes::TARGET,
        routes::TARGET_USE,
        routes::BRIDGE,
        routes::EVENTS,
        routes::LOG_LEVEL,
        routes::SHUTDOWN,
    ] {
        assert!(paths.contains_key(route), "{route} is not described");
    }
}

#[test]
fn metrics_and_status_count_calls() {
    let home = configured();
    let _daemon = home.start();
    let calls = || home.ask(&Ask::get(routes::STATUS)).ok()["calls"].as_u64().expect("a number");
    let before = calls();
    session(&mut home.connect());
    assert!(calls() >= before + 2, "the session and the first status were counted");
    let metrics = home.ask(&Ask::get(routes::METRICS));
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    assert!(metrics.text().lines().any(|line| line.starts_with("# TYPE ")), "{}", metrics.text());
}

#[test]
fn the_log_level_changes_while_running() {
    let home = configured();
    let _daemon = home.start();
    let put = |level: &str| home.ask(&Ask::change("PUT", routes::LOG_LEVEL, &json!({"level": level})));
    assert_eq!(put("debug").status / 100, 2);
    assert_eq!(home.ask(&Ask::get(routes::STATUS)).ok()["log_level"], "debug");
    assert_eq!(put("mp_daemon=nonsense=x").status, 400);
}

#[test]
fn an_old_http_is_refused_for_its_bodies_have_no_end() {
    let home = crate::empty();
    let _daemon = home.start();
    let mut stream = std::os::unix::net::UnixStream::connect(home.socket()).expect("it listens");
    stream.write_all(b"GET /v1/health HTTP/1.0\r\nHost: mpd\r\n\r\n").expect("it takes it");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it ends");
    assert!(answer.starts_with("HTTP/1.0 426") && answer.contains("HTTP/1.1 is needed"), "{answer}");
}
