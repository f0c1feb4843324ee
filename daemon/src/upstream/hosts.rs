//! Where Mixpanel is: the base of each plane in each region, and the two ways in which a base is replaced. Pure.

use std::time::Duration;

use mp_proto::context::Context;
use mp_proto::deadline::{EXPORT, IDENTITY};
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::Region;
use mp_proto::plane::Plane;
use url::Url;

/// Where a request goes: to a plane, or to what Mixpanel has beside its planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// A plane of its APIs.
    Api(Plane),
    /// Registration, authorization and tokens.
    Oauth,
    /// Short links.
    Web,
}

impl From<Plane> for Host {
    fn from(plane: Plane) -> Self {
        Self::Api(plane)
    }
}

impl Host {
    /// Returns the word that stands for it in the path of an override.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api(plane) => plane.as_str(),
            Self::Oauth => "oauth",
            Self::Web => "web",
        }
    }

    /// Returns the plane, if it is one.
    pub const fn plane(self) -> Option<Plane> {
        match self {
            Self::Api(plane) => Some(plane),
            Self::Oauth | Self::Web => None,
        }
    }

    /// Returns how long Mixpanel may be silent: its own deadline for such a call and 15 s more, as the Python tool waits.
    pub const fn patience(self) -> Duration {
        match self {
            Self::Api(Plane::App) | Self::Web => IDENTITY.daemon,
            Self::Api(Plane::Query | Plane::Engage) => Duration::from_secs(503),
            Self::Api(Plane::Export) => EXPORT.daemon,
            Self::Oauth => Duration::from_secs(15),
        }
    }
}

/// Returns the path of a plane below the host of `MP_API_BASE_URL`.
const fn below_api_base(plane: Plane) -> &'static str {
    match plane {
        Plane::App => "/api/app",
        Plane::Query => "/api/query",
        Plane::Engage => "/api/query/engage",
        Plane::Export => "/api/2.0",
    }
}

/// Returns Mixpanel's own base of a host, without a slash at its end.
pub fn real(region: Region, to: Host) -> String {
    let (host, data) = match region {
        Region::Us => ("mixpanel.com", "data.mixpanel.com"),
        Region::Eu => ("eu.mixpanel.com", "data-eu.mixpanel.com"),
        Region::In => ("in.mixpanel.com", "data-in.mixpanel.com"),
    };
    match to {
        Host::Api(Plane::Export) => format!("https://{data}{}", below_api_base(Plane::Export)),
        Host::Api(plane) => format!("https://{host}{}", below_api_base(plane)),
        Host::Oauth => format!("https://{host}/oauth"),
        Host::Web => format!("https://{host}"),
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
        Some(format!("{}{}", base?, below_api_base(plane)))
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
        assert_eq!(real(Region::Us, Plane::App.into()), "https://mixpanel.com/api/app");
        assert_eq!(real(Region::Eu, Plane::Export.into()), "https://data-eu.mixpanel.com/api/2.0");
        assert_eq!(real(Region::In, Host::Oauth), "https://in.mixpanel.com/oauth");
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
        assert!(api.is_one_for_all_regions());
        let both = of(&[("MP_API_BASE_URL", "http://127.0.0.1:1"), ("MP_APP_BASE_URL", "http://127.0.0.1:2")]);
        let both = both.expect("loopback");
        assert_eq!(both.base(Plane::App).as_deref(), Some("http://127.0.0.1:2/api/app"));
        assert_eq!(both.base(Plane::Query).as_deref(), Some("http://127.0.0.1:1/api/query"));
        assert!(
            of(&[("MP_APP_BASE_URL", "https://evil.example")]).is_err_and(|failure| failure.detail.contains("MP_APP"))
        );
    }
}
