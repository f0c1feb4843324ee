//! Sends a request to Mixpanel as somebody and returns the head of the final answer, with its body still to come: the only place
//! from which calls of Mixpanel's APIs go out.
//!
//! A read is repeated after a 429 and after a connection that was reset, exports also after a fault at Mixpanel; anything whose body can
//! be sent again is repeated once with a newer token after a 401, for a refused request has done nothing.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Request, Response, Uri};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::secret::Secret;
use reqwest::Body;
use tokio::time::{Instant, timeout_at};
use tracing::debug;
use url::Url;

use crate::call::MIN_VALID_S;
use crate::call::answer::{GZIP, OpenAnswer, is_reset};
use crate::call::decoding::Asked;
use crate::call::gate::budget::{Budget, Manner};
use crate::call::gate::{Gates, Permit};
use crate::call::large::Large;
use crate::call::ledger::{Entry, Ledgers};
use crate::call::request::{Coding, Outgoing, Payload};
use crate::call::waits::Waits;
use crate::call::{address, headers, wait};
use crate::hub::{Hub, Notice};
use crate::identity::{Authorization, Identity};
use crate::keeper::{Fresh, Keeper};
use crate::life::Life;
use crate::meter::{Meters, Plane};
use crate::mixpanel::client::{Fault, HttpClient};
use crate::mixpanel::way::reason;
use crate::mixpanel::{Host, Mixpanel};
use crate::store::Store;
use crate::trace::Spans;

/// After such a wait a token is asked for again.
const TOKEN_AGE: Duration = Duration::from_secs(5);

/// What sends requests to Mixpanel. Clones share it.
#[derive(Clone)]
pub struct Calls {
    mixpanel: Arc<Mixpanel>,
    keeper: Arc<Keeper>,
    gates: Gates,
    store: Arc<Store>,
    hub: Arc<Hub>,
    waits: Waits,
    ledgers: Ledgers,
    meters: Arc<Meters>,
    spans: Arc<Spans>,
    life: Life,
    large: Large,
}

impl Calls {
    /// Returns what sends requests with these.
    pub(crate) fn new(
        mixpanel: Arc<Mixpanel>,
        keeper: Arc<Keeper>,
        gates: Gates,
        store: Arc<Store>,
        hub: Arc<Hub>,
        (waits, ledgers, meters, spans): (Waits, Ledgers, Arc<Meters>, Arc<Spans>),
        life: Life,
    ) -> Self {
        let large = Large::new(life.clone(), Arc::clone(&store));
        Self { mixpanel, keeper, gates, store, hub, waits, ledgers, meters, spans, life, large }
    }

    /// Sends a request and returns what Mixpanel finally answers, whatever its status.
    ///
    /// # Errors
    /// When there is no credential, Mixpanel cannot be reached, or does not begin to answer before the deadline.
    pub(crate) async fn open(
        &self,
        as_whom: &Identity,
        request: &Outgoing,
        deadline: Instant,
    ) -> Result<OpenAnswer, Failure> {
        Sending { calls: self, identity: as_whom, request, begun: Instant::now(), deadline }.run().await
    }

    /// Returns what calls wait for.
    pub(crate) fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Returns where large answers are read.
    pub(crate) fn large(&self) -> &Large {
        &self.large
    }

    /// Returns where requests of an identity go, without a slash at its end.
    pub(crate) fn base(&self, identity: &Identity, host: impl Into<Host>) -> String {
        self.mixpanel.base(identity.region, host, &identity.bases)
    }

    /// Returns the token of an identity's grant; none for one that has no grant.
    ///
    /// # Errors
    /// When somebody has to log in, or the provider cannot be reached.
    pub(crate) async fn token(&self, identity: &Identity) -> Result<Option<Fresh>, Failure> {
        match &identity.authorization {
            Authorization::Grant(holder) => self.keeper.token(holder, MIN_VALID_S).await.map(Some),
            Authorization::Basic { .. } | Authorization::Bearer(_) => Ok(None),
        }
    }
}

/// A request on its way.
struct Sending<'a> {
    calls: &'a Calls,
    identity: &'a Identity,
    request: &'a Outgoing,
    begun: Instant,
    deadline: Instant,
}

/// What has come of a request so far.
#[derive(Default)]
struct Progress {
    token: Option<Fresh>,
    /// A newer token was asked for.
    is_renewed: bool,
    /// The connection was reset once.
    was_reset: bool,
    /// How often it was answered 429.
    limited: u32,
    /// How often it met a fault.
    faults: u32,
    /// It has had its turn before.
    is_again: bool,
    waited: Duration,
    /// Its place in the ledger of other tools.
    entry: Option<Entry>,
}

/// No answer.
struct Silence {
    failure: Failure,
    how: Broken,
}

/// How an exchange ended without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// There was no connection.
    NeverOpened,
    /// The connection ended before a byte of the answer: a kept one may have been closed at the other end meanwhile.
    Reset,
    /// In another way.
    Otherwise,
}

impl Sending<'_> {
    async fn run(&self) -> Result<OpenAnswer, Failure> {
        let uri = address::of(&self.calls.base(self.identity, self.request.host), self.request)?;
        let headers = headers::of(&self.identity.headers, &self.request.headers)?;
        let client = self.calls.mixpanel.client_to(&uri);
        let client = &client.map_err(|error| Failure { unsent: true, ..self.silent(&error.to_string()) })?;
        let mut progress = Progress { token: self.token().await?, ..Progress::default() };
        loop {
            let before = progress.waited;
            let permit = self.permit(&mut progress).await?;
            self.enter(&uri, &mut progress).await?;
            if progress.waited > before + TOKEN_AGE && !progress.is_renewed {
                // It may have ended while others had their turns, and so may the login.
                progress.token = self.token().await?;
            }
            let (mut request, touched) = self.build(&uri, &headers, progress.token.as_ref())?;
            let credential = credential_in(&request);
            let traced = self.trace(&mut request);
            let exchanged = self.exchange(client, request, &touched).await;
            traced.inspect(|traced| traced.end(self, &uri, &exchanged));
            let response = match exchanged {
                Ok(response) => response,
                Err(silence) => {
                    self.broke(silence, permit, &mut progress).await?;
                    continue;
                }
            };
            if let Some((response, permit)) = self.judge(response, permit, &mut progress).await? {
                let about = (&self.calls.life, self.identity, self.request);
                self.tell(&response);
                return Ok(OpenAnswer::new(about, response, credential, progress.waited, permit));
            }
        }
    }

    /// Waits for its turn, if a budget limits it.
    async fn permit(&self, progress: &mut Progress) -> Result<Option<Permit>, Failure> {
        let request = self.request;
        let (Some(plane), Some(project)) = (request.host.plane(), request.budget.clone()) else { return Ok(None) };
        let Some(family) = plane.family() else { return Ok(None) };
        let stands_in = self.calls.mixpanel.redirected_to().is_none().then(|| self.identity.bases.base(plane));
        let budget = Budget { region: self.identity.region, project, family, base: stands_in.flatten() };
        let gates = &self.calls.gates;
        // A change of the limits that nobody has noticed yet counts from here on.
        self.calls.store.current();
        let (tool, is_paced) = (request.tool, request.is_paced);
        let manner = Manner { tool, until: self.deadline, is_again: progress.is_again, is_paced };
        let mut waiting = self.calls.waits.begin(&self.identity.name);
        let enter = gates.enter(&budget, manner, |standing| waiting.says(&standing.detail, standing.closed_for));
        let (entered, waited) = wait::counted(enter).await;
        self.calls.meters.waited("turn", waited);
        progress.is_again = true;
        progress.waited += waited;
        entered.map(Some).map_err(|failure| failure.account(&self.identity.name))
    }

    /// Bounds what waits by the deadline of the whole.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        timeout_at(self.deadline, work).await.unwrap_or_else(|_| Err(self.late()))
    }

    fn late(&self) -> Failure {
        let said = format!("had no answer within {:.0} s", self.begun.elapsed().as_secs_f64());
        self.asked("").failure(FailureKind::Timeout, &said)
    }

    async fn token(&self) -> Result<Option<Fresh>, Failure> {
        if !matches!(self.identity.authorization, Authorization::Grant(_)) {
            return Ok(None);
        }
        let begun = Instant::now();
        let token = self.in_time(self.calls.token(self.identity)).await?;
        if token.is_some() {
            self.calls.meters.waited("token", begun.elapsed());
        }
        Ok(token)
    }

    /// Returns the numbers of the plane that it goes to.
    fn meter(&self) -> &Plane {
        self.calls.meters.plane(self.request.host.as_str())
    }

    /// Who reads from now on sees what was changed.
    fn tell(&self, response: &Response<Body>) {
        if !self.request.repeatable && response.status().is_success() {
            self.calls.hub.tell(Notice::Data);
        }
    }

    /// Returns a newer token than the one that was refused, if there is or could be got one.
    async fn newer(&self, refused: Option<&Fresh>) -> Result<Option<Fresh>, Failure> {
        match (&self.identity.authorization, refused) {
            (Authorization::Grant(holder), Some(refused)) => {
                self.in_time(self.calls.keeper.rejected(holder, refused.generation)).await
            }
            _ => Ok(None),
        }
    }

    fn build(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        token: Option<&Fresh>,
    ) -> Result<(Request<Body>, Touched), Failure> {
        let touched = Touched::now();
        let mut request = Request::new(match &self.request.payload {
            Payload::None => Body::default(),
            Payload::Json(json) => Body::from(json.to_string()),
            Payload::Bytes(bytes) => Body::from(bytes.clone()),
            Payload::Stream(once) => match once.lock().take() {
                Some(body) => touched.by(body),
                None => return Err(Failure::new(FailureKind::Internal, "a body was to be sent twice")),
            },
        });
        self.request.method.clone_into(request.method_mut());
        uri.clone_into(request.uri_mut());
        let sent = request.headers_mut();
        headers.clone_into(sent);
        sent.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        if self.request.coding == Coding::Decoded {
            sent.insert(ACCEPT_ENCODING, HeaderValue::from_static(GZIP));
        }
        if matches!(self.request.payload, Payload::Json(_)) {
            sent.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        let credential = match (&self.identity.authorization, token) {
            (Authorization::Basic { username, secret }, _) if self.request.host == Host::Mcp => {
                Some(headers::sensitive(&headers::bearer_basic(username, secret)))
            }
            (Authorization::Basic { username, secret }, _) => Some(headers::basic(username, secret)),
            (Authorization::Bearer(token), _) => Some(headers::bearer(token)),
            (Authorization::Grant(_), Some(fresh)) => Some(headers::bearer(&fresh.token)),
            (Authorization::Grant(_), None) => None,
        };
        if let Some(credential) = credential {
            let said = "was not sent: the token has characters that a header cannot have";
            let bad = || self.asked("").failure(FailureKind::InvalidValue, said);
            sent.insert(AUTHORIZATION, credential.ok_or_else(bad)?);
        }
        Ok((request, touched))
    }

    async fn exchange(
        &self,
        client: &HttpClient,
        request: Request<Body>,
        touched: &Touched,
    ) -> Result<Response<Body>, Silence> {
        let (sent, uri) = (Instant::now(), request.uri().clone());
        let (mut answer, sending) = (std::pin::pin!(client.send(request)), self.meter().sending());
        let answer = loop {
            let silent = touched.last() + self.request.host.patience();
            // A body that flows may take as long as it takes.
            let end = if self.request.is_resendable() { self.deadline.min(silent) } else { silent };
            match timeout_at(end, &mut answer).await {
                Ok(answer) => break answer,
                Err(_) if self.request.is_resendable() && Instant::now() >= self.deadline => {
                    return Err(Silence { failure: self.late(), how: Broken::Otherwise });
                }
                // A body was on its way meanwhile.
                Err(_) if touched.last() + self.request.host.patience() > Instant::now() => {}
                Err(_) => {
                    let said = format!("had no answer: nothing came for {} s", self.request.host.patience().as_secs());
                    let failure = self.asked("").failure(FailureKind::Timeout, &said);
                    return Err(Silence { failure, how: Broken::Otherwise });
                }
            }
        };
        drop(sending);
        let response = answer.map_err(|error| {
            let why = match Url::parse(&uri.to_string()) {
                Ok(url) => self.calls.mixpanel.explain(&url, &error),
                Err(_) => reason(&error),
            };
            let (failure, fault) = (self.silent(&why), Fault::from(&error));
            let how = match fault.is_connect {
                true => Broken::NeverOpened,
                false if is_reset(fault) => Broken::Reset,
                false => Broken::Otherwise,
            };
            let failure = Failure { unsent: how == Broken::NeverOpened, ..failure };
            Silence { failure, how }
        })?;
        let (request, time) = (self.request, sent.elapsed());
        self.meter().answered(response.status().as_u16(), time);
        debug!(
            account = %self.identity.name, method = %request.method, plane = request.host.as_str(), path = request.path,
            status = response.status().as_u16(), ms = time.as_millis() as u64, "mixpanel answered"
        );
        Ok(response)
    }

    fn silent(&self, why: &str) -> Failure {
        let said = format!("could not reach Mixpanel: {why}");
        let failure = self.asked("").failure(FailureKind::UpstreamUnreachable, &said);
        failure.next("mp daemon doctor --online", "try the way to Mixpanel step by step")
    }

    fn asked<'b>(&'b self, credential: &'b str) -> Asked<'b> {
        Asked::about(self.identity, self.request, credential)
    }
}

/// When a part of the request's body was taken last: whoever sends a long one is not being kept waiting.
#[derive(Clone)]
struct Touched(Arc<Mutex<Instant>>);

impl Touched {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn last(&self) -> Instant {
        *self.0.lock()
    }

    /// Returns a body that notes when parts of it are taken.
    fn by(&self, body: Body) -> Body {
        let touched = self.clone();
        Body::wrap(body.map_frame(move |frame| {
            *touched.0.lock() = Instant::now();
            frame
        }))
    }
}

/// Returns the credential as it stands in a request, in base64 for a service account, so that an answer which repeats it is noticed.
fn credential_in(request: &Request<Body>) -> Secret {
    let value = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Secret::new(value.rsplit_once(' ').map_or("", |(_, credential)| credential))
}

mod entry;
mod fate;
mod span;
#[cfg(test)]
mod tests;
