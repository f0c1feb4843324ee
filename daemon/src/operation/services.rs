//! What operations may use.

use std::sync::Arc;

use crate::call::calls::Calls;
use crate::call::reads::Reads;
use crate::clock::Clock;
use crate::life::Life;
use crate::me::users::Users;
use crate::mixpanel::Mixpanel;

/// What operations may use.
pub struct Operations {
    pub(crate) calls: Calls,
    pub(crate) reads: Reads,
    pub(crate) users: Users,
    pub(crate) mixpanel: Arc<Mixpanel>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) life: Life,
}

impl Operations {
    /// Returns what runs operations with these.
    pub fn new(
        calls: Calls,
        reads: Reads,
        users: Users,
        mixpanel: Arc<Mixpanel>,
        clock: Arc<dyn Clock>,
        life: Life,
    ) -> Self {
        Self { calls, reads, users, mixpanel, clock, life }
    }
}
