//! Sends spans to a collector, by OTLP over HTTP in JSON: a few requests a minute, over the client that requests to Mixpanel use, and so by
//! the same proxy and certificates.
//!
//! Where to is what `[settings.telemetry]` says, else the variables that OpenTelemetry has for it, of the environment of the start.
//! A daemon that a client starts has none of them: whose shell that happened in shall not decide for all.

pub mod body;

use std::sync::Arc;
use std::time::Duration;

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Uri};
use reqwest::Body;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{info, warn};

use self::body::Resource;
use crate::config::TelemetrySettings;
use crate::config::telemetry::endpoint;
use crate::life::Life;
use crate::meter::Meters;
use crate::mixpanel::Mixpanel;
use crate::mixpanel::client::HttpClient;
use crate::store::Store;
use crate::trace::{Span, Spans};

/// So many spans go in one request.
const BATCH: usize = 512;

/// So long the first of them waits for others.
const GATHER: Duration = Duration::from_secs(5);

/// So long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// So long it may take at the end.
const LAST: Duration = Duration::from_millis(700);

/// The path below the base address of a collector.
const TRACES: &str = "v1/traces";

/// What the variables of the daemon's start say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// The whole address, of `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or the other.
    target: Option<String>,
    /// What is wrong with it.
    problem: Option<String>,
}

impl Variables {
    /// Reads them.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| variable(name).filter(|text| !text.is_empty());
        if text("OTEL_SDK_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return Self::default();
        }
        let of = |name: &str, text: String, path: Option<&str>| match endpoint(&text) {
            Some(url) => {
                Self { target: Some(path.map_or_else(|| url.to_string(), |_| below(url.as_str()))), problem: None }
            }
            None => Self {
                target: None,
                problem: Some(format!(
                    "{name} is no address of a collector: expected http:// or https:// with a host and no user"
                )),
            },
        };
        let (whole, base) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");
        match (text(whole), text(base)) {
            (Some(text), _) => of(whole, text, None),
            (None, Some(text)) => of(base, text, Some(TRACES)),
            (None, None) => Self::default(),
        }
    }
}

fn below(base: &str) -> String {
    format!("{}/{TRACES}", base.trim_end_matches('/'))
}

/// Returns the address of the collector.
fn target(settings: &TelemetrySettings, variables: &Variables) -> Option<String> {
    match settings.otlp_endpoint.as_deref() {
        Some("") => None,
        Some(base) => endpoint(base).map(|url| below(url.as_str())),
        None => variables.target.clone(),
    }
}

/// Sends spans to a collector.
pub struct Exporter {
    mixpanel: Arc<Mixpanel>,
    meters: Arc<Meters>,
    life: Life,
    resource: Resource,
    target: watch::Receiver<Option<String>>,
    /// Whether the last request failed: that is told once.
    is_failing: bool,
}

impl Exporter {
    /// Returns what sends spans where the settings, or else the variables, say; and switches spans on while there is a collector.
    pub fn new(
        store: &Store,
        spans: &Arc<Spans>,
        mixpanel: Arc<Mixpanel>,
        meters: Arc<Meters>,
        life: Life,
        (resource, variables): (Resource, Variables),
    ) -> Self {
        if let Some(problem) = &variables.problem {
            warn!(problem, "spans are sent nowhere");
        }
        let (sender, receiver) = watch::channel(None);
        let spans = Arc::clone(spans);
        store.follow(move |snapshot| {
            let settings = &snapshot.config.telemetry;
            let target = target(settings, &variables);
            spans.set(target.is_some(), settings.otlp_sample);
            sender.send_if_modified(|known| {
                let is_new = *known != target;
                *known = target;
                is_new
            });
        });
        Self { mixpanel, meters, life, resource, target: receiver, is_failing: false }
    }

    /// Sends until the daemon stops, and then what is left, if that is quick.
    pub async fn run(mut self, mut spans: mpsc::Receiver<Span>) {
        let mut batch = Vec::new();
        let mut due = Instant::now();
        loop {
            let (is_empty, room) = (batch.is_empty(), BATCH - batch.len());
            tokio::select! {
                biased;
                () = self.life.stopping() => break,
                _ = spans.recv_many(&mut batch, room) => {
                    if is_empty {
                        due = Instant::now() + GATHER;
                    }
                }
                () = sleep_until(due), if !is_empty => {}
            }
            if batch.len() >= BATCH || (!batch.is_empty() && Instant::now() >= due) {
                self.send(std::mem::take(&mut batch), PATIENCE).await;
            }
        }
        while batch.len() < BATCH
            && let Ok(span) = spans.try_recv()
        {
            batch.push(span);
        }
        if !batch.is_empty() {
            self.send(batch, LAST).await;
        }
    }

    async fn send(&mut self, batch: Vec<Span>, patience: Duration) {
        let target = self.target.borrow().clone();
        let Some(target) = target else { return };
        let sent = timeout(patience, self.post(&target, &batch)).await;
        let outcome = sent.unwrap_or_else(|_| Err(format!("it did not answer within {} s", patience.as_secs())));
        let word = if outcome.is_ok() { "exported" } else { "refused" };
        batch.iter().for_each(|_| self.meters.spans.count(word));
        match outcome {
            Err(why) if !self.is_failing => warn!(%target, why, "a collector took no spans"),
            Ok(()) if self.is_failing => info!(%target, "a collector takes spans again"),
            _ => {}
        }
        self.is_failing = word == "refused";
    }

    async fn post(&self, target: &str, batch: &[Span]) -> Result<(), String> {
        let uri: Uri = target.parse().map_err(|_| "its address is no address".to_owned())?;
        let body = body::export(&self.resource, batch).to_string();
        let mut request = Request::new(Body::from(body));
        (*request.method_mut(), *request.uri_mut()) = (Method::POST, uri.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let client: HttpClient = self.mixpanel.client_to(&uri).map_err(|error| error.to_string())?;
        let answer = client.send(request).await.map_err(|error| error.to_string())?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(format!("it answered {status}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(all: &[(&str, &str)]) -> Variables {
        Variables::of(|name| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_settings_win_over_the_variables() {
        let both = variables(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318/x/")]);
        let setting = |text: &str| TelemetrySettings { otlp_endpoint: Some(text.to_owned()), ..Default::default() };
        let of = |settings: &TelemetrySettings| target(settings, &both);
        assert_eq!(of(&TelemetrySettings::default()).as_deref(), Some("http://a:4318/x/v1/traces"));
        assert_eq!(of(&setting("http://[::1]:4318")).as_deref(), Some("http://[::1]:4318/v1/traces"));
        assert_eq!(of(&setting("")), None);
    }

    #[test]
    fn an_address_for_traces_alone_is_whole() {
        let of = |all: &[(&str, &str)]| variables(all).target;
        let (whole, base) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");
        assert_eq!(of(&[(base, "http://a"), (whole, "http://b/t")]).as_deref(), Some("http://b/t"));
        assert_eq!(of(&[(base, "http://a"), ("OTEL_SDK_DISABLED", "TRUE")]), None);
        let wrong = variables(&[(base, "http://u:hunter2@a")]);
        assert!(wrong.target.is_none() && wrong.problem.is_some_and(|why| !why.contains("hunter2")));
    }
}
