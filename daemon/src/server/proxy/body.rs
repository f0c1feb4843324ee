//! The body of a request that is passed on: small ones are kept, so that they can be sent again; large ones flow.

use std::sync::Arc;

use parking_lot::Mutex;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{StreamExt, TryStreamExt, try_unfold};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use mp_proto::failure::{Failure, FailureKind};
use tokio::time::timeout;

use crate::call::request::Payload;

/// Bodies up to this size are kept. Queries and changes are far smaller; what is larger is an upload, which must not cost memory.
const KEPT: usize = 1024 * 1024;

/// So much of a larger one is looked at for the project it is for.
const LOOKED_AT: usize = 64 * 1024;

/// Longest pause between two parts of a body.
const PAUSE: Duration = Duration::from_secs(30);

/// A body that has begun to arrive.
#[derive(Debug)]
pub(super) struct Received {
    /// What is sent.
    pub(super) payload: Payload,
    /// The announced length of one that flows.
    pub(super) length: Option<u64>,
    /// Whether the beginning of one that flows speaks of a project: then it is for that one.
    pub(super) names_project: bool,
    /// Why one that flows came to no end.
    trouble: Trouble,
}

type Trouble = Arc<Mutex<Option<Failure>>>;

impl Received {
    /// Returns a body that is sent as it is kept.
    fn kept(payload: Payload) -> Self {
        Self { payload, length: None, names_project: false, trouble: Trouble::default() }
    }

    /// Returns why the request came to nothing: a caller that stops sending is at fault, not Mixpanel.
    pub(super) fn blame(trouble: &Trouble, failure: Failure) -> Failure {
        trouble.lock().take().unwrap_or(failure)
    }

    /// Returns where the trouble of one that flows is noted.
    pub(super) fn trouble(&self) -> Trouble {
        Arc::clone(&self.trouble)
    }
}

/// Takes a small body to its end, and a large one as far as it takes to see that it is large.
///
/// # Errors
/// When it is cut off, or nothing comes for too long.
pub(super) async fn receive(mut body: Body) -> Result<Received, Failure> {
    let length = body.size_hint().exact();
    if length == Some(0) {
        return Ok(Received::kept(Payload::None));
    }
    let mut kept = BytesMut::new();
    // Of one that is known to be large, its beginning is looked at.
    let looked_at = if length.is_none_or(|length| length <= KEPT as u64) { KEPT } else { LOOKED_AT };
    while kept.len() <= looked_at {
        let Some(part) = part(&mut body).await? else {
            let is_empty = kept.is_empty();
            return Ok(Received::kept(if is_empty { Payload::None } else { Payload::Bytes(kept.freeze()) }));
        };
        kept.extend_from_slice(&part);
    }
    Ok(flowing(kept.freeze(), body, length))
}

fn flowing(begun: Bytes, body: Body, length: Option<u64>) -> Received {
    let trouble = Trouble::default();
    let noted = Arc::clone(&trouble);
    let rest = try_unfold(body, |mut body| async { Ok(part(&mut body).await?.map(|part| (part, body))) });
    let rest = rest.map_err(move |failure: Failure| {
        let error = std::io::Error::other(failure.detail.clone());
        *noted.lock() = Some(failure);
        error
    });
    let names_project = memchr::memmem::find(&begun, b"project_id").is_some();
    let begun = futures_util::stream::iter((!begun.is_empty()).then_some(Ok(begun)));
    let body = reqwest::Body::wrap_stream(begun.chain(rest));
    Received { payload: Payload::Stream(Mutex::new(Some(body))), length, names_project, trouble }
}

/// Returns the next part of a body; none at its end.
async fn part(body: &mut Body) -> Result<Option<Bytes>, Failure> {
    loop {
        let frame = timeout(PAUSE, body.frame()).await.map_err(|_| {
            let detail = format!("no part of the body came for {} s", PAUSE.as_secs());
            Failure::new(FailureKind::BodyTimeout, detail)
        })?;
        let Some(frame) = frame else { return Ok(None) };
        let frame = frame.map_err(|_| Failure::new(FailureKind::InvalidArgument, "the body was cut off"))?;
        // Trailers of a request are nobody's business upstream.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(count: usize, size: usize) -> Body {
        let part = Bytes::from(vec![b'x'; size]);
        Body::from_stream(futures_util::stream::iter(0..count).map(move |_| Ok::<_, std::io::Error>(part.clone())))
    }

    async fn sort(body: Body) -> (&'static str, Option<u64>) {
        let received = receive(body).await.expect("whole");
        let sort = match received.payload {
            Payload::None => "none",
            Payload::Bytes(_) => "kept",
            Payload::Stream(_) => "flows",
            Payload::Json(_) => "json",
        };
        (sort, received.length)
    }

    #[tokio::test]
    async fn small_bodies_are_kept_and_large_ones_flow() {
        assert_eq!(sort(Body::empty()).await, ("none", None));
        assert_eq!(sort(parts(0, 1)).await, ("none", None));
        assert_eq!(sort(Body::from(vec![0; KEPT])).await, ("kept", None));
        assert_eq!(sort(Body::from(vec![0; KEPT + 1])).await, ("flows", Some(KEPT as u64 + 1)));
        assert_eq!(sort(parts(4, KEPT / 4)).await, ("kept", None));
        assert_eq!(sort(parts(5, KEPT / 4)).await, ("flows", None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_coming_is_given_up() {
        let stuck = || futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let kind = receive(Body::from_stream(stuck())).await.map_err(|failure| failure.kind);
        assert_eq!(kind.err(), Some(FailureKind::BodyTimeout));
        let begun = futures_util::stream::iter([Ok(Bytes::from(vec![0; KEPT + 1]))]);
        let received = receive(Body::from_stream(begun.chain(stuck()))).await.expect("it begins");
        let (trouble, Payload::Stream(body)) = (received.trouble(), received.payload) else {
            panic!("it does not flow")
        };
        let body = body.into_inner().expect("not sent yet");
        assert!(body.collect().await.is_err(), "a part of it must not pass for the whole");
        let upstream = Failure::new(FailureKind::UpstreamUnreachable, "");
        assert_eq!(Received::blame(&trouble, upstream.clone()).kind, FailureKind::BodyTimeout);
        assert_eq!(Received::blame(&trouble, upstream).kind, FailureKind::UpstreamUnreachable);
    }
}
