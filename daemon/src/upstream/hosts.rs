//! Where Mixpanel is: the base of each plane in each region, and the two ways in which a base is replaced. Pure.

use std::time::Duration;

use mp_proto::context::Context;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::Region;
use url::Url;

/// A family of Mixpanel's endpoints that share a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plane {
    /// The App API.
    App,
    /// Queries.
    Query,
    /// Profiles.
    Engage,
    /// Raw events.
    Export,
    /// Registration, authorization and tokens.
    Oauth,
    /// Short links.
    Web,
}

impl Plane {
    /// Returns the word that stands for the plane in the path of an override.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Query => "query",
            Self::Engage => "engage",
            Self::Export => "export",
            Self::Oauth => "oauth",
            Self::Web => "web",
        }
    }

    /// Returns how long Mixpanel may be silent: its own deadline for such a call and 15 s more, as the Python tool waits.
    pub const fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Self::App | Self::Web => 135,
            Self::Query | Self::Engage => 503,
            Self::Export => 600,
            Self::Oauth => 15,
        })
    }

    /// Returns the path below the host of `MP_API_BASE_URL`; none for the planes that it does not move.
    const fn below_api_base(self) -> Option<&'static str> {
        match self {
            Self::App => Some("/api/app"),
            Self::Query => Some("/api/query"),
            Self::Engage => Some("/api/query/engage"),
            Self::Export => Some("/api/2.0"),
            Self::Oauth | Self::Web => None,
        }
    }
}

/// Returns Mixpanel's own base of a plane, without a slash at its end.
pub fn real(region: Region, plane: Plane) -> String {
    let (host, data) = match region {
        Region::Us => ("mixpanel.com", "data.mixpanel.com"),
        Region::Eu => ("eu.mixpanel.com", "data-eu.mixpanel.com"),
        Region::In => ("in.mixpanel.com", "data-in.mixpanel.com"),
    };
    match plane {
        Plane::App => format!("https://{host}/api/app"),
        Plane::Query => format!("https://{host}/api/query"),
        Plane::Engage => format!("https://{host}/api/query/engage"),
        Plane::Export => format!("https://{data}/api/2.0"),
        Plane::Oauth => format!("https://{host}/oauth"),
        Plane::Web => format!("https://{host}"),
    }
}

/// The bases that a caller's `MP_API_BASE_URL` and `MP_APP_BASE_URL` put in place of Mixpanel's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerBases {
    api: Option<String>,
    app: Option<String>,
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
        Ok(Self { api: read("MP_API_BASE_URL")?, app: read("MP_APP_BASE_URL")? })
    }

    /// Returns the base for a plane, if it is moved.
    pub fn base(&self, plane: Plane) -> Option<String> {
        let base = if plane == Plane::App { self.app.as_ref().or(self.api.as_ref()) } else { self.api.as_ref() };
        Some(format!("{}{}", base?, plane.below_api_base()?))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_own_hosts() {
        assert_eq!(real(Region::Us, Plane::App), "https://mixpanel.com/api/app");
        assert_eq!(real(Region::Eu, Plane::Export), "https://data-eu.mixpanel.com/api/2.0");
        assert_eq!(real(Region::In, Plane::Oauth), "https://in.mixpanel.com/oauth");
    }

    #[test]
    fn a_base_is_moved_to_loopback_hosts_only() {
        for good in ["http://127.0.0.1:80", "http://[::1]:9/", "https://localhost/x/"] {
            assert!(loopback(good).is_ok_and(|base| !base.ends_with('/')), "{good}");
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
        assert_eq!((api.base(Plane::Oauth), api.is_one_for_all_regions()), (None, true));
        let both = of(&[("MP_API_BASE_URL", "http://127.0.0.1:1"), ("MP_APP_BASE_URL", "http://127.0.0.1:2")]);
        let both = both.expect("loopback");
        assert_eq!(both.base(Plane::App).as_deref(), Some("http://127.0.0.1:2/api/app"));
        assert_eq!(both.base(Plane::Query).as_deref(), Some("http://127.0.0.1:1/api/query"));
        assert!(
            of(&[("MP_APP_BASE_URL", "https://evil.example")]).is_err_and(|failure| failure.detail.contains("MP_APP"))
        );
    }
}
