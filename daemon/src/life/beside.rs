//! Work that may take long on a thread that serves.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Waits without keeping other calls from their thread.
pub(crate) fn beside_others<T>(wait: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}
