//! What a handler takes from a request: the caller's context, its directory, and a JSON body within limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::{Bytes, BytesMut};
use futures_util::poll;
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Frame;
use hyper::header::HeaderName;
use hyper::http::request::Parts;
use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::routes::CONTEXT_HEADER;
use serde::de::DeserializeOwned;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::files::paths::absolute;
use crate::server::app::App;
use crate::server::reply::Refusal;

/// Largest JSON body.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Longest pause between two parts of a body.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// The caller's flags, environment and directory.
#[derive(Debug, Default)]
pub(crate) struct Caller(pub(crate) Context);

impl Caller {
    /// Returns what the headers of a request say.
    ///
    /// # Errors
    /// When they say it twice, or not as they should.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        static NAME: HeaderName = HeaderName::from_static(CONTEXT_HEADER);
        let mut headers = headers.get_all(&NAME).iter();
        match (headers.next(), headers.next()) {
            (None, _) => Ok(Self::default()),
            (Some(header), None) => Ok(Self(
                Context::from_header(header.as_bytes())
                    .map_err(|error| Failure::new(FailureKind::InvalidContext, error.to_string()))?,
            )),
            (Some(_), Some(_)) => Err(Failure::new(FailureKind::InvalidContext, "the header Mp-Context came twice")),
        }
    }

    /// Returns a path as the caller means it.
    ///
    /// # Errors
    /// When it is relative and the caller did not tell its directory.
    pub(crate) fn path(&self, given: &str, name: &str) -> Result<PathBuf, Failure> {
        absolute(given, self.0.cwd.as_deref(), name)
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Refusal> {
        Ok(Self::of(&parts.headers)?)
    }
}

/// The `{name}` of the path, decoded.
#[derive(Debug)]
pub(crate) struct Name(pub(crate) String);

impl FromRequestParts<Arc<App>> for Name {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        path.map(|Path(name)| Self(name))
            .map_err(|error| Refusal(Failure::new(FailureKind::InvalidArgument, error.body_text())))
    }
}

/// The query parameters.
#[derive(Debug)]
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Parameters<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        query
            .map(|Query(value)| Self(value))
            .map_err(|error| Refusal(Failure::new(FailureKind::InvalidArgument, error.body_text())))
    }
}

/// A JSON body. An empty one counts as `{}`, so that a request whose fields are all optional needs none.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Refusal> {
        Ok(Self::read(request.into_body()).await?)
    }
}

impl<T: DeserializeOwned> JsonBody<T> {
    /// Reads it.
    ///
    /// # Errors
    /// When it is cut off, too large, or something else.
    pub(crate) async fn read<B>(body: B) -> Result<Self, Failure>
    where
        B: hyper::body::Body<Data = Bytes> + Unpin,
    {
        let bytes = read(body).await?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // serde would read a list as the fields in their order.
        if matches!(text.trim_ascii_start().first(), Some(b'[')) {
            let problem = Problem::new("body:1:1", "expected a JSON object");
            return Err(Failure::new(FailureKind::InvalidArgument, "the body is not as expected").errors(vec![problem]));
        }
        Ok(Self(serde_json::from_slice(text).map_err(|error| not_as_expected(&error))?))
    }
}

async fn read<B: hyper::body::Body<Data = Bytes> + Unpin>(mut body: B) -> Result<Bytes, Failure> {
    let mut all = BytesMut::new();
    loop {
        let frame = frame(&mut body).await.map_err(|_| {
            let detail = format!("no part of the body came for {} s", BODY_PAUSE.as_secs());
            Failure::new(FailureKind::BodyTimeout, detail)
        })?;
        let Some(frame) = frame else { return Ok(all.freeze()) };
        let frame = frame.map_err(|_| Failure::new(FailureKind::InvalidArgument, "the body was cut off"))?;
        let Ok(data) = frame.into_data() else { continue };
        if all.len() + data.len() > MAX_BODY {
            let detail = format!("the body has more than {MAX_BODY} bytes");
            return Err(Failure::new(FailureKind::BodyTooLarge, detail));
        }
        all.extend_from_slice(&data);
    }
}

/// Returns the next part of a body. Most bodies are there already, and hyper hands them over as soon as somebody wants them: only for one
/// that is not, a timer is set.
async fn frame<B>(body: &mut B) -> Result<Option<Result<Frame<Bytes>, B::Error>>, Elapsed>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let mut wanted = body.frame();
    if let Poll::Ready(frame) = poll!(&mut wanted) {
        return Ok(frame);
    }
    tokio::task::yield_now().await;
    timeout(BODY_PAUSE, wanted).await
}

/// Says where a body is wrong. serde's own text may quote a value, which may be a secret; only what names fields is passed on.
fn not_as_expected(error: &serde_json::Error) -> Failure {
    let text = error.to_string();
    let about_fields = ["unknown field", "missing field", "duplicate field"].iter().any(|stem| text.starts_with(stem));
    let detail = match error.classify() {
        serde_json::error::Category::Data if about_fields => text.split(" at line").next().unwrap_or("").to_owned(),
        serde_json::error::Category::Data => "a value has another type than expected".to_owned(),
        _ => "the body is not valid JSON".to_owned(),
    };
    let at = format!("body:{}:{}", error.line(), error.column());
    Failure::new(FailureKind::InvalidArgument, "the body is not as expected").errors(vec![Problem::new(at, detail)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use mp_proto::wire::AccountAdd;

    fn complaint(json: &str) -> String {
        let error = serde_json::from_str::<AccountAdd>(json).expect_err("is wrong");
        let failure = not_as_expected(&error);
        format!("{} {}", failure.errors[0].at, failure.errors[0].detail)
    }

    #[test]
    fn a_wrong_body_is_located_and_never_quoted() {
        assert_eq!(complaint("{\"name\":\"x\""), "body:1:11 the body is not valid JSON");
        assert!(complaint("{\"nme\":\"x\"}").contains("unknown field `nme`"));
        let quoted = complaint("{\"name\":\"x\",\"type\":\"t\",\"secret\":123456}");
        assert!(quoted.contains("another type") && !quoted.contains("123456"), "{quoted}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_coming_is_given_up() {
        let stuck = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(stuck).await.map_err(|failure| failure.kind), Err(FailureKind::BodyTimeout));
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_and_one_at_it_is_not() {
        assert_eq!(read(Body::from(vec![b' '; MAX_BODY])).await.map(|bytes| bytes.len()).ok(), Some(MAX_BODY));
        let over = read(Body::from(vec![b' '; MAX_BODY + 1])).await;
        assert_eq!(over.map_err(|failure| failure.kind), Err(FailureKind::BodyTooLarge));
    }

    #[test]
    fn relative_paths_are_the_callers() {
        let caller = |cwd: Option<&str>| Caller(Context { cwd: cwd.map(str::to_owned), ..Context::default() });
        assert_eq!(caller(Some("/w")).path("sub/b.json", "--to"), Ok("/w/sub/b.json".into()));
        assert_eq!(caller(None).path("/b.json", "--to"), Ok("/b.json".into()));
        assert!(caller(None).path("b.json", "--to").is_err());
        assert!(caller(Some("w")).path("b.json", "--to").is_err());
    }
}
