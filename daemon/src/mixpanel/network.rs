//! Which way requests go to Mixpanel: through which proxy, past which hosts, trusting which certificates. What the settings leave open is
//! decided by the variables that were set where the daemon was started. Pure, but for the reading of these.

use std::fmt;
use std::path::PathBuf;

use mp_proto::secret::Secret;
use mp_proto::surroundings::{
    CERTIFICATE_DIRS, CERTIFICATE_FILE, EXCEPTIONS, HTTP, HTTPS, SLOT_COUNT, SLOTS, Surroundings, Topic,
};
use mp_proto::wire::{Decided, NetworkStatus};
use url::Url;

use crate::config::NetworkSettings;
use crate::config::network::{EXPECTED_PROXY, proxy};

/// Who has decided something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A key of `[settings.network]`.
    Setting(&'static str),
    /// A variable.
    Variable(&'static str),
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(key) => write!(f, "{key} in [settings.network]"),
            Self::Variable(name) => write!(f, "{name} at the daemon's start"),
        }
    }
}

/// A value and who has decided it.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) by: By,
}

impl<T> Found<T> {
    fn shown(&self, value: impl Into<String>) -> Decided {
        Decided { value: value.into(), by: self.by.to_string() }
    }
}

/// The variables of the daemon's start: for each decision the one that makes it.
#[derive(Debug, Clone, Default)]
pub struct Variables([Option<(&'static str, Secret)>; SLOT_COUNT]);

impl Variables {
    /// Takes those of this process, before it leaves its directory: a path may be relative to that.
    pub fn of_this_process() -> Self {
        Self::of(|name| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
            let value = value.to_string_lossy();
            Some(match name {
                "SSL_CERT_FILE" | "SSL_CERT_DIR" => absolute(&value),
                _ => value.into_owned(),
            })
        })
    }

    fn of(value: impl Fn(&'static str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, Secret::new(value(name)?))));
        Self(SLOTS.each_ref().map(|slot| first(slot.names)))
    }

    fn found(&self, slot: usize) -> Option<Found<Secret>> {
        let (name, value) = self.0[slot].as_ref()?;
        Some(Found { value: value.clone(), by: By::Variable(name) })
    }

    /// Returns what they say, with what stands in Mixpanel's place.
    fn surroundings(&self, redirected_to: Option<&str>) -> Surroundings {
        Surroundings::of(|name| match name {
            "MPD_UPSTREAM" => redirected_to.map(str::to_owned),
            _ => {
                let mut set = self.0.iter().flatten().filter(|(known, _)| *known == name);
                set.next().map(|(_, value)| value.expose().to_owned())
            }
        })
    }
}

/// Makes each path of a list absolute.
fn absolute(paths: &str) -> String {
    let whole = |path| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let whole: Vec<String> =
        paths.split(':').filter(|path| !path.is_empty()).map(|path| whole(path).display().to_string()).collect();
    whole.join(":")
}

/// The way to Mixpanel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    /// The proxy for `https`, which is all that goes to Mixpanel.
    pub(crate) https: Option<Found<Url>>,
    /// The proxy for `http`.
    pub(crate) http: Option<Found<Url>>,
    /// Whether the settings have decided about the proxy, so that not even the system has a say.
    pub(crate) is_proxy_settled: bool,
    /// The hosts that go past the proxy.
    pub(crate) no_proxy: Option<Found<String>>,
    /// The file with the certificates.
    pub(crate) ca_file: Option<Found<PathBuf>>,
    /// Directories with certificates.
    pub(crate) ca_dirs: Option<Found<Vec<PathBuf>>>,
    /// Why there is no way.
    pub(crate) problem: Option<String>,
    /// What the start has decided and no setting has settled.
    pub(crate) open: Surroundings,
    is_exceptions_settled: bool,
    is_certificates_settled: bool,
}

impl Network {
    /// Decides the way.
    pub(crate) fn decide(settings: &NetworkSettings, variables: &Variables, redirected_to: Option<&str>) -> Self {
        let mut network = Self {
            is_proxy_settled: settings.proxy.is_some(),
            is_exceptions_settled: settings.proxy.is_some() || settings.no_proxy.is_some(),
            is_certificates_settled: settings.ca_file.is_some(),
            problem: settings.problem.clone(),
            ..Self::default()
        };
        network.decide_proxy(settings, variables);
        network.no_proxy = match &settings.no_proxy {
            Some(hosts) => Some(Found { value: hosts.clone(), by: By::Setting("no_proxy") }),
            None if network.is_proxy_settled => None,
            None => variables.found(EXCEPTIONS).map(|one| Found { value: one.value.expose().to_owned(), by: one.by }),
        };
        match &settings.ca_file {
            Some(path) => network.ca_file = Some(Found { value: path.clone(), by: By::Setting("ca_file") }),
            None => network.trust_what_variables_name(variables),
        }
        network.open = variables.surroundings(redirected_to).without(|topic| network.is_settled(topic));
        network
    }

    fn decide_proxy(&mut self, settings: &NetworkSettings, variables: &Variables) {
        if let Some(setting) = &settings.proxy {
            let by = By::Setting("proxy");
            self.https = proxy(setting.expose()).map(|value| Found { value, by });
            self.http = self.https.clone();
            return;
        }
        self.http = variables.found(HTTP).and_then(|one| Some(Found { value: proxy(one.value.expose())?, by: one.by }));
        if let Some(one) = variables.found(HTTPS) {
            match proxy(one.value.expose()) {
                Some(value) => self.https = Some(Found { value, by: one.by }),
                None => self.problem = Some(format!("{} is no proxy: expected {EXPECTED_PROXY}", one.by)),
            }
        }
    }

    fn trust_what_variables_name(&mut self, variables: &Variables) {
        let path = |one: Found<Secret>| Found { value: PathBuf::from(one.value.expose()), by: one.by };
        self.ca_file = variables.found(CERTIFICATE_FILE).map(path);
        self.ca_dirs = variables.found(CERTIFICATE_DIRS).map(|one| {
            let paths = one.value.expose().split(':').map(PathBuf::from);
            Found { value: paths.collect(), by: one.by }
        });
    }

    /// Returns whether a setting decides something, so that no variable of anybody matters.
    pub(crate) fn is_settled(&self, topic: Topic) -> bool {
        match topic {
            Topic::Proxy => self.is_proxy_settled,
            Topic::Exceptions => self.is_exceptions_settled,
            Topic::Certificates => self.is_certificates_settled,
            Topic::Upstream => false,
        }
    }

    /// Returns the way as the status shows it.
    pub(crate) fn status(&self) -> NetworkStatus {
        let dirs = |one: &Found<Vec<PathBuf>>| {
            let paths: Vec<String> = one.value.iter().map(|path| path.display().to_string()).collect();
            one.shown(paths.join(":"))
        };
        NetworkStatus {
            proxy: self.https.as_ref().map(|one| one.shown(shown(&one.value))),
            no_proxy: self.no_proxy.as_ref().map(|one| one.shown(one.value.clone())),
            ca_file: match &self.ca_file {
                Some(one) => Some(one.shown(one.value.display().to_string())),
                None => self.ca_dirs.as_ref().map(dirs),
            },
            problem: self.problem.clone(),
            namespaces: super::namespaces::own(),
        }
    }
}

/// Returns a proxy without who may use it.
pub(crate) fn shown(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    let port = proxy.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{host}{port}", proxy.scheme())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> Variables {
        Variables::of(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn decided(settings: &NetworkSettings, set: &[(&str, &str)]) -> NetworkStatus {
        Network::decide(settings, &variables(set), None).status()
    }

    const SET: [(&str, &str); 4] = [
        ("ALL_PROXY", "socks5://u:hunter2@p:1080"),
        ("https_proxy", "u:hunter2@other:3128"),
        ("no_proxy", "x"),
        ("SSL_CERT_FILE", "/ca.pem"),
    ];

    #[test]
    fn the_variables_of_the_start_decide_and_no_password_is_shown() {
        let status = decided(&NetworkSettings::default(), &SET);
        let text = |one: Option<Decided>| one.map(|one| format!("{}: {}", one.by, one.value)).unwrap_or_default();
        assert_eq!(text(status.proxy), "https_proxy at the daemon's start: http://other:3128");
        assert_eq!(text(status.no_proxy), "no_proxy at the daemon's start: x");
        assert_eq!(text(status.ca_file), "SSL_CERT_FILE at the daemon's start: /ca.pem");
        let network = Network::decide(&NetworkSettings::default(), &variables(&SET), None);
        assert_eq!(network.http.map(|one| shown(&one.value)).as_deref(), Some("socks5://p:1080"));
        assert_eq!(network.open.name(HTTPS), Some("https_proxy"));
    }

    #[test]
    fn a_setting_decides_whatever_the_variables_say() {
        let none = NetworkSettings { proxy: Some(Secret::new("")), ..NetworkSettings::default() };
        let status = decided(&none, &SET);
        assert!(status.proxy.is_none() && status.no_proxy.is_none() && status.ca_file.is_some());
        let network = Network::decide(&none, &variables(&SET), None);
        assert!(network.is_proxy_settled && network.open.name(HTTPS).is_none());
        assert_eq!(network.open.name(CERTIFICATE_FILE), Some("SSL_CERT_FILE"));
    }

    #[test]
    fn a_variable_that_is_no_proxy_is_named_and_not_quoted() {
        let status = decided(&NetworkSettings::default(), &[("HTTPS_PROXY", "ftp://u:hunter2@p")]);
        let problem = status.problem.expect("no way");
        assert!(problem.starts_with("HTTPS_PROXY at the daemon's start is no proxy: expected http://"), "{problem}");
        assert!(!problem.contains("hunter2"));
        // No request to Mixpanel is http.
        assert!(decided(&NetworkSettings::default(), &[("HTTP_PROXY", "ftp://p")]).problem.is_none());
    }
}
