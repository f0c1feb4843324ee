//! The HTTP clients that go one way to Mixpanel, and what can be said of that way when a request fails on it.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_util::client::proxy::matcher::Matcher;
use mp_proto::surroundings::{Surroundings, Topic};
use mp_proto::wire::NetworkStatus;
use reqwest::{Client, ClientBuilder, NoProxy, Proxy};
use url::Url;

use super::certificates::{self, CertificatesError};
use super::client::{Fault, HttpClient};
use super::network::{Found, Network, shown};
use super::plain::{CONNECT, KEPT, Plain};
use crate::identity::bases::{is_loopback, is_loopback_uri};

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

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum WayError {
    /// No way: a proxy or a setting is wrong.
    #[error("{0}")]
    Network(String),
    /// The certificates.
    #[error(transparent)]
    Certificates(#[from] CertificatesError),
    /// The library says no, mostly because the system has no certificates.
    #[error("no HTTP client could be made: {}", reason(.0))]
    Client(reqwest::Error),
}

/// One way to Mixpanel. When the settings change there is another one; what is under way goes on on the old one.
#[derive(Default)]
pub struct Way {
    pub(super) network: Network,
    matcher: Option<Matcher>,
    /// One for Mixpanel, and one for what stands in for it on this machine; each made when it is first used.
    clients: [OnceLock<Client>; 2],
    plain: Plain,
}

impl Way {
    pub(super) fn new(network: Network) -> Self {
        let text = |one: &Option<Found<Url>>| one.as_ref().map_or("", |one| one.value.as_str()).to_owned();
        let matcher = (network.https.is_some() || network.http.is_some()).then(|| {
            let past = network.no_proxy.as_ref().map_or("", |one| one.value.as_str());
            Matcher::builder().https(text(&network.https)).http(text(&network.http)).no(past).build()
        });
        Self { network, matcher, ..Self::default() }
    }

    /// Returns a client. A proxy has no business where it is direct.
    pub(super) fn client(&self, is_direct: bool) -> Result<Client, WayError> {
        let kept = &self.clients[usize::from(is_direct)];
        if let Some(client) = kept.get() {
            return Ok(client.clone());
        }
        let mut builder = builder();
        if let Some(certificates) = certificates::read(&self.network)? {
            builder = builder.tls_certs_only(certificates);
        }
        let builder = if is_direct { builder.no_proxy() } else { self.through_proxies(builder)? };
        let built = builder.build().map_err(WayError::Client)?;
        Ok(kept.get_or_init(|| built).clone())
    }

    /// Returns what sends requests to an address: straight and in the clear where that is asked for on this machine.
    pub(super) fn client_to(&self, uri: &Uri) -> Result<HttpClient, WayError> {
        match is_loopback_uri(uri) {
            true if uri.scheme() == Some(&Scheme::HTTP) => Ok(HttpClient::Plain(self.plain.clone())),
            is_direct => self.client(is_direct).map(HttpClient::Whole),
        }
    }

    fn through_proxies(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, WayError> {
        let network = &self.network;
        if let Some(problem) = &network.problem {
            return Err(WayError::Network(problem.clone()));
        }
        if network.is_proxy_settled {
            builder = builder.no_proxy();
        }
        let past = network.no_proxy.as_ref().and_then(|one| NoProxy::from_string(&one.value));
        if let Some(one) = &network.https {
            let proxy = Proxy::https(one.value.clone()).map_err(WayError::Client)?;
            builder = builder.proxy(proxy.no_proxy(past.clone()));
        }
        if let Some(one) = &network.http {
            let proxy = Proxy::http(one.value.clone()).map_err(WayError::Client)?;
            builder = builder.proxy(proxy.no_proxy(past));
        }
        Ok(builder)
    }

    /// Returns what the start has decided and no setting has settled.
    pub fn open(&self) -> Surroundings {
        self.network.open
    }

    /// Returns whether a setting decides something, so that no variable of anybody matters.
    pub fn is_settled(&self, topic: Topic) -> bool {
        self.network.is_settled(topic)
    }

    /// Returns the way as the status shows it.
    pub fn status(&self) -> NetworkStatus {
        self.network.status()
    }

    /// Returns the proxy that a URL is asked through, and who has decided so.
    pub(crate) fn proxy_to(&self, url: &Url) -> Option<(&Url, String)> {
        let uri = url.as_str().parse().ok()?;
        self.matcher.as_ref()?.intercept(&uri)?;
        let one = if url.scheme() == "https" { &self.network.https } else { &self.network.http };
        one.as_ref().map(|one| (&one.value, format!("{} ({})", shown(&one.value), one.by)))
    }

    /// Returns why a request had no answer, with what of the way may be to blame.
    pub(crate) fn explain<'a>(&self, url: &Url, error: impl Into<Fault<'a>>) -> String {
        let fault = error.into();
        let mut why = reason(fault);
        if is_loopback(url) {
            return why;
        }
        if let Some((_, proxy)) = self.proxy_to(url).filter(|_| fault.is_connect || fault.is_timeout) {
            why = format!("{why}; the way goes through the proxy {proxy}");
        }
        if is_about_certificates(fault) {
            let network = &self.network;
            let file = network.ca_file.as_ref().map(|one| format!("{} ({})", one.value.display(), one.by));
            let dirs = || network.ca_dirs.as_ref().map(|one| one.by.to_string());
            let trusted = file.or_else(dirs).unwrap_or_else(|| {
                "the system (ca_file in [settings.network] of config.toml names another file)".to_owned()
            });
            why = format!("{why}; trusted are the certificates of {trusted}");
        }
        if is_out_of_files(fault) {
            why = format!("{why}; `mp daemon status` shows how many files the daemon may have open");
        }
        why
    }
}

fn builder() -> ClientBuilder {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(KEPT)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(PONG)
        .referer(false)
}

/// Returns the last cause of an error.
pub(crate) fn reason<'a>(error: impl Into<Fault<'a>>) -> String {
    let fault = error.into();
    match fault.causes().last() {
        _ if fault.is_timeout => "it did not answer in time".to_owned(),
        Some(cause) => cause.to_string(),
        None => "the request could not be made".to_owned(),
    }
}

fn system_errors(fault: Fault<'_>) -> impl Iterator<Item = &io::Error> {
    fault.causes().filter_map(|cause| cause.downcast_ref::<io::Error>())
}

fn is_about_certificates(fault: Fault<'_>) -> bool {
    let is_refusal = |error: &rustls::Error| matches!(error, rustls::Error::InvalidCertificate(_));
    system_errors(fault).any(|io| io.get_ref().and_then(|inner| inner.downcast_ref()).is_some_and(is_refusal))
        || fault.causes().filter_map(|cause| cause.downcast_ref()).any(is_refusal)
}

fn is_out_of_files(fault: Fault<'_>) -> bool {
    let none_left = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(rustix::io::Errno::raw_os_error);
    system_errors(fault).filter_map(io::Error::raw_os_error).any(|errno| none_left.contains(&errno))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::NetworkSettings;
    use crate::mixpanel::network::Variables;
    use mp_proto::secret::Secret;

    fn way(settings: NetworkSettings) -> Way {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Way::new(Network::decide(&settings, &Variables::default(), None))
    }

    #[test]
    fn a_proxy_is_for_all_hosts_but_those_that_go_past_it() {
        let way = way(NetworkSettings {
            proxy: Some(Secret::new("socks5h://u:hunter2@p:1080")),
            no_proxy: Some("eu.mixpanel.com, .example".to_owned()),
            ..NetworkSettings::default()
        });
        let proxy = |url: &str| way.proxy_to(&Url::parse(url).expect("a URL")).map(|(_, told)| told);
        let told = Some("socks5h://p:1080 (proxy in [settings.network])".to_owned());
        assert_eq!(proxy("https://mixpanel.com/api"), told);
        assert_eq!((proxy("https://eu.mixpanel.com/"), proxy("https://a.example/")), (None, None));
        assert!(way.client(false).is_ok());
    }

    #[test]
    fn certificates_that_cannot_be_read_are_named() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("ca.pem");
        let told = || way(NetworkSettings { ca_file: Some(file.clone()), ..NetworkSettings::default() });
        let told = || told().client(true).expect_err("no certificates").to_string();
        let named = format!("the certificates in {} (ca_file in [settings.network]) cannot be used", file.display());
        assert!(told().starts_with(&named) && told().contains("No such file"), "{}", told());
        std::fs::write(&file, "no certificate").expect("written");
        assert!(told().starts_with(&named) && told().ends_with("there is no PEM certificate in it"), "{}", told());
    }
}
