//! Bodies that are made while they are sent: whole, cut, reset, stalled, and left by the other side.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use mp_sandbox::upstream::server::{Gate, Reply, Server};
use mp_sandbox::upstream::{Fault, StreamEnd, Streamed, Upstream, visit};
use mp_sandbox::wait::{eventually, poll};

const GET: &[u8] = b"GET /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const SOON: Duration = Duration::from_secs(20);

/// A body of a hundred pieces of a thousand bytes.
fn hundred() -> Reply {
    Reply::stream(200, || (0..100_u8).map(|number| Bytes::from(vec![number; 1000])))
}

/// A body without an end, and how many of its pieces were made.
fn endless() -> (Reply, Arc<AtomicU64>) {
    let made = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&made);
    let block = Bytes::from(vec![b'x'; 256 * 1024]);
    let make = move || {
        let (block, counter) = (block.clone(), Arc::clone(&counter));
        std::iter::repeat_with(move || {
            counter.fetch_add(1, Ordering::SeqCst);
            block.clone()
        })
    };
    (Reply::stream(200, make), made)
}

fn serve(reply: Reply) -> Server {
    Server::start(move |_| reply.clone())
}

#[track_caller]
fn ended(server: &Server) -> Streamed {
    let over = || server.streams().pop().filter(|one| one.end != StreamEnd::Running);
    poll(SOON, over).unwrap_or_else(|| panic!("it does not end: {:?}", server.streams()))
}

fn connect(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("it listens");
    stream.set_read_timeout(Some(SOON)).expect("not zero");
    stream.write_all(GET).expect("it reads");
    stream
}

#[test]
fn a_streamed_body_comes_whole_in_chunks_or_with_its_length() {
    let expected: Vec<u8> = (0..100_u8).flat_map(|number| vec![number; 1000]).collect();
    let server = serve(hundred());
    let answer = visit::get(&format!("{}/body", server.url())).expect("an answer");
    assert_eq!((answer.header("transfer-encoding"), answer.header("content-length")), (Some("chunked"), None));
    assert!(answer.body == expected);
    let Streamed { number, path, bytes, end } = ended(&server);
    assert_eq!((number, path.as_str(), bytes, end), (1, "/body", 100_000, StreamEnd::Whole));

    let server = serve(hundred().announced(100_000));
    let answer = visit::get(&server.url()).expect("an answer");
    assert_eq!((answer.header("transfer-encoding"), answer.header("content-length")), (None, Some("100000")));
    assert!(answer.body == expected);
    assert_eq!(ended(&server).end, StreamEnd::Whole);
}

#[test]
fn a_cut_body_has_its_first_bytes_and_no_end() {
    for after in [0, 1, 999, 1000, 1001, 54_321, 100_000, 200_000] {
        let server = serve(hundred().cut_after(after));
        let (bytes, end) = visit::exchange(server.address(), GET);
        end.expect("a plain end");
        let (body, is_whole) = unchunked(&bytes);
        assert_eq!((body.len() as u64, is_whole), (after.min(100_000), false), "{after}");
        assert_eq!(ended(&server).end, StreamEnd::Cut);
        let error = visit::get(&server.url()).expect_err("it has no end");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
    let server = serve(hundred().announced(100_000).cut_after(5));
    let error = visit::get(&server.url()).expect_err("it is shorter than announced");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn a_cut_comes_only_when_all_before_it_was_sent() {
    let (reply, _) = endless();
    // More than the buffers of both sides hold, so that the connection was full in between.
    let after = 50 << 20;
    let server = serve(reply.cut_after(after));
    let (bytes, end) = visit::exchange(server.address(), GET);
    end.expect("a plain end");
    assert_eq!(unchunked(&bytes).0.len() as u64, after);
}

#[test]
fn a_reset_comes_in_the_middle_of_a_body() {
    let server = serve(hundred().reset_after(3000));
    let (bytes, end) = visit::exchange(server.address(), GET);
    assert_eq!(end.expect_err("reset").kind(), io::ErrorKind::ConnectionReset);
    assert!(unchunked(&bytes).0.len() <= 3000);
    assert_eq!((ended(&server).end, ended(&server).bytes), (StreamEnd::Cut, 3000));
}

#[test]
fn a_stalled_body_goes_on_when_the_gate_opens() {
    let gate = Gate::new();
    let server = serve(hundred().stall_after(4000, &gate));
    let mut stream = connect(&server);
    gate.wait_for_arrival(1);
    let mut seen = Vec::new();
    while unchunked(&seen).0.len() < 4000 {
        let mut bytes = [0; 1000];
        let count = stream.read(&mut bytes).expect("all before the gate comes");
        seen.extend_from_slice(&bytes[..count]);
    }
    assert_eq!((server.streams()[0].bytes, server.streams()[0].end), (4000, StreamEnd::Running));
    gate.release();
    stream.read_to_end(&mut seen).expect("a plain end");
    let (body, is_whole) = unchunked(&seen);
    assert_eq!((body.len(), is_whole), (100_000, true));
}

#[test]
fn a_peer_that_goes_is_seen_while_the_body_flows_and_while_it_stalls() {
    let (reply, _) = endless();
    let server = serve(reply);
    let mut stream = connect(&server);
    stream.read_exact(&mut vec![0; 1 << 20]).expect("it flows");
    assert_eq!(server.streams()[0].end, StreamEnd::Running);
    drop(stream);
    assert_eq!(ended(&server).end, StreamEnd::PeerGone);

    let gate = Gate::new();
    let server = serve(hundred().stall_after(0, &gate));
    let stream = connect(&server);
    gate.wait_for_arrival(1);
    assert_eq!(gate.waiting(), 1);
    stream.shutdown(Shutdown::Both).expect("it is open");
    let end = ended(&server);
    assert_eq!((end.end, end.bytes, gate.waiting()), (StreamEnd::PeerGone, 0, 0));
}

#[test]
fn nothing_is_made_that_nobody_reads() {
    let (reply, made) = endless();
    let server = serve(reply);
    let mut stream = connect(&server);
    stream.read_exact(&mut [0; 1]).expect("it flows");
    // The buffers of both sides fill; from then on no piece is made.
    let mut before = 0;
    eventually(SOON, "it waits for its reader", || {
        let now = made.load(Ordering::SeqCst);
        std::mem::replace(&mut before, now) == now
    });
    assert!(before * 256 * 1024 < 100 << 20, "{before} pieces were made for nobody");
}

#[test]
fn every_body_can_break_as_planned() {
    let upstream = Upstream::start();
    upstream.add_bearer(mp_proto::ids::Region::Us, "ada", mp_sandbox::upstream::ADA);
    let (url, path) = (format!("{}/us/app/me", upstream.url()), "/us/app/me");
    let ask = || visit::send("GET", &url, &[("Authorization", "Bearer ada")], b"");
    upstream.fault("GET", path, Fault::CutAfter(10));
    assert_eq!(ask().expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
    upstream.fault("GET", path, Fault::ResetAfter(10));
    assert_eq!(ask().expect_err("reset").kind(), io::ErrorKind::ConnectionReset);
    let gate = Gate::new();
    gate.release();
    upstream.fault("GET", path, Fault::StallAfter(10, gate.clone()));
    assert_eq!((ask().expect("an answer").ok()["status"].as_str(), gate.arrived()), (Some("ok"), 1));
    assert_eq!(upstream.problems(), Vec::<String>::new());
}

#[test]
fn streams_are_listed_by_path_and_forgotten() {
    let upstream = Upstream::start();
    upstream.add_bearer(mp_proto::ids::Region::Us, "ada", mp_sandbox::upstream::ADA);
    upstream.on("GET", "/us/web/long", |_| hundred());
    let url = format!("{}/us/web/long", upstream.url());
    for _ in 0..2 {
        visit::send("GET", &url, &[("Authorization", "Bearer ada")], b"").expect("an answer").text();
    }
    let ends = upstream.wait_for_ends("/us/web/long", 2);
    assert!(ends.iter().all(|one| one.end == StreamEnd::Whole && one.bytes == 100_000), "{ends:?}");
    upstream.clear();
    assert_eq!(upstream.streams().len(), 0);
}

/// Returns the data of a chunked answer as far as it came, and whether its end did.
fn unchunked(answer: &[u8]) -> (Vec<u8>, bool) {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
    head.map_or((Vec::new(), false), |head| visit::unchunked(&answer[head + 4..]))
}
