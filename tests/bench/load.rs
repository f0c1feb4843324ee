//! The load: keep-alive connections that each ask again as soon as they have an answer.

use std::path::Path;
use std::time::{Duration, Instant};

use mp_proto::routes;
use mp_sandbox::wire::Ask;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinSet;

/// Until the server has warmed up.
const WARM_UP: Duration = Duration::from_millis(300);

/// What is measured.
const SPAN: Duration = Duration::from_millis(1_500);

/// Returns the requests per second that a server answers over so many connections. One thread asks: the servers need the rest.
pub(crate) fn rate(socket: &Path, connections: usize) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("threads are free");
    runtime.block_on(async {
        let start = Instant::now() + WARM_UP;
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let stream = connect(socket).await;
            tasks.spawn(ask_until(stream, start, start + SPAN));
        }
        let answers: u64 = tasks.join_all().await.into_iter().sum();
        // Building more connections than the warm-up has time for would falsify the rate.
        assert!(answers > 0, "no answers within {SPAN:?}");
        answers as f64 / SPAN.as_secs_f64()
    })
}

/// A burst of connections may fill the backlog for a moment.
async fn connect(socket: &Path) -> UnixStream {
    loop {
        match UnixStream::connect(socket).await {
            Ok(stream) => return stream,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => tokio::task::yield_now().await,
            Err(error) => panic!("{}: {error}", socket.display()),
        }
    }
}

/// Returns how many answers came between the two moments.
async fn ask_until(mut stream: UnixStream, start: Instant, end: Instant) -> u64 {
    let request = Ask::get(routes::SESSION).to_bytes();
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut answers = 0;
    loop {
        stream.write_all(&request).await.expect("the server listens");
        buffer.clear();
        while !is_complete(&buffer) {
            let count = stream.read_buf(&mut buffer).await.expect("the server answers");
            assert!(count > 0, "the server closed the connection");
        }
        let now = Instant::now();
        if now >= end {
            return answers;
        }
        answers += u64::from(now >= start);
    }
}

/// Returns whether an answer with `Content-Length` is there in full. Cheap, for the servers need the processor.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = std::str::from_utf8(&bytes[..head]).expect("a head is ASCII");
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    let length = text.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") { value.trim().parse::<usize>().ok() } else { None }
    });
    length.is_some_and(|length| bytes.len() >= head + 4 + length)
}
