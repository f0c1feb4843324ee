//! The client's side: lines from stdin and to stdout, each on a thread of its own. A client that does not read, or holds a pipe open that
//! it has forgotten, keeps nobody from ending.

use std::io::{self, BufRead, Read, Write};
use std::time::Duration;

use bytes::Bytes;
use mp_proto::failure::Failure;
use mp_proto::visible::Spelling;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::output::stdout;

/// Longest message, in either direction.
pub(super) const LONGEST: usize = 64 * 1024 * 1024;

/// So many messages wait at most on each side: whoever makes more waits, too.
const WAITING: usize = 16;

/// Longest time in which what was written reaches the client at the end.
const FLUSH: Duration = Duration::from_secs(5);

/// A line of the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Whole(Bytes),
    /// It was longer than [`LONGEST`], and is gone.
    TooLong,
}

/// Returns the lines of stdin; their end is that of the client.
pub(super) fn lines() -> mpsc::Receiver<Line> {
    let (sender, receiver) = mpsc::channel(WAITING);
    std::thread::spawn(move || {
        let mut input = io::BufReader::with_capacity(64 * 1024, io::stdin());
        while let Some(line) = next(&mut input, LONGEST) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Reads the next line that is not empty; none at the end, or where nothing can be read any more.
fn next(input: &mut impl BufRead, longest: usize) -> Option<Line> {
    loop {
        let mut line = Vec::new();
        let room = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
        if input.take(room).read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if line.len() > longest && line.last() != Some(&b'\n') {
            skip(input)?;
            return Some(Line::TooLong);
        }
        let text = line.trim_ascii();
        if !text.is_empty() {
            return Some(Line::Whole(Bytes::copy_from_slice(text)));
        }
    }
}

/// Reads up to the end of a line without keeping it.
fn skip(input: &mut impl BufRead) -> Option<()> {
    loop {
        let held = input.fill_buf().ok()?;
        let (count, is_over) = match memchr::memchr(b'\n', held) {
            Some(at) => (at + 1, true),
            None => (held.len(), held.is_empty()),
        };
        input.consume(count);
        if is_over {
            return Some(());
        }
    }
}

/// Where messages for the client go. They come out whole, one after the other.
pub(super) struct Out {
    sender: mpsc::Sender<Bytes>,
}

/// Tells when all was written.
pub(super) struct Written(oneshot::Receiver<()>);

impl Out {
    /// Opens stdout.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn open() -> Result<(Self, Written), Failure> {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(WAITING);
        let (done, written) = oneshot::channel();
        let mut stdout = stdout::unbuffered(Spelling::Json)?;
        std::thread::spawn(move || {
            while let Some(line) = receiver.blocking_recv() {
                let whole = [line.as_ref(), b"\n"].concat();
                // Whoever reads no more has gone, and its stdin ends, too.
                if stdout.write_all(&whole).and_then(|()| stdout.flush()).is_err() {
                    break;
                }
            }
            let _ = done.send(());
        });
        Ok((Self { sender }, Written(written)))
    }

    /// Writes a message, as soon as there is room.
    pub(super) async fn put(&self, line: Bytes) {
        // Nobody reads any more; then nobody misses it.
        let _ = self.sender.send(line).await;
    }
}

impl Written {
    /// Waits until all was written whose writers have gone.
    pub(super) async fn wait(self) {
        let _ = timeout(FLUSH, self.0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, longest: usize) -> Vec<Option<String>> {
        let mut input = io::BufReader::with_capacity(3, text.as_bytes());
        let lines = std::iter::from_fn(|| next(&mut input, longest));
        let text = |line| match line {
            Line::Whole(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Line::TooLong => None,
        };
        lines.map(text).collect()
    }

    #[test]
    fn lines_are_read_however_they_end_and_long_ones_are_skipped() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("a\r\n\n \nb", 8), [some("a"), some("b")]);
        assert_eq!(read("12345678\n123456789\nc\n", 8), [some("12345678"), None, some("c")]);
        assert_eq!(read("1234567890123", 8), [None]);
        assert!(read("", 8).is_empty());
    }
}
