//! The base URLs that take Mixpanel's place. They are on this machine always, for a credential must not be sent wherever a variable points
//! to. Pure.

use std::net::IpAddr;

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::plane::Plane;
use url::Url;

/// The bases that a caller's `MP_API_BASE_URL`, `MP_APP_BASE_URL` and `MP_MCP_BASE_URL` put in place of Mixpanel's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerBases {
    api: Option<String>,
    app: Option<String>,
    mcp: Option<String>,
}

impl CallerBases {
    /// Reads them from a caller's variables.
    ///
    /// # Errors
    /// When one is no http(s) URL on a loopback host: a credential must not be sent wherever a variable points to.
    pub fn of(context: &Context) -> Result<Self, Failure> {
        let read = |name: &str| {
            let Some(text) = context.env.get(name) else { return Ok(None) };
            loopback(text).map(Some).map_err(|why| Failure::new(FailureKind::InvalidValue, format!("{name} {why}")))
        };
        Ok(Self { api: read("MP_API_BASE_URL")?, app: read("MP_APP_BASE_URL")?, mcp: read("MP_MCP_BASE_URL")? })
    }

    /// Returns the base for a plane, if it is moved.
    pub fn base(&self, plane: Plane) -> Option<String> {
        let base = if plane == Plane::App { self.app.as_ref().or(self.api.as_ref()) } else { self.api.as_ref() };
        Some(format!("{}{}", base?, below_api_base(plane)))
    }

    /// Returns the endpoint of the hosted MCP server, if it is moved.
    pub fn mcp(&self) -> Option<String> {
        self.mcp.as_ref().map(|base| format!("{base}{BELOW_MCP_BASE}"))
    }

    /// Returns whether all regions have one and the same API, so that looking for the right one is pointless.
    pub fn is_one_for_all_regions(&self) -> bool {
        self.api.is_some()
    }
}

/// Checks a URL that takes Mixpanel's place, and returns it without a slash at its end.
///
/// # Errors
/// Says what is wrong, as the end of a sentence.
pub fn loopback(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| "is not a URL such as http://127.0.0.1:8080".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || !is_loopback(&url) {
        return Err("must be http or https on a loopback host (127.0.0.1, [::1] or localhost)".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("must be a plain base URL, without user, query or fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Returns whether a URL is of this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// As [`is_loopback`], of an address that is not taken apart further.
pub(crate) fn is_loopback_uri(uri: &hyper::Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<IpAddr>().map_or(host == "localhost", |address| address.is_loopback())
}

/// The path of the hosted MCP server below its host.
pub(crate) const BELOW_MCP_BASE: &str = "/mcp";

/// Returns the path of a plane below the host of `MP_API_BASE_URL`.
pub(crate) const fn below_api_base(plane: Plane) -> &'static str {
    match plane {
        Plane::App => "/api/app",
        Plane::Query => "/api/query",
        Plane::Engage => "/api/query/engage",
        Plane::Export => "/api/2.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_moved_to_loopback_hosts_only() {
        for good in ["http://127.0.0.1:80", "http://[::1]:9/", "https://localhost/x/"] {
            assert!(loopback(good).is_ok_and(|base| !base.ends_with('/')), "{good}");
        }
        for (uri, expected) in [
            ("http://127.3.0.1:80/x", true),
            ("https://[::1]:9/", true),
            ("http://localhost", true),
            ("http://127.0.0.1.evil.com/", false),
            ("http://[2001:db8::1]/", false),
            ("/x", false),
        ] {
            assert_eq!(is_loopback_uri(&uri.parse().expect("an address")), expected, "{uri}");
        }
        for bad in [
            "mixpanel.com",
            "http://mixpanel.com",
            "http://127.0.0.1.evil.com",
            "http://localhost.evil.com",
            "http://127.0.0.1@evil.com",
            "http://evil@127.0.0.1",
            "ftp://127.0.0.1",
            "http://127.0.0.1/?q",
            "",
        ] {
            assert!(loopback(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_callers_bases_move_planes_as_recorded() {
        let of = |pairs: &[(&str, &str)]| {
            let mut context = Context::default();
            for (name, value) in pairs {
                context.env.insert(*name, *value);
            }
            CallerBases::of(&context)
        };
        let api = of(&[("MP_API_BASE_URL", "http://127.0.0.1:1/p/")]).expect("loopback");
        assert_eq!(api.base(Plane::Engage).as_deref(), Some("http://127.0.0.1:1/p/api/query/engage"));
        assert!(api.is_one_for_all_regions());
        assert_eq!(
            api.mcp(),
            None,
            "a credential for the server of the same name goes there, unless somebody says otherwise"
        );
        let mcp = of(&[("MP_MCP_BASE_URL", "http://localhost:3/")]).expect("loopback");
        assert_eq!((mcp.mcp().as_deref(), mcp.base(Plane::App)), (Some("http://localhost:3/mcp"), None));
        let both = of(&[("MP_API_BASE_URL", "http://127.0.0.1:1"), ("MP_APP_BASE_URL", "http://127.0.0.1:2")]);
        let both = both.expect("loopback");
        assert_eq!(both.base(Plane::App).as_deref(), Some("http://127.0.0.1:2/api/app"));
        assert_eq!(both.base(Plane::Query).as_deref(), Some("http://127.0.0.1:1/api/query"));
        assert!(
            of(&[("MP_APP_BASE_URL", "https://evil.example")]).is_err_and(|failure| failure.detail.contains("MP_APP"))
        );
        assert!(of(&[("MP_MCP_BASE_URL", "https://mcp.evil.example")]).is_err());
    }
}
