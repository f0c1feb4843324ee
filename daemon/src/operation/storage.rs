//! Files that Mixpanel keeps elsewhere: it signs a URL, and the URL alone opens them. Nothing of the account goes there, and the URL,
//! which is a credential itself, into no error.

use bytes::{Bytes, BytesMut};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method, Response, StatusCode};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

use crate::call::answer::GZIP;
use crate::call::packed::{Packed, PackedError};
use crate::identity::bases::is_loopback;
use crate::mixpanel::way::reason;
use crate::operation::call::Run;

/// How long a storage may be silent.
const PATIENCE: Duration = Duration::from_secs(120);

/// The slowest that a file may go up, in bytes a second.
const SLOWEST: u64 = 20_000;

/// Uploads a file.
///
/// # Errors
/// When the URL is none that a file may go to, or the storage does not take it.
pub(crate) async fn put(run: &Run<'_>, url: &str, kind: &str, length: u64, body: Body) -> Result<(), Failure> {
    let request = Request { method: Method::PUT, body: Some((kind, length, body)) };
    let response = request.send(run, &checked(run, url)?).await?;
    if response.status().is_success() {
        return Ok(());
    }
    Err(refused(run, response.status(), "the file was not taken"))
}

/// Downloads a file; none when there is none, or it may not be had any more.
///
/// # Errors
/// When the URL is none that may be asked, the storage fails, or the file is larger than `most` bytes.
pub(crate) async fn get(run: &Run<'_>, url: &str, most: usize) -> Result<Result<Bytes, StatusCode>, Failure> {
    let mut response = Request { method: Method::GET, body: None }.send(run, &checked(run, url)?).await?;
    let status = response.status();
    if matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) {
        return Ok(Err(status));
    }
    if !status.is_success() {
        return Err(refused(run, status, "the file cannot be had"));
    }
    // A file may be kept compressed, and then it comes so, whatever was asked for.
    let coding = response.headers().get(CONTENT_ENCODING).map(|coding| coding.as_bytes().to_ascii_lowercase());
    let mut packed = coding.is_some_and(|coding| coding.ends_with(GZIP.as_bytes())).then(Packed::new);
    let damaged = |error: PackedError| run.odd(&format!("a file that cannot be read: {error}"));
    let mut all = BytesMut::new();
    let add = |all: &mut BytesMut, part: &[u8]| {
        all.extend_from_slice(part);
        if all.len() > most { Err(run.odd(&format!("a file of more than {most} bytes"))) } else { Ok(()) }
    };
    loop {
        let part = timeout(PATIENCE, response.chunk()).await.map_err(|_| silent(run))?;
        let part = part.map_err(|error| cut(run, &reason(&error)))?;
        match (part, packed.as_mut()) {
            (Some(part), None) => add(&mut all, &part)?,
            (Some(part), Some(packed)) => {
                packed.push(part);
                while let Some(part) = packed.next().map_err(damaged)? {
                    add(&mut all, &part)?;
                }
            }
            (None, _) => break,
        }
    }
    if let Some(packed) = packed {
        add(&mut all, &packed.end().map_err(damaged)?)?;
    }
    Ok(Ok(all.freeze()))
}

struct Request<'a> {
    method: Method,
    body: Option<(&'a str, u64, Body)>,
}

impl Request<'_> {
    async fn send(self, run: &Run<'_>, url: &Url) -> Result<Response, Failure> {
        let mixpanel = &run.operations.mixpanel;
        let client = mixpanel.http_to(url).map_err(|error| cut(run, &error.to_string()))?;
        let mut request = client.request(self.method, url.clone()).header(ACCEPT_ENCODING, GZIP);
        let mut patience = PATIENCE;
        if let Some((kind, length, body)) = self.body {
            patience += Duration::from_secs(length / SLOWEST);
            request = request.header(CONTENT_TYPE, kind).header(CONTENT_LENGTH, length).body(body);
        }
        let sent = timeout(patience, request.send()).await.map_err(|_| silent(run))?;
        sent.map_err(|error| cut(run, &mixpanel.explain(url, &error)))
    }
}

/// Only over TLS; to this machine only where all of Mixpanel is on it.
fn checked(run: &Run<'_>, text: &str) -> Result<Url, Failure> {
    let identity = &run.session.identity;
    let base = run.operations.mixpanel.base(identity.region, Plane::App, &identity.bases);
    let is_local = Url::parse(&base).is_ok_and(|base| is_loopback(&base));
    let is_good = |url: &Url| {
        let is_scheme_good = if is_loopback(url) { is_local } else { url.scheme() == "https" };
        is_scheme_good
            && matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
    };
    Url::parse(text).ok().filter(is_good).ok_or_else(|| run.odd("a place for a file that is no https URL"))
}

/// The storage refuses.
pub(crate) fn refused(run: &Run<'_>, status: StatusCode, what: &str) -> Failure {
    let detail = format!("{}: the storage answered {status}; {what}", run.operation.id);
    Failure::new(FailureKind::UpstreamFault, detail).account(&run.session.identity.name)
}

fn cut(run: &Run<'_>, why: &str) -> Failure {
    let detail = format!("{}: the storage could not be reached: {why}", run.operation.id);
    Failure::new(FailureKind::UpstreamUnreachable, detail).account(&run.session.identity.name)
}

fn silent(run: &Run<'_>) -> Failure {
    let detail = format!("{}: the storage said nothing for {} s", run.operation.id, PATIENCE.as_secs());
    Failure::new(FailureKind::Timeout, detail).account(&run.session.identity.name)
}
