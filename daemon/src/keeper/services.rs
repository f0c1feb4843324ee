//! What the keeper was made with, and what it counts. Every grant has it.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::files::witness::Witness;
use crate::hub::Hub;
use crate::life::Life;
use crate::meter::Meters;
use crate::vault::Vault;

/// What refreshing takes.
pub(super) struct Services {
    pub(super) paths: Paths,
    pub(super) endpoint: Endpoint,
    pub(super) vault: Arc<Vault>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) hub: Arc<Hub>,
    pub(super) life: Life,
    /// Who has read the config.
    pub(super) witness: Arc<Witness>,
    pub(super) meters: Arc<Meters>,
    /// Wakes whoever watches the directories of grants.
    pub(super) watch: OnceLock<Arc<Notify>>,
    /// Refreshes that brought a token.
    pub(super) refreshed: AtomicU64,
    /// Refreshes that did not.
    pub(super) failed: AtomicU64,
}
