//! What a login takes part in.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::endpoint::Endpoint;
use crate::files::paths::Paths;
use crate::hub::Hub;
use crate::keeper::Keeper;
use crate::life::Life;
use crate::me::users::Users;
use crate::mixpanel::Mixpanel;
use crate::store::Store;

/// What logins were made with.
pub(super) struct Services {
    pub(super) keeper: Arc<Keeper>,
    pub(super) endpoint: Endpoint,
    pub(super) mixpanel: Arc<Mixpanel>,
    pub(super) users: Users,
    pub(super) store: Arc<Store>,
    pub(super) paths: Paths,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) hub: Arc<Hub>,
    pub(super) life: Life,
    /// One login is published at a time: a name that is free must still be free when its block is written.
    pub(super) publishing: Semaphore,
}
