//! Where Mixpanel is: the base of each plane in each region, and the two ways in which a base is replaced. Pure.

use std::time::Duration;

use mp_proto::deadline::{EXPORT, IDENTITY};
use mp_proto::ids::Region;
use mp_proto::plane::Plane;

use crate::identity::bases::{BELOW_MCP_BASE, below_api_base};

/// Where a request goes: to a plane, or to what Mixpanel has beside its planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// A plane of its APIs.
    Api(Plane),
    /// Registration, authorization and tokens.
    Oauth,
    /// Short links.
    Web,
    /// The hosted MCP server. It has one address, and its answers may be streams that last.
    Mcp,
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
            Self::Mcp => "mcp",
        }
    }

    /// Returns the plane, if it is one.
    pub const fn plane(self) -> Option<Plane> {
        match self {
            Self::Api(plane) => Some(plane),
            Self::Oauth | Self::Web | Self::Mcp => None,
        }
    }

    /// Returns how long Mixpanel may be silent: its own deadline for such a call and 15 s more, as the Python tool waits.
    pub const fn patience(self) -> Duration {
        match self {
            Self::Api(Plane::App) | Self::Web => IDENTITY.daemon,
            Self::Api(Plane::Query | Plane::Engage) => Duration::from_secs(503),
            Self::Api(Plane::Export) => EXPORT.daemon,
            Self::Oauth => Duration::from_secs(15),
            // Its streams are silent for as long as nothing happens. Whoever waits for an answer gives up, and that ends it here, too.
            Self::Mcp => Duration::from_secs(24 * 3600),
        }
    }
}

/// Returns Mixpanel's own base of a host, without a slash at its end.
pub fn real(region: Region, to: Host) -> String {
    let (host, data, mcp) = match region {
        Region::Us => ("mixpanel.com", "data.mixpanel.com", "mcp.mixpanel.com"),
        Region::Eu => ("eu.mixpanel.com", "data-eu.mixpanel.com", "mcp-eu.mixpanel.com"),
        Region::In => ("in.mixpanel.com", "data-in.mixpanel.com", "mcp-in.mixpanel.com"),
    };
    match to {
        Host::Api(Plane::Export) => format!("https://{data}{}", below_api_base(Plane::Export)),
        Host::Api(plane) => format!("https://{host}{}", below_api_base(plane)),
        Host::Oauth => format!("https://{host}/oauth"),
        Host::Web => format!("https://{host}"),
        Host::Mcp => format!("https://{mcp}{BELOW_MCP_BASE}"),
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
        assert_eq!(
            [Region::Us, Region::Eu, Region::In].map(|region| real(region, Host::Mcp)),
            ["https://mcp.mixpanel.com/mcp", "https://mcp-eu.mixpanel.com/mcp", "https://mcp-in.mixpanel.com/mcp"]
        );
    }
}
