//! Sends a request to Mixpanel as somebody and returns the head of the final answer, with its body still to come: the only place
//! from which calls of Mixpanel's APIs go out.
//!
//! A read is repeated after a 429 and after a connection that was reset; anything whose body can be sent again is repeated once with
//! a newer token after a 401, for a refused request has done nothing.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use reqwest::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Request, Response, StatusCode};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::debug;
use url::Url;

use crate::app::App;
use crate::session::credential::MIN_VALID_S;
use crate::session::keeper::Fresh;
use crate::upstream::decode::Asked;
use crate::upstream::gate::{Budget, Family, Permit};
use crate::upstream::request::{Authorization, Coding, Identity, Outgoing, Payload, Query};
use crate::upstream::{headers, retry};

/// An answer whose body is still to come. Dropping it ends the request.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// What went out as a credential: it must not be repeated to anybody.
    pub(crate) credential: Secret,
    /// How long it waited for its turn.
    pub(crate) waited: Duration,
    response: Response,
    idle: Duration,
    /// `GET /export of account 'x'`.
    subject: String,
    account: String,
    _permit: Option<Permit>,
}

impl Opened {
    /// Returns the next part of the body; none at its end, which is known to be the end: a body that is cut off is an error.
    ///
    /// # Errors
    /// When the body is cut off, or nothing comes for too long.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let next = tokio::time::timeout(self.idle, self.response.chunk()).await;
        let (kind, said) = match next {
            Ok(Ok(chunk)) => return Ok(chunk),
            Ok(Err(error)) => {
                (FailureKind::UpstreamUnreachable, format!("was cut off in the middle: {}", reason(&error)))
            }
            Err(_) => {
                (FailureKind::Timeout, format!("stopped in the middle: nothing came for {} s", self.idle.as_secs()))
            }
        };
        Err(Failure::new(kind, format!("{} {said}", self.subject)).account(&self.account))
    }

    /// Reads the rest of the body; none when it is larger than the limit.
    ///
    /// # Errors
    /// As [`Self::chunk`].
    pub(crate) async fn rest(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    /// Returns the text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Sends a request and returns what Mixpanel finally answers, whatever its status.
///
/// # Errors
/// When there is no credential, Mixpanel cannot be reached, or does not begin to answer before the deadline.
pub(crate) async fn open(
    app: &Arc<App>,
    as_whom: &Identity,
    request: &Outgoing,
    deadline: Instant,
) -> Result<Opened, Failure> {
    let sending = Sending { app, identity: as_whom, request, deadline };
    let begun = Instant::now();
    timeout_at(deadline, sending.run()).await.unwrap_or_else(|_| {
        let said = format!("had no answer within {} s", begun.elapsed().as_secs());
        Err(sending.asked("").failure(FailureKind::Timeout, &said))
    })
}

/// A request on its way.
struct Sending<'a> {
    app: &'a Arc<App>,
    identity: &'a Identity,
    request: &'a Outgoing,
    deadline: Instant,
}

/// No answer.
enum Silence {
    /// The connection ended before a byte of the answer: a kept one may have been closed at the other end meanwhile.
    Reset(Failure),
    /// Anything else.
    Other(Failure),
}

impl Sending<'_> {
    async fn run(&self) -> Result<Opened, Failure> {
        let (url, headers) = (self.url()?, headers::of(&self.identity.headers, &self.request.headers)?);
        let upstream = &self.app.upstream;
        let client = match self.request.coding {
            Coding::Decoded => upstream.http_to(&url),
            Coding::AsSent => upstream.verbatim_to(&url),
        };
        let client = client.map_err(|error| self.silent(&error))?;
        let (mut token, mut renewed, mut was_reset, mut limited) = (self.token().await?, false, false, 0);
        let mut waited = Duration::ZERO;
        loop {
            let asked_at = Instant::now();
            let permit = self.permit().await?;
            waited += asked_at.elapsed();
            let request = self.build(client, &url, &headers, token.as_ref())?;
            let credential = credential_in(&request);
            let response = match self.exchange(client, request).await {
                Ok(response) => response,
                Err(Silence::Reset(_)) if self.request.repeatable && self.is_resendable() && !was_reset => {
                    was_reset = true;
                    continue;
                }
                Err(Silence::Reset(failure) | Silence::Other(failure)) => return Err(failure),
            };
            if response.status() == 401 && !renewed && self.is_resendable() {
                renewed = true;
                if let Some(newer) = self.newer(token.as_ref()).await? {
                    token = Some(newer);
                    continue;
                }
            }
            let mut permit = permit;
            if response.status() == 429 {
                let told = retry::told(response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()));
                let pause = retry::wait(limited, told, retry::dice());
                let is_of_budget = permit.is_some();
                if let Some(permit) = permit.take() {
                    permit.was_refused(pause);
                }
                if self.may_repeat(limited, pause) {
                    limited += 1;
                    if !is_of_budget {
                        sleep(pause).await;
                    }
                    continue;
                }
            }
            return Ok(self.opened(response, credential, waited, permit));
        }
    }

    fn opened(&self, response: Response, credential: Secret, waited: Duration, permit: Option<Permit>) -> Opened {
        Opened {
            status: response.status(),
            headers: response.headers().clone(),
            credential,
            waited,
            idle: self.request.plane.patience(),
            subject: format!("{} {} of account '{}'", self.request.method, self.request.path, self.identity.name),
            account: self.identity.name.clone(),
            response,
            _permit: permit,
        }
    }

    async fn permit(&self) -> Result<Option<Permit>, Failure> {
        let request = self.request;
        let Some((family, project)) = Family::of(request.plane).zip(request.budget.clone()) else { return Ok(None) };
        let budget = Budget { region: self.identity.region, project, family };
        self.app.gates.enter(&budget, request.tool, self.deadline).await.map(Some)
    }

    /// Whether a request that was refused with 429 is repeated after a pause.
    fn may_repeat(&self, limited: u32, pause: Duration) -> bool {
        let in_time = Instant::now() + pause < self.deadline;
        self.request.repeatable && self.is_resendable() && limited < retry::LIMITED && in_time
    }

    fn is_resendable(&self) -> bool {
        !matches!(self.request.payload, Payload::Stream(_))
    }

    /// A path is made of encoded segments, so a URL that reads otherwise than it was written leads somewhere else.
    fn url(&self) -> Result<Url, Failure> {
        let request = self.request;
        let base = self.app.upstream.base(self.identity.region, request.plane, &self.identity.bases);
        let text = format!("{base}{}", request.path);
        let mut url = Url::parse(&text).ok().filter(|url| url.as_str() == text).ok_or_else(|| {
            let detail = format!("{} is no path of Mixpanel", request.path.escape_debug());
            Failure::new(FailureKind::InvalidArgument, detail)
        })?;
        match &request.query {
            Query::Pairs(pairs) if pairs.is_empty() => {}
            Query::Pairs(pairs) => drop(url.query_pairs_mut().extend_pairs(pairs)),
            Query::Raw(raw) => url.set_query(Some(raw)),
        }
        Ok(url)
    }

    async fn token(&self) -> Result<Option<Fresh>, Failure> {
        match &self.identity.authorization {
            Authorization::Grant(holder) => self.app.keeper.token(self.app, holder, MIN_VALID_S).await.map(Some),
            Authorization::Basic { .. } | Authorization::Bearer(_) => Ok(None),
        }
    }

    /// Returns a newer token than the one that was refused, if there is or could be got one.
    async fn newer(&self, refused: Option<&Fresh>) -> Result<Option<Fresh>, Failure> {
        match (&self.identity.authorization, refused) {
            (Authorization::Grant(holder), Some(refused)) => {
                self.app.keeper.rejected(self.app, holder, refused.generation).await
            }
            _ => Ok(None),
        }
    }

    fn build(
        &self,
        client: &Client,
        url: &Url,
        headers: &HeaderMap,
        token: Option<&Fresh>,
    ) -> Result<Request, Failure> {
        let request = client.request(self.request.method.clone(), url.clone()).headers(headers.clone());
        let request = match &self.request.payload {
            Payload::None => request,
            Payload::Json(json) => request.json(json),
            Payload::Bytes(bytes) => request.body(bytes.clone()),
            Payload::Stream(once) => match once.lock().ok().and_then(|mut once| once.take()) {
                Some(body) => request.body(body),
                None => return Err(Failure::new(FailureKind::Internal, "a body was to be sent twice")),
            },
        };
        let bearer = |token: &Secret| {
            let said = "was not sent: the token has characters that a header cannot have";
            headers::bearer(token).ok_or_else(|| self.asked("").failure(FailureKind::InvalidValue, said))
        };
        let request = match (&self.identity.authorization, token) {
            (Authorization::Basic { username, secret }, _) => request.basic_auth(username, Some(secret.expose())),
            (Authorization::Bearer(token), _) => request.header(AUTHORIZATION, bearer(token)?),
            (Authorization::Grant(_), Some(fresh)) => request.header(AUTHORIZATION, bearer(&fresh.token)?),
            (Authorization::Grant(_), None) => request,
        };
        request.build().map_err(|error| self.silent(&error))
    }

    async fn exchange(&self, client: &Client, request: Request) -> Result<Response, Silence> {
        let sent = Instant::now();
        let response = client.execute(request).await.map_err(|error| {
            let failure = self.silent(&error);
            if is_reset(&error) { Silence::Reset(failure) } else { Silence::Other(failure) }
        })?;
        let request = self.request;
        debug!(
            account = %self.identity.name, method = %request.method, plane = request.plane.as_str(), path = request.path,
            status = response.status().as_u16(), ms = sent.elapsed().as_millis() as u64, "mixpanel answered"
        );
        Ok(response)
    }

    fn silent(&self, error: &reqwest::Error) -> Failure {
        let said = format!("could not reach Mixpanel: {}", reason(error));
        self.asked("").failure(FailureKind::UpstreamUnreachable, &said)
    }

    fn asked<'b>(&'b self, credential: &'b str) -> Asked<'b> {
        Asked::about(self.identity, self.request, credential)
    }
}

/// Returns the credential as it stands in a request, in base64 for a service account, so that an answer which repeats it is noticed.
fn credential_in(request: &Request) -> Secret {
    let value = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Secret::new(value.split_once(' ').map_or("", |(_, credential)| credential))
}

/// Returns the errors below one. reqwest's own text repeats the URL, whose query may hold what nobody else should read.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn is_reset(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind as Io;
    let ended = [Io::ConnectionReset, Io::ConnectionAborted, Io::BrokenPipe, Io::UnexpectedEof];
    !error.is_connect()
        && !error.is_timeout()
        && causes(error).any(|cause| {
            match (cause.downcast_ref::<hyper::Error>(), cause.downcast_ref::<std::io::Error>()) {
                (Some(hyper), _) => hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed(),
                (_, Some(io)) => ended.contains(&io.kind()),
                _ => false,
            }
        })
}

fn reason(error: &reqwest::Error) -> String {
    match causes(error).last() {
        _ if error.is_timeout() => "it did not answer in time".to_owned(),
        Some(cause) => cause.to_string(),
        None => "the request could not be made".to_owned(),
    }
}
