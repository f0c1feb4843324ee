//! What becomes of a request that was answered, refused or not answered at all: whether it is sent again, and after which pause.

use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::Response;
use hyper::header::RETRY_AFTER;
use mp_proto::failure::{Failure, FailureKind};
use reqwest::Body;
use tokio::time::{Instant, timeout};
use tracing::debug;

use super::{Broken, Progress, Sending, Silence};
use crate::call::gate::Permit;
use crate::call::ledger::Outcome;
use crate::call::quota::Quota;
use crate::call::request::Faults;
use crate::call::retry;
use crate::mixpanel::Host;

/// Largest refusal whose words are read.
const REFUSAL: usize = 64 * 1024;

/// Longest time in which they come.
const PATIENCE: Duration = Duration::from_secs(10);

impl Silence {
    /// Returns why there was no answer, in a word.
    pub(super) fn reason(&self) -> &'static str {
        match self.how {
            Broken::NeverOpened => "connect",
            Broken::Reset => "reset",
            Broken::Otherwise if self.failure.kind == FailureKind::Timeout => "timeout",
            Broken::Otherwise => "other",
        }
    }
}

impl Sending<'_> {
    /// Returns an answer that is final, with the permit that it came through; none when the request is to be sent again.
    pub(super) async fn judge(
        &self,
        response: Response<Body>,
        permit: Option<Permit>,
        progress: &mut Progress,
    ) -> Result<Option<(Response<Body>, Option<Permit>)>, Failure> {
        let told = retry::told(response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()));
        if response.status().as_u16() == 429 {
            return self.limited(response, permit, progress, told).await;
        }
        let counts = !matches!(response.status().as_u16(), 401 | 402);
        if let Some(permit) = &permit {
            permit.was_answered(Quota::of_headers(response.headers()), counts);
        }
        let outcome = match response.status().is_success() {
            true => Outcome::Good,
            false if counts => Outcome::Counted,
            false => Outcome::Uncounted,
        };
        self.settle(progress, outcome).await;
        if response.status() == 401 && !progress.is_renewed {
            progress.is_renewed = true;
            // Others may go while a newer token is got. What cannot be sent again here fares better when its caller does so.
            drop(permit);
            match self.newer(progress.token.as_ref()).await? {
                Some(newer) if self.request.is_resendable() => {
                    self.meter().retries.count("token");
                    progress.token = Some(newer);
                    return Ok(None);
                }
                _ => return Ok(Some((response, None))),
            }
        }
        if response.status().is_server_error()
            && let Some(pause) = self.pause_after_fault(progress, told)
        {
            drop((response, permit));
            self.bear(progress, pause).await;
            return Ok(None);
        }
        Ok(Some((response, permit)))
    }

    /// Decides about a 429.
    async fn limited(
        &self,
        response: Response<Body>,
        permit: Option<Permit>,
        progress: &mut Progress,
        told: Option<u64>,
    ) -> Result<Option<(Response<Body>, Option<Permit>)>, Failure> {
        let (response, quota) = heard(response).await;
        self.settle(progress, Outcome::Refused(quota)).await;
        let is_of_budget = permit.is_some();
        let pause = match permit {
            Some(permit) => permit.was_refused(told, quota),
            None => retry::wait(progress.limited, told, retry::dice()),
        };
        // Whoever waits for the hour is told, and waits itself.
        if self.request.is_paced || !self.may_repeat(progress.limited, pause) {
            return Ok(Some((response, None)));
        }
        progress.limited += 1;
        self.meter().retries.count("limited");
        if !is_of_budget {
            self.pause("Mixpanel has refused more requests (429)", pause).await;
        }
        Ok(None)
    }

    /// Returns after which pause a request that met a fault is sent again; none when it is not.
    fn pause_after_fault(&self, progress: &Progress, told: Option<u64>) -> Option<Duration> {
        let request = self.request;
        let may = request.faults == Faults::Repeated && request.repeatable && request.is_resendable();
        let pause = retry::bear(progress.faults, told, retry::dice());
        (may && progress.faults < retry::FAULTS && Instant::now() + pause < self.deadline).then_some(pause)
    }

    async fn bear(&self, progress: &mut Progress, pause: Duration) {
        progress.faults += 1;
        self.meter().retries.count("fault");
        debug!(path = self.request.path, fault = progress.faults, ms = pause.as_millis() as u64, "tried again later");
        self.pause("Mixpanel has met a fault", pause).await;
    }

    /// Waits before the request is sent again, and lets the caller know.
    async fn pause(&self, why: &str, pause: Duration) {
        let (request, name) = (self.request, &self.identity.name);
        let (method, path, seconds) = (&request.method, &request.path, pause.as_secs_f64());
        let detail = format!("{method} {path} of account '{name}': {why}; trying again in {seconds:.0} s");
        self.calls.waits.pause(name, &detail, pause).await;
        self.calls.meters.waited("pause", pause);
    }

    /// Decides about no answer: a failure ends the request, else it is sent again.
    pub(super) async fn broke(
        &self,
        silence: Silence,
        permit: Option<Permit>,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        let is_sent = silence.how != Broken::NeverOpened;
        self.meter().failures.count(silence.reason());
        if !is_sent {
            permit.iter().for_each(Permit::does_not_count);
        }
        drop(permit);
        self.settle(progress, if is_sent { Outcome::Counted } else { Outcome::Uncounted }).await;
        if silence.how == Broken::Reset && self.may_resend_after_reset(progress) {
            progress.was_reset = true;
            self.meter().retries.count("reset");
            return Ok(());
        }
        let pause = self.pause_after_fault(progress, None).ok_or(silence.failure)?;
        self.bear(progress, pause).await;
        Ok(())
    }

    fn may_resend_after_reset(&self, progress: &Progress) -> bool {
        let is_wanted = self.request.repeatable && self.request.faults != Faults::Told;
        is_wanted && self.request.is_resendable() && !progress.was_reset
    }

    /// Whether a request that was refused with 429 is repeated after a pause.
    fn may_repeat(&self, limited: u32, pause: Duration) -> bool {
        let in_time = Instant::now() + pause < self.deadline;
        // Who speaks MCP waits by itself, for only it can tell its user.
        let is_ours = self.request.host != Host::Mcp;
        is_ours && self.request.repeatable && self.request.is_resendable() && limited < retry::LIMITED && in_time
    }
}

/// Reads the words of a refusal. It comes back as it was, but for what it was cut to if it never ends.
async fn heard(response: Response<Body>) -> (Response<Body>, Quota) {
    let (head, body) = response.into_parts();
    let words = timeout(PATIENCE, Limited::new(body, REFUSAL).collect()).await;
    let words = words.ok().and_then(Result::ok).map(|words| words.to_bytes()).unwrap_or_default();
    let quota = Quota::of_refusal(&head.headers, &String::from_utf8_lossy(&words));
    (Response::from_parts(head, words.into()), quota)
}
