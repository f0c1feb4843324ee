//! Everything that talks to Mixpanel goes through here: its hosts, and one HTTP client for all.

pub mod hosts;

use std::sync::OnceLock;
use std::time::Duration;

use mp_proto::ids::Region;
use url::Url;

pub use hosts::Host;

use crate::identity::bases::{CallerBases, is_loopback};

/// Longest time to connect. A host that does not answer by then will not.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept. Shorter than what Mixpanel's front ends close by themselves, so that few are found dead.
const KEPT: Duration = Duration::from_secs(50);

/// How much of one answer may be under way over HTTP/2: 2 MiB in 100 ms are 20 MiB/s.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;

/// And of all answers that share a connection: more than all exports that may run. A window that adapts itself would be as large for
/// the connection as for one answer, so that one whose reader is slow would hold up all others.
const CONNECTION_WINDOW: u32 = 256 * STREAM_WINDOW;

/// How often a silent HTTP/2 connection is asked whether it is alive while somebody waits for an answer, which may take Mixpanel
/// minutes: without it a dead one is noticed after those minutes, and a router in between forgets a live one. And how long it may take
/// to say so.
const PING: Duration = Duration::from_secs(30);
const PONG: Duration = Duration::from_secs(20);

/// Mixpanel, as the daemon reaches it.
#[derive(Debug, Default)]
pub struct Mixpanel {
    redirected_to: Option<String>,
    http: OnceLock<reqwest::Client>,
    /// For what stands in for Mixpanel on this machine: a proxy has no business there.
    direct: OnceLock<reqwest::Client>,
    /// These two leave a compressed answer as it is.
    verbatim: OnceLock<reqwest::Client>,
    verbatim_direct: OnceLock<reqwest::Client>,
}

impl Mixpanel {
    /// Returns Mixpanel itself, or what stands in its place; see [`crate::identity::bases::loopback`].
    pub fn new(redirected_to: Option<String>) -> Self {
        Self { redirected_to, ..Self::default() }
    }

    /// Returns where requests go in place of Mixpanel.
    pub fn redirected_to(&self) -> Option<String> {
        self.redirected_to.clone()
    }

    /// Returns the base of a host, without a slash at its end. The start's override wins, then the caller's, then Mixpanel's own.
    pub fn base(&self, region: Region, host: impl Into<Host>, caller: &CallerBases) -> String {
        let host = host.into();
        match &self.redirected_to {
            Some(base) => format!("{base}/{region}/{}", host.as_str()),
            None => host.plane().and_then(|plane| caller.base(plane)).unwrap_or_else(|| hosts::real(region, host)),
        }
    }

    /// Returns the HTTP client. The first use reads the system's certificates, which takes some milliseconds; so it is not built
    /// before it is needed. It follows no redirect: a credential goes where it was meant to go, and nowhere else.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn http(&self) -> Result<&reqwest::Client, reqwest::Error> {
        self.client(self.redirected_to.is_some())
    }

    /// Returns the HTTP client for a URL. What a caller's variables point to is on this machine, too.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn http_to(&self, url: &Url) -> Result<&reqwest::Client, reqwest::Error> {
        self.client(is_loopback(url))
    }

    /// Returns the HTTP client for a URL whose answers are passed on as they are sent, compressed or not.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn verbatim_to(&self, url: &Url) -> Result<&reqwest::Client, reqwest::Error> {
        let is_direct = is_loopback(url);
        let kept = if is_direct { &self.verbatim_direct } else { &self.verbatim };
        kept_or(kept, || builder(is_direct).no_gzip())
    }

    fn client(&self, is_direct: bool) -> Result<&reqwest::Client, reqwest::Error> {
        let kept = if is_direct { &self.direct } else { &self.http };
        kept_or(kept, || builder(is_direct))
    }
}

fn kept_or(
    kept: &OnceLock<reqwest::Client>,
    builder: impl FnOnce() -> reqwest::ClientBuilder,
) -> Result<&reqwest::Client, reqwest::Error> {
    if let Some(client) = kept.get() {
        return Ok(client);
    }
    let built = builder().build()?;
    Ok(kept.get_or_init(|| built))
}

fn builder(is_direct: bool) -> reqwest::ClientBuilder {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(KEPT)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(PONG)
        .referer(false);
    if is_direct { client.no_proxy() } else { client }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_of_the_start_wins_over_everything() {
        let upstream = Mixpanel::new(Some("http://127.0.0.1:5".to_owned()));
        let caller = CallerBases::default();
        assert_eq!(upstream.base(Region::Eu, Host::Oauth, &caller), "http://127.0.0.1:5/eu/oauth");
        assert_eq!(Mixpanel::default().base(Region::Eu, Host::Web, &caller), "https://eu.mixpanel.com");
        assert!(upstream.http().is_ok());
    }
}
