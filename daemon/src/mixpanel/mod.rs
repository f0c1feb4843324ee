//! Everything that talks to Mixpanel goes through here: its hosts, the way there, and one HTTP client for all.

pub(crate) mod certificates;
pub(crate) mod client;
pub mod hosts;
pub mod namespaces;
pub mod network;
pub(crate) mod plain;
pub mod trial;
pub(crate) mod way;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::Uri;
use mp_proto::ids::Region;
use parking_lot::RwLock;
use url::Url;

pub use hosts::Host;

use crate::config::NetworkSettings;
use crate::identity::bases::{CallerBases, is_loopback};
use crate::mixpanel::client::{Fault, HttpClient};
use crate::mixpanel::network::{Network, Variables};
use crate::mixpanel::way::{Way, WayError};

/// Mixpanel, as the daemon reaches it.
#[derive(Default)]
pub struct Mixpanel {
    redirected_to: Option<String>,
    variables: Variables,
    settings: RwLock<NetworkSettings>,
    way: RwLock<Arc<Way>>,
    /// The variables of the start decide something.
    speaks: AtomicBool,
}

impl Mixpanel {
    /// Returns Mixpanel itself, or what stands in its place; see [`crate::identity::bases::loopback`].
    pub fn new(redirected_to: Option<String>, variables: Variables) -> Self {
        let settings = NetworkSettings::default();
        let way = Way::new(Network::decide(&settings, &variables, redirected_to.as_deref()));
        let speaks = AtomicBool::new(!way.open().is_empty());
        Self { redirected_to, variables, way: RwLock::new(Arc::new(way)), speaks, ..Self::default() }
    }

    /// Decides the way anew, if the settings say something else than before.
    pub fn set_settings(&self, settings: &NetworkSettings) {
        let mut known = self.settings.write();
        if *known != *settings {
            settings.clone_into(&mut known);
            let network = Network::decide(settings, &self.variables, self.redirected_to.as_deref());
            let way = Way::new(network);
            self.speaks.store(!way.open().is_empty(), Ordering::Relaxed);
            *self.way.write() = Arc::new(way);
        }
    }

    /// Returns whether no variable of the start decides anything, as it mostly is. Every call asks.
    pub fn says_nothing(&self) -> bool {
        !self.speaks.load(Ordering::Relaxed)
    }

    /// Returns the way that requests go now.
    pub fn way(&self) -> Arc<Way> {
        Arc::clone(&self.way.read())
    }

    /// Returns where requests go in place of Mixpanel.
    pub fn redirected_to(&self) -> Option<String> {
        self.redirected_to.clone()
    }

    /// Returns the base of a host, without a slash at its end. The start's override wins, then the caller's, then Mixpanel's own.
    pub fn base(&self, region: Region, host: impl Into<Host>, caller: &CallerBases) -> String {
        let host = host.into();
        match &self.redirected_to {
            Some(base) => [base, "/", region.as_str(), "/", host.as_str()].concat(),
            None => {
                let moved = match host {
                    Host::Api(plane) => caller.base(plane),
                    Host::Mcp => caller.mcp(),
                    Host::Oauth | Host::Web => None,
                };
                moved.unwrap_or_else(|| hosts::real(region, host))
            }
        }
    }

    /// Returns the HTTP client. The first use reads the system's certificates, which takes some milliseconds; so it is not built
    /// before it is needed. It follows no redirect: a credential goes where it was meant to go, and nowhere else.
    ///
    /// # Errors
    /// When proxy or certificates cannot be used.
    pub fn http(&self) -> Result<reqwest::Client, WayError> {
        let is_direct = self.redirected_to.is_some();
        self.way().client(is_direct)
    }

    /// Returns the HTTP client for a URL. What a caller's variables point to is on this machine, too.
    ///
    /// # Errors
    /// As [`Self::http`].
    pub fn http_to(&self, url: &Url) -> Result<reqwest::Client, WayError> {
        self.way().client(is_loopback(url))
    }

    /// Returns what sends requests to an address.
    ///
    /// # Errors
    /// As [`Self::http`].
    pub(crate) fn client_to(&self, uri: &Uri) -> Result<HttpClient, WayError> {
        self.way().client_to(uri)
    }

    /// Returns why a request had no answer, with what of the way may be to blame.
    pub(crate) fn explain<'a>(&self, url: &Url, error: impl Into<Fault<'a>>) -> String {
        self.way().explain(url, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_of_the_start_wins_over_everything() {
        let upstream = Mixpanel::new(Some("http://127.0.0.1:5".to_owned()), Variables::default());
        let caller = CallerBases::default();
        assert_eq!(upstream.base(Region::Eu, Host::Oauth, &caller), "http://127.0.0.1:5/eu/oauth");
        assert_eq!(Mixpanel::default().base(Region::Eu, Host::Web, &caller), "https://eu.mixpanel.com");
        assert!(upstream.http().is_ok());
    }
}
