//! `[settings.network]`: the way to Mixpanel, for all tools and whoever starts the daemon.

use std::path::PathBuf;

use mp_proto::secret::Secret;
use toml::de::{DeTable, DeValue};
use url::Url;

/// What a proxy may be, for messages.
pub const EXPECTED_PROXY: &str =
    "http://, https://, socks5:// or socks5h:// with a host, such as \"http://proxy:3128\"";

/// The schemes of proxies; `socks4` and `socks4a` are understood, too.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// What the settings decide. What they leave out is decided by the variables of the daemon's start.
#[derive(Debug, Clone, Default)]
pub struct NetworkSettings {
    /// The proxy; an empty text means none, whatever the variables say.
    pub proxy: Option<Secret>,
    /// The hosts that go past it, separated by commas.
    pub no_proxy: Option<String>,
    /// The file with the certificates that are trusted in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// What is wrong: no request may go a way that nobody has chosen.
    pub problem: Option<String>,
}

impl PartialEq for NetworkSettings {
    fn eq(&self, other: &Self) -> bool {
        let text = |one: &Self| one.proxy.as_ref().map(|proxy| proxy.expose().to_owned());
        text(self) == text(other)
            && self.no_proxy == other.no_proxy
            && self.ca_file == other.ca_file
            && self.problem == other.problem
    }
}

/// Reads the table; each problem comes with its place in the text. A value may hold a password, so none is quoted.
pub(super) fn read(block: &DeTable<'_>) -> (NetworkSettings, Vec<(usize, String)>) {
    let (mut settings, mut problems) = (NetworkSettings::default(), Vec::new());
    for (key, value) in block.iter() {
        let name = key.get_ref().as_ref();
        if !matches!(name, "proxy" | "no_proxy" | "ca_file") {
            // Of a later release.
            continue;
        }
        let DeValue::String(text) = value.get_ref() else {
            let found = super::value::kind(value);
            problems.push((value.span().start, format!("{name} is {found}: expected a string")));
            continue;
        };
        let expected = match name {
            "no_proxy" => {
                settings.no_proxy = Some(text.to_string());
                continue;
            }
            "proxy" if text.trim().is_empty() || proxy(text).is_some() => {
                settings.proxy = Some(Secret::new(text.trim()));
                continue;
            }
            "proxy" => EXPECTED_PROXY,
            _ if text.starts_with('/') => {
                settings.ca_file = Some(PathBuf::from(text.as_ref()));
                continue;
            }
            _ => "the absolute path of a file with PEM certificates",
        };
        problems.push((value.span().start, format!("{name} is not what it must be: expected {expected}")));
    }
    settings.problem = problems.first().map(|(_, detail)| format!("[settings.network] {detail}"));
    (settings, problems)
}

/// Reads the address of a proxy. One without a scheme is that of an HTTP proxy, as everywhere.
pub fn proxy(text: &str) -> Option<Url> {
    let text = text.trim();
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&with_scheme).ok()?;
    let is_good = SCHEMES.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty());
    is_good.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> (NetworkSettings, Vec<String>) {
        let table = DeTable::parse(text).expect("TOML");
        let (settings, problems) = read(table.get_ref());
        (settings, problems.into_iter().map(|(_, detail)| detail).collect())
    }

    #[test]
    fn what_the_settings_leave_out_is_not_decided() {
        let (some, problems) = settings("proxy = \"proxy:3128\"\nlater = 1\n");
        assert_eq!((some.no_proxy, some.ca_file, some.problem, problems.len()), (None, None, None, 0));
        assert_eq!(some.proxy.expect("a proxy").expose(), "proxy:3128");
        let (none, _) = settings("proxy = \"\"");
        assert_eq!(none.proxy.expect("decided").expose(), "");
    }

    #[test]
    fn a_wrong_setting_is_a_problem_that_quotes_nothing() {
        for (text, expected) in [
            ("proxy = \"ftp://u:hunter2@p\"", "[settings.network] proxy is not what it must be: expected http://"),
            ("proxy = 3128", "[settings.network] proxy is an integer: expected a string"),
            ("ca_file = \"hunter2.pem\"", "[settings.network] ca_file is not what it must be: expected the absolute"),
        ] {
            let (settings, problems) = settings(text);
            let told = settings.problem.expect("wrong");
            assert!(told.starts_with(expected) && problems.len() == 1, "{told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_with_or_without_a_scheme() {
        for good in ["proxy:3128", "http://proxy", "https://u:p@proxy:1/", "socks5h://127.0.0.1:1080", "[::1]:3128"] {
            assert!(proxy(good).is_some(), "{good}");
        }
        for bad in ["ftp://proxy", "://", "http://", "proxy:port", "socks6://p", ""] {
            assert!(proxy(bad).is_none(), "{bad}");
        }
    }
}
