//! As whom requests go out, and the files that say so: bridge files, stored tokens, the registered client.

pub mod bases;
pub mod bearer;
pub mod bridge;
pub mod registration;
pub mod removal;
pub mod tokens;

use std::sync::Arc;

use mp_proto::ids::{AccountName, Region};
use mp_proto::secret::Secret;

use self::bases::CallerBases;
use self::bridge::Bridge;

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

/// Whose grant.
#[derive(Debug, Clone)]
pub enum Holder {
    /// A browser account of the config: its grant is `tokens.json`.
    Account(AccountName, Region),
    /// A browser account of a bridge file: its grant is refreshed in memory.
    Bridge(Arc<Bridge>),
}
