//! Sends a request to Mixpanel as somebody.

use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::Region;
use mp_proto::secret::Secret;
use reqwest::Method;
use serde_json::Value;

use crate::app::App;
use crate::session::keeper::Holder;
use crate::upstream::{CallerBases, Plane};

/// What a request is authorized with.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// HTTP Basic of a service account.
    Basic {
        /// User name.
        username: String,
        /// Password.
        secret: Secret,
    },
    /// A bearer that cannot be refreshed.
    Bearer(Secret),
    /// A grant that the keeper keeps fresh.
    Grant(Holder),
}

/// As whom, and how, requests go out.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The account's name, for messages.
    pub name: String,
    /// Its region.
    pub region: Region,
    /// Its credential.
    pub authorization: Authorization,
    /// Custom headers, weakest first.
    pub headers: Vec<(String, Secret)>,
    /// The caller's base URLs.
    pub bases: CallerBases,
}

/// A request, less what the identity adds.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// GET, POST, …
    pub method: Method,
    /// Which API.
    pub plane: Plane,
    /// Path below the plane's base, with its slash at the start.
    pub path: String,
    /// Query parameters in their order.
    pub query: Vec<(String, String)>,
    /// JSON body.
    pub json: Option<Value>,
    /// Whether it may be repeated without asking, as reads may.
    pub repeatable: bool,
}

/// Sends a request and returns the JSON of a 2xx answer.
///
/// # Errors
/// When there is no credential, Mixpanel cannot be reached, or answers anything else.
pub async fn send(_app: &Arc<App>, _as_whom: &Identity, _request: &Outgoing) -> Result<Value, Failure> {
    Err(Failure::new(FailureKind::Internal, "not there yet"))
}
