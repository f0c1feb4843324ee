//! Answers in the form of all others to heads that are no HTTP.
//!
//! hyper refuses such a head by itself, with a status and nothing else; no service is asked. So the connection is wrapped: what hyper
//! writes then is known to the byte, and is replaced. After it hyper closes the connection.

use std::io::{Error, ErrorKind, IoSlice};
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use mp_proto::failure::{Failure, FailureKind};
use rustix::net::Shutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::connections::Activity;
use crate::server::gate::MAX_HEAD;
use crate::server::reply;

/// hyper's refusals are shorter than this, and few other writes are.
const LONGEST: usize = 200;

/// So many bytes tell whether a request is a HEAD.
const METHOD: usize = "HEAD ".len();

/// A connection whose refusals by hyper are told as problems.
pub(crate) struct Explained<I> {
    stream: I,
    /// While a request is being answered, what is written may be anybody's data.
    activity: Arc<Activity>,
    /// Whether the other side cannot send any more.
    is_shut: bool,
    /// How the first request since the last answer begins.
    begun: Vec<u8>,
    /// What is written in place of what hyper wrote, as far as it has not gone.
    instead: Vec<u8>,
}

impl<I> Explained<I> {
    pub(crate) fn new(stream: I, activity: Arc<Activity>) -> Self {
        Self { stream, activity, is_shut: false, begun: Vec::new(), instead: Vec::new() }
    }

    /// Returns the connection itself.
    pub(crate) fn into_inner(self) -> I {
        self.stream
    }

    /// Notes what is written in place of one of hyper's refusals; returns its length then.
    fn replace(&mut self, parts: &[IoSlice<'_>]) -> Option<usize> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        // hyper writes its refusal at once; a longer or an empty write is none, and costs nothing more.
        let may_be = (1..LONGEST).contains(&length) && !self.activity.is_busy() && self.instead.is_empty();
        let written = may_be.then(|| parts.iter().flat_map(|part| part.iter().copied()).collect::<Vec<_>>())?;
        // The answer to HEAD has no body, whatever becomes of it (RFC 9110, 9.3.2).
        self.instead = explained(&written, self.begun.starts_with(b"HEAD "))?;
        Some(length)
    }
}

/// Returns what to say in place of a refusal by hyper; none where a text is anything else.
fn explained(written: &[u8], is_head: bool) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = text.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    let is_of_hyper =
        |line: &str| line == "content-length: 0" || line == "connection: close" || line.starts_with("date: ");
    let lines: Vec<&str> = lines.collect();
    if !lines.contains(&"content-length: 0") || !lines.iter().all(|line| is_of_hyper(line)) {
        return None;
    }
    let failure = match status {
        "400" => Failure::new(
            FailureKind::InvalidArgument,
            "the head of the request is not HTTP/1.1: expected a method, a path and HTTP/1.1, then lines of `name: value`",
        ),
        "414" | "431" => {
            let detail = format!("the head of the request has more than {MAX_HEAD} bytes, or more than 100 lines");
            Failure::new(FailureKind::HeadTooLarge, detail)
        }
        _ => return None,
    };
    Some(reply::last_words(&failure, is_head))
}

impl<I: AsyncRead + AsFd + Unpin> AsyncRead for Explained<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        if !self.is_shut && self.activity.is_shut() {
            // From here on the other side knows of each request that nobody will read, and what has been sent is still there to be read.
            self.is_shut = rustix::net::shutdown(&self.stream, Shutdown::Read).is_ok();
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if self.is_shut && buffer.filled().len() == before && self.activity.is_busy() {
            // The end is of our own making; hyper would take it for that of whoever waits for this answer.
            return Poll::Pending;
        }
        let room = METHOD - self.begun.len().min(METHOD);
        if room > 0 {
            self.begun.extend(buffer.filled().iter().skip(before).take(room));
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite + Unpin> Explained<I> {
    fn write(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<Result<usize, Error>> {
        if let Some(length) = self.replace(parts) {
            return Poll::Ready(Ok(length));
        }
        ready!(self.as_mut().finish(context))?;
        self.begun.clear();
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    /// Writes what has taken the place of a refusal.
    fn finish(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let me = &mut *self;
        while !me.instead.is_empty() {
            let written = ready!(Pin::new(&mut me.stream).poll_write(context, &me.instead))?;
            me.instead.drain(..written);
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Explained<I> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        self.write(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        self.write(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.as_mut().finish(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Nothing more is written after it, and hyper drops the connection at once: closing it says the same.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_flush(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: now\r\n\r\n";

    fn said(written: &str, is_head: bool) -> Option<String> {
        explained(written.as_bytes(), is_head).map(|text| String::from_utf8(text).expect("text"))
    }

    #[test]
    fn a_refusal_becomes_a_problem_and_nothing_else_does() {
        let problem = said(REFUSAL, false).expect("hyper's own");
        assert!(
            problem.starts_with("HTTP/1.1 400 Bad Request\r\n") && problem.contains("mp-origin: daemon"),
            "{problem}"
        );
        assert!(problem.ends_with('}') && problem.contains("invalid_argument"), "{problem}");
        let large = said(&REFUSAL.replace("400 Bad Request", "414 URI Too Long"), false).expect("hyper's own");
        assert!(large.starts_with("HTTP/1.1 431 ") && large.contains("head_too_large"), "{large}");
        for other in [
            REFUSAL.replace("date: now", "mp-origin: daemon"),
            REFUSAL.replace("length: 0", "length: 1"),
            REFUSAL.replace("400 Bad Request", "200 OK"),
            format!("{REFUSAL}x"),
            String::new(),
        ] {
            assert_eq!(said(&other, false), None, "{other}");
        }
    }

    #[test]
    fn the_answer_to_a_head_request_has_no_body() {
        let answer = said(REFUSAL, true).expect("hyper's own");
        assert!(answer.ends_with("\r\n\r\n") && answer.contains("problem+json"), "{answer}");
    }

    #[test]
    fn what_is_written_while_a_request_is_answered_is_somebodys_data() {
        let activity = Arc::new(Activity::default());
        activity.begin(1);
        let mut connection = Explained::new((), Arc::clone(&activity));
        assert_eq!(connection.replace(&[IoSlice::new(REFUSAL.as_bytes())]), None);
        activity.end();
        let (one, two) = REFUSAL.as_bytes().split_at(30);
        assert_eq!(connection.replace(&[IoSlice::new(one), IoSlice::new(two)]), Some(REFUSAL.len()));
    }
}
