//! The load: connections that each ask again as soon as they have an answer, kept or made anew for each question.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinSet;

/// Until the server has warmed up.
const WARM_UP: Duration = Duration::from_millis(300);

/// What is measured.
const SPAN: Duration = Duration::from_millis(1_500);

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) request: &'a [u8],
    /// Each on a connection of its own.
    pub(crate) is_single: bool,
}

/// How a server answers under load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Load {
    /// Answers per second.
    pub(crate) rate: f64,
    /// Of a hundred answers, all but one came within this time.
    pub(crate) p99: Duration,
}

/// Returns how a server answers over so many connections. One thread asks: the servers need the rest.
pub(crate) fn under(socket: &Path, connections: usize, question: Question<'_>) -> Load {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("threads are free");
    runtime.block_on(async {
        let start = Instant::now() + WARM_UP;
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let (socket, request) = (socket.to_owned(), question.request.to_vec());
            tasks.spawn(async move { ask_until(&socket, &request, question.is_single, start, start + SPAN).await });
        }
        let mut times: Vec<Duration> = tasks.join_all().await.concat();
        times.sort();
        // Building more connections than the warm-up has time for would falsify the rate.
        assert!(!times.is_empty(), "no answers within {SPAN:?}");
        Load { rate: times.len() as f64 / SPAN.as_secs_f64(), p99: times[times.len() * 99 / 100] }
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

/// Returns how long each answer took that came between the two moments.
async fn ask_until(socket: &Path, request: &[u8], is_single: bool, start: Instant, end: Instant) -> Vec<Duration> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut times = Vec::new();
    let mut stream = connect(socket).await;
    loop {
        let asked = Instant::now();
        if is_single {
            stream = connect(socket).await;
        }
        stream.write_all(request).await.expect("the server listens");
        buffer.clear();
        while !is_complete(&buffer) {
            let count = stream.read_buf(&mut buffer).await.expect("the server answers");
            assert!(count > 0, "the server closed the connection");
        }
        let now = Instant::now();
        if now >= end {
            return times;
        }
        if now >= start {
            times.push(now - asked);
        }
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
