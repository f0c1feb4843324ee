//! A connection to the daemon of one storage root: requests go out one after the other, and what makes the daemon refuse one is
//! mended where that is possible.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue, TE};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{
    BUILD_HEADER, CALL_HEADER, CLIENT_HEADER, FORMAT_HEADER, NETWORK_HEADER, ORIGIN_HEADER, REQUEST_ID_HEADER,
    SHUTDOWN, VERSION,
};
use mp_proto::wire::Accepted;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, is_older, not_delivered, noted, problem, read, unreachable};
use super::options::{Exchange, Options};
use super::waits;
use crate::caller::add_asked;
use crate::connect::{ConnectError, Doubt, connect, take_over, take_turn};
use crate::place::Place;
use crate::transport::{Channel, Content, Outgoing, Received, Streaming, TransportError};

/// How often a request is tried: a daemon that is killed while it is asked is started again by the next attempt.
const ATTEMPTS: u32 = 3;

/// A connection to the daemon, made when it is first used, and again when it was lost.
pub(crate) struct Connection {
    options: Options,
    channel: Option<Channel>,
}

impl Connection {
    /// Returns a connection that is not made yet.
    pub(crate) fn new(options: Options) -> Self {
        Self { options, channel: None }
    }

    /// Returns a connection over a channel that another one has left.
    pub(crate) fn over(options: Options, channel: Option<Channel>) -> Self {
        Self { options, channel }
    }

    /// Returns the channel, if it can be used again.
    pub(crate) fn into_channel(self) -> Option<Channel> {
        self.channel
    }

    /// Returns the options.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Changes how long each further call may take.
    pub(crate) fn set_deadline(&mut self, deadline: Duration) {
        self.options.deadline = deadline;
    }

    /// Holds every further call to an account, a project or a workspace, as their flags would. A target must have been resolved to
    /// them: it does not count any more.
    pub(crate) fn pin(&mut self, account: Option<String>, project: Option<String>, workspace: Option<String>) {
        let context = &mut self.options.context;
        context.target = None;
        context.account = account.or(context.account.take());
        context.project = project.or(context.project.take());
        context.workspace = workspace.or(context.workspace.take());
    }

    /// Reads something.
    ///
    /// # Errors
    /// Those of the route, or of reaching the daemon.
    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<Answer<T>, Failure> {
        self.call(Method::GET, path, None::<&()>).await
    }

    /// Reads something that may keep the caller waiting, as a long poll does, under a deadline of its own.
    ///
    /// # Errors
    /// Those of the route, or of reaching the daemon.
    pub(crate) async fn get_within<T: DeserializeOwned>(
        &mut self,
        path: &str,
        deadline: Duration,
    ) -> Result<Answer<T>, Failure> {
        let received = self.raw_within(Method::GET, path, None::<&()>, deadline).await?;
        read(path, &received)
    }

    /// Sends a request with an optional JSON body and reads a JSON answer.
    ///
    /// # Errors
    /// Those of the route, or of reaching the daemon.
    pub(crate) async fn call<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer<T>, Failure> {
        let received = self.raw(method, path, body).await?;
        read(path, &received)
    }

    /// Sends a request and returns the answer as it came, if it is a success.
    ///
    /// # Errors
    /// Those of the route, or of reaching the daemon.
    pub(crate) async fn raw(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Received, Failure> {
        self.raw_within(method, path, body, self.options.deadline).await
    }

    /// Sends a request like [`Self::raw`], under a deadline of its own.
    ///
    /// # Errors
    /// Those of the route, or of reaching the daemon.
    pub(crate) async fn raw_within(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        deadline: Duration,
    ) -> Result<Received, Failure> {
        let body = match body {
            Some(body) => Some(written(body)?),
            None => None,
        };
        let mut outgoing = Outgoing { method, path: path.to_owned(), context: None, body, headers: self.named() };
        waits::name(&self.options, &mut outgoing.headers);
        let mut mended = Mended::default();
        loop {
            outgoing.context = self.header()?;
            let received = self.deliver(&outgoing, deadline).await?;
            self.tell(&received.headers);
            if received.status.is_success() {
                return Ok(received);
            }
            self.mend(&mut mended, &received).await?;
        }
    }

    /// Sends a request and returns the answer with its body still to come, whatever its status says. The deadline is that of the head.
    /// A refusal of the daemon itself is a failure; what Mixpanel says is not.
    ///
    /// # Errors
    /// Those of the route, or of reaching the daemon.
    pub(crate) async fn stream(&mut self, request: Streamed) -> Result<Streaming, Failure> {
        let mut outgoing = Outgoing {
            method: request.method,
            path: request.path,
            context: None,
            body: request.body,
            headers: self.named(),
        };
        outgoing.headers.extend(request.headers);
        outgoing.headers.insert(TE, HeaderValue::from_static("trailers"));
        waits::name(&self.options, &mut outgoing.headers);
        let mut mended = Mended::default();
        loop {
            outgoing.context = self.header()?;
            let mut streaming = self.open(&outgoing).await?;
            self.tell(&streaming.headers);
            let is_ours = streaming.headers.get(ORIGIN_HEADER).is_none_or(|origin| origin != "upstream");
            if streaming.status.is_success() || !(is_ours || request.refusals_fail) {
                return Ok(streaming);
            }
            let body = streaming.rest().await.map_err(|error| unreachable(&error))?;
            let received = Received { status: streaming.status, headers: streaming.headers, body };
            self.mend(&mut mended, &received).await?;
        }
    }

    async fn open(&mut self, outgoing: &Outgoing) -> Result<Streaming, Failure> {
        let is_read = matches!(outgoing.method, Method::GET | Method::HEAD);
        for attempt in 1..=ATTEMPTS {
            let doubt = Doubt::of(is_read, attempt);
            let Ok(channel) = Channel::open(connect(&self.options.place, doubt).await?).await else { continue };
            let call = outgoing.headers.get(CALL_HEADER);
            match waits::told(&self.options, call, channel.stream(outgoing, self.options.deadline)).await {
                Err(TransportError::NotSent) => {}
                Err(TransportError::Broken) if is_read && attempt < ATTEMPTS => {}
                opened => return opened.map_err(|error| not_delivered(&error, outgoing, is_read)),
            }
        }
        Err(unreachable(&TransportError::NotSent))
    }

    /// Mends what made the daemon refuse a request, once each.
    async fn mend(&mut self, mended: &mut Mended, received: &Received) -> Result<(), Failure> {
        let failure = problem(received);
        match failure.kind {
            FailureKind::ContextRequired if !mended.context => {
                mended.context = true;
                add_asked(&mut self.options.context, &failure.env, &self.options.environment);
                Ok(())
            }
            // Who may start none ends none, either.
            FailureKind::ProtocolMismatch if !mended.protocol && is_older(received) && self.options.place.autostart => {
                mended.protocol = true;
                self.replace_older_daemon().await
            }
            _ => Err(failure),
        }
    }

    /// Returns the headers that say who asks, and from where.
    fn named(&self) -> HeaderMap {
        let tool = self.options.tool.iter().map(|tool| (HeaderName::from_static(CLIENT_HEADER), tool.clone()));
        let network = self.options.environment.network();
        tool.chain(network.map(|network| (HeaderName::from_static(NETWORK_HEADER), network))).collect()
    }

    fn header(&self) -> Result<Option<String>, Failure> {
        if self.options.context.is_empty() {
            return Ok(None);
        }
        let header = self.options.context.to_header();
        header.map(Some).map_err(|error| Failure::new(FailureKind::InvalidContext, error.to_string()))
    }

    /// Delivers a request, over a new connection when the kept one is gone. What may have been carried out is repeated only if
    /// repeating it changes nothing.
    async fn deliver(&mut self, outgoing: &Outgoing, deadline: Duration) -> Result<Received, Failure> {
        let is_read = matches!(outgoing.method, Method::GET | Method::HEAD);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut channel = match self.channel.take().filter(Channel::is_open) {
                Some(channel) => channel,
                None => match Channel::open(connect(&self.options.place, Doubt::of(is_read, attempt)).await?).await {
                    Ok(channel) => channel,
                    Err(_) if attempt < ATTEMPTS => continue,
                    Err(error) => return Err(unreachable(&error)),
                },
            };
            let begun = Instant::now();
            let call = outgoing.headers.get(CALL_HEADER);
            let exchanged = waits::told(&self.options, call, channel.exchange(outgoing, deadline)).await;
            self.observe(outgoing, exchanged.as_ref().ok(), begun.elapsed());
            match exchanged {
                Ok(received) => {
                    let is_leaving = received.status == hyper::StatusCode::SERVICE_UNAVAILABLE
                        && problem(&received).kind == FailureKind::Stopping;
                    if !is_leaving || attempt == ATTEMPTS {
                        self.channel = Some(channel);
                        return Ok(received);
                    }
                }
                Err(TransportError::NotSent) if attempt < ATTEMPTS => {}
                Err(TransportError::Broken) if is_read && attempt < ATTEMPTS => {}
                Err(error) => return Err(not_delivered(&error, outgoing, is_read)),
            }
        }
    }

    /// Passes on what the daemon says beside an answer, whatever the answer is.
    fn tell(&self, headers: &HeaderMap) {
        if let Some(told) = &self.options.told {
            noted(headers).iter().for_each(|note| told(note));
        }
        let format = headers.get(FORMAT_HEADER).and_then(|format| format.to_str().ok());
        if let (Some(preference), Some(format)) = (&self.options.preference, format) {
            preference.learn(format);
        }
    }

    fn observe(&self, outgoing: &Outgoing, received: Option<&Received>, took: Duration) {
        let header = |name: &str| received.and_then(|received| received.headers.get(name)?.to_str().ok());
        if let (Some(tell), Some(build)) = (self.options.build, header(BUILD_HEADER)) {
            tell(&self.options.place, build);
        }
        if let Some(observer) = self.options.observer {
            let request_id = header(REQUEST_ID_HEADER);
            let status = received.map(|received| received.status.as_u16());
            observer(&Exchange { method: &outgoing.method, path: &outgoing.path, status, request_id, took });
        }
    }

    /// The daemon is of an older release that does not speak our protocol: ours takes over from it, or it is asked to leave first.
    async fn replace_older_daemon(&mut self) -> Result<(), Failure> {
        self.channel = None;
        let place = self.options.place.anew();
        let turn = Arc::new(take_turn(&place).await?);
        // Of many clients that have met it, one does this.
        match self.asked(Method::GET, VERSION).await? {
            Some(now) if is_older(&now) => {}
            _ => return Ok(()),
        }
        if take_over(&place, &turn).await? {
            return Ok(());
        }
        let Some(answer) = self.asked(Method::POST, SHUTDOWN).await? else { return Ok(()) };
        // An old daemon may refuse even this for its protocol; then the restart is the user's.
        serde_json::from_slice::<Accepted>(&answer.body).map(drop).map_err(|_| problem(&answer))
    }

    /// Asks the daemon that serves, on a connection of its own; none when none does any more.
    async fn asked(&self, method: Method, path: &str) -> Result<Option<Received>, Failure> {
        let place = Place { autostart: false, ..self.options.place.clone() };
        let connected = match connect(&place, Doubt::Look).await {
            Err(ConnectError::Nobody { .. }) => return Ok(None),
            connected => connected?,
        };
        let mut channel = Channel::open(connected).await.map_err(|error| unreachable(&error))?;
        let outgoing = Outgoing { method, path: path.to_owned(), context: None, body: None, headers: self.named() };
        let answer = channel.exchange(&outgoing, self.options.deadline).await;
        answer.map(Some).map_err(|error| unreachable(&error))
    }
}

/// What has been mended for a request.
#[derive(Default)]
struct Mended {
    context: bool,
    protocol: bool,
}

/// A request whose answer is a stream.
#[derive(Debug, Clone)]
pub(crate) struct Streamed {
    /// GET, POST, …
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Headers, such as the type of the body if it is not JSON.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Option<Content>,
    /// Whether a refusal of Mixpanel is a failure, too.
    pub refusals_fail: bool,
}

/// Returns a body as it is sent.
///
/// # Errors
/// When it cannot be JSON.
pub(crate) fn written(body: &impl Serialize) -> Result<Content, Failure> {
    serde_json::to_vec(body)
        .map(Content::from)
        .map_err(|error| Failure::new(FailureKind::Internal, format!("the request could not be written: {error}")))
}

#[cfg(test)]
mod tests;
