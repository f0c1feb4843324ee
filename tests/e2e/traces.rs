//! A caller's trace: in the log, on the way to Mixpanel, and as spans at a collector. And the log as JSON.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use mp_proto::routes;
use mp_sandbox::wait::eventually;
use mp_sandbox::wire::Ask;
use serde_json::Value;

use crate::grants::{World, ask_token};
use crate::{SOON, configured};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

fn traced(ask: Ask) -> Ask {
    ask.header("traceparent", format!("00-{TRACE}-{SPAN}-01")).header("tracestate", "vendor=x, other=y")
}

/// Returns a header of the last request to Mixpanel that was not for a token.
fn sent(world: &World, name: &str) -> Vec<String> {
    let requests = world.upstream.requests();
    let last = requests.iter().rfind(|request| request.path.contains("/me")).expect("it was sent");
    let of = |(known, value): &(String, String)| known.eq_ignore_ascii_case(name).then(|| value.clone());
    last.headers.iter().filter_map(of).collect()
}

#[test]
fn a_trace_goes_on_at_mixpanel_below_a_span_of_ours() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.home.ask(&traced(Ask::get("/v1/api/app/me"))).ok();
    let parents = sent(&world, "traceparent");
    assert_eq!(parents.len(), 1, "{parents:?}");
    assert!(parents[0].starts_with(&format!("00-{TRACE}-")) && parents[0].ends_with("-01"), "{parents:?}");
    assert!(!parents[0].contains(SPAN), "the span is ours: {parents:?}");
    assert_eq!(sent(&world, "tracestate"), ["vendor=x,other=y"]);
    for bad in ["", "00-0-0-0", &format!("00-{}-{SPAN}-01", TRACE.to_uppercase()), &format!("ff-{TRACE}-{SPAN}-01")] {
        world.home.ask(&Ask::get("/v1/api/app/me").header("traceparent", bad).header("tracestate", "a=1")).ok();
        assert_eq!((sent(&world, "traceparent"), sent(&world, "tracestate")), (Vec::new(), Vec::new()), "{bad}");
    }
}

#[test]
fn the_log_as_json_has_stable_names_and_tells_of_the_trace() {
    let world = World::with_grant(3600);
    let daemon = world.start_with(|mpd| mpd.env("MPD_LOG_FORMAT", "json"));
    world.home.ask(&traced(ask_token()).header("Mp-Client", "odd/1 \"x\"")).ok();
    eventually(SOON, "it is logged", || daemon.log().contains(TRACE));
    let lines: Vec<Value> = daemon
        .log()
        .lines()
        .filter(|line| line.contains("mp_daemon"))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(lines.len() >= 3, "{lines:?}");
    for line in &lines {
        for name in ["timestamp", "level", "target", "message"] {
            assert!(line[name].is_string(), "{name} of {line}");
        }
        assert!(line["fields"].is_object(), "{line}");
    }
    let told = lines.iter().find(|line| line["trace_id"] == TRACE).expect("the token was revealed");
    assert!(told["span_id"].as_str().is_some_and(|span| span.len() == 16 && span != SPAN), "{told}");
    assert_eq!(told["call"]["method"], "POST", "{told}");
}

#[test]
fn a_log_format_that_is_none_is_refused_and_a_client_passes_it_on() {
    let mut home = configured();
    home.set("MPD_LOG_FORMAT", "yaml");
    let refused = home.mp(["session"]).fails(6);
    assert!(refused.contains("\"yaml\" is not a log format; MPD_LOG_FORMAT is text or json"), "{refused}");
    home.set("MPD_LOG_FORMAT", "json");
    home.mp(["session"]).ok();
    eventually(SOON, "it is logged", || home.read(".mp/run/mpd.log").contains('\n'));
    let log = home.read(".mp/run/mpd.log");
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
}

/// A collector that takes OTLP in JSON alone, and says no to the first request if it is told to.
fn collector(refusals: usize) -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let (sender, spans) = channel();
    std::thread::spawn(move || {
        let mut refusals = refusals;
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
                head.push_str(&line.to_lowercase());
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                continue;
            }
            let is_good = head.starts_with("post /v1/traces ") && head.contains("content-type: application/json");
            let status = if !is_good || refusals > 0 { "503 Service Unavailable" } else { "200 OK" };
            refusals = refusals.saturating_sub(1);
            let _ = write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{{}}");
            if status.starts_with("200") && sender.send(serde_json::from_slice(&body).unwrap_or(Value::Null)).is_err() {
                return;
            }
        }
    });
    (address, spans)
}

fn attribute(of: &Value, key: &str) -> Value {
    let all = of["attributes"].as_array().cloned().unwrap_or_default();
    let found = all.into_iter().find(|one| one["key"] == key).unwrap_or_default();
    found["value"].as_object().and_then(|value| value.values().next().cloned()).unwrap_or_default()
}

#[test]
fn a_collector_gets_the_spans_of_a_call_and_of_its_requests() {
    let world = World::with_grant(3600);
    let (address, exports) = collector(0);
    let config = world.home.read(".mp/config.toml");
    world.home.replace(
        ".mp/config.toml",
        &format!("{config}\n[settings.telemetry]\notlp_endpoint = \"{address}\"\notlp_sample = 0\n"),
    );
    let daemon = world.start();
    world.home.ask(&traced(Ask::get("/v1/api/app/me?secret=CaNaRy"))).ok();
    world.home.ask(&Ask::get(routes::SESSION)).ok();
    let export = exports.recv_timeout(SOON).expect("it is sent by itself");
    let resource = &export["resourceSpans"][0];
    assert_eq!(attribute(&resource["resource"], "service.name"), "mpd");
    let spans = resource["scopeSpans"][0]["spans"].as_array().expect("spans").clone();
    assert_eq!(spans.len(), 2, "only what is traced: {export}");
    let of = |kind: u64| spans.iter().find(|span| span["kind"] == kind).unwrap_or_else(|| panic!("{kind} of {export}"));
    let (server, client) = (of(2), of(3));
    assert_eq!((&server["traceId"], &client["traceId"]), (&TRACE.into(), &TRACE.into()));
    assert_eq!((&server["parentSpanId"], &client["parentSpanId"]), (&SPAN.into(), &server["spanId"]));
    assert_eq!((&server["name"], &client["name"]), (&"GET /v1/api/{*path}".into(), &"GET app".into()));
    assert_eq!(attribute(server, "http.route"), "/v1/api/{*path}");
    assert_eq!(attribute(client, "http.response.status_code"), "200");
    assert!(sent(&world, "traceparent")[0].contains(client["spanId"].as_str().expect("an id")));
    assert!(!export.to_string().contains("CaNaRy") && !export.to_string().contains("\"ada\""), "{export}");
    daemon.stop();
}

#[test]
fn a_collector_that_is_away_keeps_nobody_waiting_and_is_told_of_once() {
    let world = World::with_grant(3600);
    let (address, exports) = collector(1);
    let config = world.home.read(".mp/config.toml");
    let with = |address: &str| format!("{config}\n[settings.telemetry]\notlp_endpoint = \"{address}\"\n");
    world.home.replace(".mp/config.toml", &with(&address));
    let daemon = world.start();
    world.home.ask(&Ask::get(routes::SESSION)).ok();
    eventually(SOON, "it is told", || daemon.log().contains("a collector took no spans"));
    world.home.ask(&Ask::get(routes::SESSION)).ok();
    let export = exports.recv_timeout(SOON).expect("the next are sent");
    let span = &export["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert!(span["parentSpanId"].is_null() && span["traceId"].as_str().is_some_and(|id| id.len() == 32), "{span}");
    // What was not sent is sent at the end.
    world.home.ask(&Ask::get(routes::VERSION)).ok();
    daemon.stop();
    let export = exports.recv_timeout(SOON).expect("the last are sent");
    assert!(export.to_string().contains("/v1/version"), "{export}");
}
