//! Asks Mixpanel who an identity is.

use std::sync::Arc;

use mp_proto::failure::{Failure, FailureKind};

use crate::app::App;
use crate::me::cache::Me;
use crate::upstream::send::Identity;

/// Asks Mixpanel, whatever is cached, and stores nothing.
///
/// # Errors
/// When Mixpanel cannot be reached or does not accept the identity.
pub async fn ask(_app: &Arc<App>, _as_whom: &Identity) -> Result<Me, Failure> {
    Err(Failure::new(FailureKind::Internal, "not there yet"))
}
