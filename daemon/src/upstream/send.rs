//! Sends a request to Mixpanel as somebody: the only place from which calls of the App API go out.
//!
//! A read is repeated after a 429 and after a connection that was reset; anything is repeated once with a newer token after a 401,
//! for a refused request has done nothing. All of it ends before the caller gives up.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::Region;
use mp_proto::secret::Secret;
use reqwest::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::debug;
use url::Url;

use crate::app::App;
use crate::session::credential::MIN_VALID_S;
use crate::session::keeper::{Fresh, Holder};
use crate::upstream::decode::{Asked, Incoming};
use crate::upstream::{CallerBases, Plane, headers, retry};

/// Longest time for a call, with all its waits and repetitions. A client gives up at 60 s; it should hear why.
pub const DEADLINE: Duration = Duration::from_secs(55);

/// Largest JSON answer. Larger ones are exports, which stream.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Largest answer to a refused request that is searched for Mixpanel's own words.
const MAX_REFUSAL: usize = 64 * 1024;

/// What a request is authorized with.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// HTTP Basic of a service account.
    Basic {
        /// User name.
        username: String,
        /// Password.
        secret: Secret,
    },
    /// A bearer that cannot be refreshed.
    Bearer(Secret),
    /// A grant that the keeper keeps fresh.
    Grant(Holder),
}

/// As whom, and how, requests go out.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The account's name, for messages.
    pub name: String,
    /// Its region.
    pub region: Region,
    /// Its credential.
    pub authorization: Authorization,
    /// Custom headers, weakest first.
    pub headers: Vec<(String, Secret)>,
    /// The caller's base URLs.
    pub bases: CallerBases,
}

/// A request, less what the identity adds.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// GET, POST, …
    pub method: Method,
    /// Which API.
    pub plane: Plane,
    /// Path below the plane's base, with its slash at the start.
    pub path: String,
    /// Query parameters in their order.
    pub query: Vec<(String, String)>,
    /// JSON body.
    pub json: Option<Value>,
    /// Whether it may be repeated without asking, as reads may.
    pub repeatable: bool,
}

/// Sends a request and returns the JSON of a 2xx answer.
///
/// # Errors
/// When there is no credential, Mixpanel cannot be reached, or answers anything else.
pub async fn send(app: &Arc<App>, as_whom: &Identity, request: &Outgoing) -> Result<Value, Failure> {
    let deadline = Instant::now() + DEADLINE;
    let sending = Sending { app, identity: as_whom, request, deadline };
    timeout_at(deadline, sending.run()).await.unwrap_or_else(|_| {
        let said = format!("had no answer within {} s", DEADLINE.as_secs());
        Err(sending.asked(None).failure(FailureKind::Timeout, &said))
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
    async fn run(&self) -> Result<Value, Failure> {
        let (url, headers) = (self.url()?, headers::of(&self.identity.headers)?);
        let client = self.app.upstream.http().map_err(|error| self.silent(&error))?;
        let (mut token, mut renewed, mut was_reset, mut limited) = (self.token().await?, false, false, 0);
        loop {
            let request = self.build(client, &url, &headers, token.as_ref())?;
            let answer = match self.exchange(request).await {
                Ok(answer) => answer,
                Err(Silence::Reset(_)) if self.request.repeatable && !was_reset => {
                    was_reset = true;
                    continue;
                }
                Err(Silence::Reset(failure) | Silence::Other(failure)) => return Err(failure),
            };
            if answer.status == 401 && !renewed {
                renewed = true;
                if let Some(newer) = self.newer(token.as_ref()).await? {
                    token = Some(newer);
                    continue;
                }
            }
            if let Some(pause) = self.pause(&answer, limited) {
                limited += 1;
                sleep(pause).await;
                continue;
            }
            return answer.decode(&self.asked(token.as_ref()));
        }
    }

    /// Returns how long to wait for a repetition; none when there is to be none, or no time is left for it.
    fn pause(&self, answer: &Incoming, limited: u32) -> Option<Duration> {
        if answer.status != 429 || !self.request.repeatable || limited == retry::LIMITED {
            return None;
        }
        let pause = retry::wait(limited, answer.told(), retry::dice());
        (Instant::now() + pause < self.deadline).then_some(pause)
    }

    /// A path is made of encoded segments, so a URL that reads otherwise than it was written leads somewhere else.
    fn url(&self) -> Result<Url, Failure> {
        let request = self.request;
        let base = self.app.upstream.base(self.identity.region, request.plane, &self.identity.bases);
        let text = format!("{base}{}", request.path);
        let mut url = Url::parse(&text).ok().filter(|url| url.as_str() == text).ok_or_else(|| {
            Failure::new(
                FailureKind::InvalidArgument,
                format!("{} is no path of Mixpanel", request.path.escape_debug()),
            )
        })?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
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
    ) -> Result<RequestBuilder, Failure> {
        let mut request = client.request(self.request.method.clone(), url.clone()).headers(headers.clone());
        if let Some(json) = &self.request.json {
            request = request.json(json);
        }
        let bearer = match (&self.identity.authorization, token) {
            (Authorization::Basic { username, secret }, _) => {
                return Ok(request.basic_auth(username, Some(secret.expose())));
            }
            (Authorization::Bearer(token), _) => headers::bearer(token),
            (Authorization::Grant(_), token) => token.and_then(|fresh| headers::bearer(&fresh.token)),
        };
        match bearer {
            Some(bearer) => Ok(request.header(AUTHORIZATION, bearer)),
            None => {
                let said = "was not sent: the token has characters that a header cannot have";
                Err(self.asked(None).failure(FailureKind::InvalidValue, said))
            }
        }
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Incoming, Silence> {
        let sent = Instant::now();
        let response = request.send().await.map_err(|error| {
            let failure = self.silent(&error);
            if is_reset(&error) { Silence::Reset(failure) } else { Silence::Other(failure) }
        })?;
        let (request, status) = (self.request, response.status().as_u16());
        let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let (retry_after, request_id) = (header(RETRY_AFTER.as_str()), header("x-request-id"));
        let limit = if (200..300).contains(&status) { MAX_ANSWER } else { MAX_REFUSAL };
        let body = read(response, limit).await.map_err(|error| Silence::Other(self.silent(&error)))?;
        debug!(
            account = %self.identity.name, method = %request.method, plane = request.plane.as_str(), path = request.path,
            status, ms = sent.elapsed().as_millis() as u64, "mixpanel answered"
        );
        Ok(Incoming { status, retry_after, request_id, body })
    }

    fn silent(&self, error: &reqwest::Error) -> Failure {
        let said = format!("could not reach Mixpanel: {}", reason(error));
        self.asked(None).failure(FailureKind::UpstreamUnreachable, &said)
    }

    fn asked<'b>(&'b self, token: Option<&'b Fresh>) -> Asked<'b> {
        let own = match &self.identity.authorization {
            Authorization::Basic { secret, .. } | Authorization::Bearer(secret) => Some(secret),
            Authorization::Grant(_) => token.map(|fresh| &fresh.token),
        };
        let custom = self.identity.headers.iter().map(|(_, value)| value);
        Asked {
            identity: self.identity,
            request: self.request,
            secrets: own.into_iter().chain(custom).map(Secret::expose).collect(),
        }
    }
}

/// Reads a body; none when it is larger than the limit.
async fn read(mut response: Response, limit: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
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
