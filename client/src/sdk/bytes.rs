//! Answers that come as a stream. One that is cut off ends in an error, never in silence.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mp_proto::failure::{Failure, FailureKind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use crate::api::trailed;
use crate::transport::{Piece, Streaming, TransportError};

/// Longest silence in the middle of an answer. The daemon gives up sooner, and says why.
const SILENCE: Duration = Duration::from_secs(120);

/// Longest line that is kept in memory: an event of Mixpanel has 1 MB at most.
const MAX_LINE: usize = 64 * 1024 * 1024;

/// The bytes of an answer, as they come.
///
/// ```no_run
/// # async fn example(mut stream: mp_client::ByteStream) -> Result<(), mp_client::Failure> {
/// while let Some(part) = stream.next().await {
///     println!("{} bytes", part?.len());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read before `next`"]
pub struct ByteStream {
    /// None after the end or an error.
    streaming: Option<Streaming>,
}

impl ByteStream {
    pub(super) fn of(streaming: Streaming) -> Self {
        Self { streaming: Some(streaming) }
    }

    /// Returns the next part; none when the answer is complete. After an error comes nothing.
    ///
    /// Dropping the future loses nothing; dropping the stream ends the request, at Mixpanel, too.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        loop {
            let streaming = self.streaming.as_mut()?;
            let failure = match timeout(SILENCE, streaming.next()).await {
                Ok(Ok(Some(Piece::Bytes(bytes)))) if bytes.is_empty() => continue,
                Ok(Ok(Some(Piece::Bytes(bytes)))) => return Some(Ok(bytes)),
                Ok(Ok(Some(Piece::Trailers(trailers)))) => match trailed(&trailers) {
                    Some(failure) => failure,
                    None => continue,
                },
                Ok(Ok(None)) => {
                    self.streaming = None;
                    return None;
                }
                Ok(Err(error)) => cut(&error),
                Err(_) => silent(),
            };
            self.streaming = None;
            return Some(Err(failure));
        }
    }
}

fn cut(error: &TransportError) -> Failure {
    let detail = match error {
        TransportError::Broken => "the daemon went away in the middle of the answer".to_owned(),
        other => format!("the answer was cut off: {other}"),
    };
    Failure::new(FailureKind::Unreachable, detail)
}

fn silent() -> Failure {
    let detail = format!("the daemon said nothing for {} s in the middle of the answer", SILENCE.as_secs());
    Failure::new(FailureKind::Timeout, detail).next("mp daemon status", "see whether it is well")
}

/// The values of an answer in JSON Lines, as they come.
///
/// ```no_run
/// # async fn example(ws: mp_client::Workspace) -> Result<(), mp_client::Failure> {
/// let days = serde_json::json!({"from": "2025-01-01", "to": "2025-01-31"});
/// let mut lines = ws.stream("export.events", days).await?;
/// while let Some(event) = lines.next().await {
///     println!("{}", event?["event"]);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read before `next`"]
pub struct Lines {
    bytes: ByteStream,
    cutter: Cutter,
    ended: bool,
}

impl Lines {
    pub(super) fn of(streaming: Streaming) -> Self {
        Self { bytes: ByteStream::of(streaming), cutter: Cutter::default(), ended: false }
    }

    /// Returns the next value; none when the answer is complete. After an error comes nothing.
    ///
    /// Dropping the future loses nothing; dropping the stream ends the request, at Mixpanel, too.
    pub async fn next(&mut self) -> Option<Result<Value, Failure>> {
        self.next_as().await
    }

    /// Returns the next value as a type of the caller's, which also says how it is read.
    pub async fn next_as<T: DeserializeOwned>(&mut self) -> Option<Result<T, Failure>> {
        let line = match self.next_line().await? {
            Ok(line) => line,
            Err(failure) => return Some(Err(failure)),
        };
        let value = serde_json::from_slice(&line);
        Some(value.map_err(|error| {
            self.end();
            Failure::new(FailureKind::UpstreamInvalid, format!("a line of the answer is not as expected: {error}"))
        }))
    }

    /// Returns the next line as it came, without its end; empty ones are left out.
    pub async fn next_line(&mut self) -> Option<Result<Bytes, Failure>> {
        loop {
            if let Some(line) = self.cutter.lines.pop_front() {
                return Some(Ok(line));
            }
            if self.ended {
                return None;
            }
            match self.bytes.next().await {
                Some(Ok(part)) => {
                    if self.cutter.take(&part).is_err() {
                        self.end();
                        let detail = format!("a line of the answer has more than {MAX_LINE} bytes");
                        return Some(Err(Failure::new(FailureKind::UpstreamInvalid, detail)));
                    }
                }
                Some(Err(failure)) => {
                    self.end();
                    return Some(Err(failure));
                }
                None => {
                    self.ended = true;
                    self.cutter.finish();
                }
            }
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.bytes.streaming = None;
        self.cutter = Cutter::default();
    }
}

/// Cuts bytes into lines.
#[derive(Default)]
struct Cutter {
    lines: VecDeque<Bytes>,
    begun: BytesMut,
}

impl Cutter {
    fn take(&mut self, part: &Bytes) -> Result<(), ()> {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', part) {
            if self.begun.is_empty() {
                self.push(part.slice(start..end));
            } else {
                self.begun.extend_from_slice(&part[start..end]);
                let whole = self.begun.split().freeze();
                self.push(whole);
            }
            start = end + 1;
        }
        self.begun.extend_from_slice(&part[start..]);
        if self.begun.len() > MAX_LINE { Err(()) } else { Ok(()) }
    }

    /// What has no end is a line, too, where the answer is complete.
    fn finish(&mut self) {
        let rest = self.begun.split().freeze();
        self.push(rest);
    }

    fn push(&mut self, line: Bytes) {
        if !line.trim_ascii().is_empty() {
            self.lines.push_back(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_wherever_the_parts_end() {
        let text = "{\"a\":1}\n\n{\"b\":2}\r\n{\"c\":3}";
        for size in 1..=text.len() {
            let mut cutter = Cutter::default();
            for part in text.as_bytes().chunks(size) {
                cutter.take(&Bytes::copy_from_slice(part)).expect("short");
            }
            cutter.finish();
            let lines: Vec<Value> =
                cutter.lines.iter().map(|line| serde_json::from_slice(line).expect("a value")).collect();
            assert_eq!(lines.len(), 3, "parts of {size} bytes");
        }
    }
}
