//! Where Mixpanel is: the base of each plane in each region, and the two ways in which a base is replaced. Pure.

use std::time::Duration;

use mp_proto::deadline::{EXPORT, IDENTITY};
use mp_proto::ids::Region;
use mp_proto::plane::Plane;

use crate::identity::bases::below_api_base;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_own_hosts() {
        assert_eq!(real(Region::Us, Plane::App.into()), "https://mixpanel.com/api/app");
        assert_eq!(real(Region::Eu, Plane::Export.into()), "https://data-eu.mixpanel.com/api/2.0");
        assert_eq!(real(Region::In, Host::Oauth), "https://in.mixpanel.com/oauth");
    }
}
